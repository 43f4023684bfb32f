"""[audio thread] Note on, note off and choke of an instrument of events."""

import numpy as np

from engine.dsp.decibels import gain_of
from engine.instruments.shared.playback_control import release, start_playback
from engine.instruments.shared.random import next_signed
from engine.instruments.shared.voice_allocation import ENDING, VOICES, allocate, is_sounding, matches
from engine.kernel import njit
from engine.plugin import clamp
from engine.pointers import view_f4, view_i4

from .state import LAYERS, LEVEL, PLAY, RELEASE, VARIATION, VELOCITY_EXPONENT

PITCH_VARIATION = np.float32(0.0015)  # largest relative deviation of the pitch of a strike
LOUDNESS_VARIATION = np.float32(0.06)  # largest relative deviation of its amplitude
LAYER_SPLIT_VELOCITY = np.float32((LAYERS[0] * LAYERS[1]) ** 0.5)  # velocity from which the second layer is played
_EXPONENT = np.float32(VELOCITY_EXPONENT)


@njit(cache=True, error_model="numpy")
def note_on(state, event):
    """Start an event; its first sample sounds at once."""
    v = allocate(state.voices, event, state.notes)
    state.notes += 1
    voice = state.voices[v]
    key, velocity = min(max(event.key, 0), 127), clamp(event.value, 0, 1)
    layer = 1 if velocity >= LAYER_SPLIT_VELOCITY else 0
    if state.param[PLAY] > 0.5:
        voice.slot = view_i4(state.notes_slot, (128, 2))[key, layer]
        voice.key_ratio = view_f4(state.notes_ratio, 128)[key]
    else:
        voice.slot = view_i4(state.sounds_slot, (128, 2))[key, layer]
        voice.key_ratio = 1
    loudness = (velocity / np.float32(LAYERS[layer])) ** _EXPONENT
    if state.param[VARIATION] > 0.5:
        voice.key_ratio *= 1 + PITCH_VARIATION * next_signed(state)
        loudness *= 1 + LOUDNESS_VARIATION * next_signed(state)
    voice.at = 0
    start_playback(state, voice, loudness, gain_of(state.param[LEVEL]))


@njit(cache=True, error_model="numpy")
def note_off(state, event):
    """Release a note as fast as key and pedal damp it; an event without a pitch plays to its end."""
    if state.param[PLAY] <= 0.5:
        return
    for v in range(VOICES):
        if is_sounding(state.voices[v]) and matches(state.voices[v], event):
            release(state, state.voices[v], clamp(event.value, 0, 1), state.param[RELEASE])


@njit(cache=True, error_model="numpy")
def choke(state, event):
    """Fade notes out within milliseconds."""
    for v in range(VOICES):
        if matches(state.voices[v], event):
            state.voices[v].stage = ENDING
