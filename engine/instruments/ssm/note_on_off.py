"""[audio thread] Note on, note off and control events of a state-space instrument."""

import numpy as np

from engine.dsp.decibels import gain_of
from engine.instruments.shared.playback_control import release, start_playback
from engine.instruments.shared.voice_allocation import (
    AS_LEARNED_NOTE,
    HELD,
    VOICES,
    allocate,
    is_sounding,
    matches,
)
from engine.kernel import njit
from engine.plugin import clamp
from engine.pointers import view_f4, view_i4

from .render import clear_voice, excite, excite_with_variation, frames_started, next_on_grid
from .state import DRIVE, LEVEL, RELEASE

REFERENCE_VELOCITY = np.float32(0.7)  # at which a note has the energy that was learned
VELOCITY_EXPONENT = np.float32(0.9)  # energy goes with velocity to this power
MAX_ENERGY = np.float32(1e3)  # times the learned energy: beyond the saturation of all units


@njit(cache=True, error_model="numpy")
def note_on(state, event):
    """Start a chromatic note: a state of its own, whose first frame starts now."""
    v = allocate(state.voices, event, state.notes)
    state.notes += 1
    voice = state.voices[v]
    key = min(max(event.key, 0), 127)
    dimension = view_i4(state.nearest, 128)[key]
    voice.key_ratio = view_f4(state.key_ratio, 128)[key]
    clear_voice(state, v)
    voice.at, voice.origin = state.B, 0
    start_playback(state, voice, 1, gain_of(state.param[LEVEL]))
    loudness = (clamp(event.value, 0, 1) / REFERENCE_VELOCITY) ** VELOCITY_EXPONENT
    energy = view_f4(state.energy, state.K)[dimension] * gain_of(state.param[DRIVE])
    excite_with_variation(state, v, dimension, loudness * energy)


@njit(cache=True, error_model="numpy")
def excite_key(state, event):
    """Play a key as learned: excite its dimensions of the control signal with the energy of its velocity."""
    shares = view_f4(state.keys, (128, state.K))[min(max(event.key, 0), 127)]
    energy = clamp(event.value, 0, 1) * gain_of(state.param[DRIVE])
    v = -1
    for k in range(state.K):
        if shares[k] != 0:
            v = _grid_voice(state, event.channel & 15) if v < 0 else v
            excite_with_variation(state, v, k, energy * shares[k])


@njit(cache=True, error_model="numpy")
def excite_dimension(state, event):
    """CONTROL: excite one dimension of the control signal, as learned."""
    energy = clamp(event.value, -MAX_ENERGY, MAX_ENERGY) * gain_of(state.param[DRIVE])
    excite(state, _grid_voice(state, event.channel & 15), event.key, energy)


@njit(cache=True, error_model="numpy")
def note_off(state, event):
    """Release a note as fast as key and pedal damp it."""
    for v in range(VOICES):
        if is_sounding(state.voices[v]) and matches(state.voices[v], event):
            release(state, state.voices[v], clamp(event.value, 0, 1), state.param[RELEASE])


@njit(cache=True, error_model="numpy")
def _grid_voice(state, channel):
    """The grid voice whose next frame starts soonest, reset if it does not sound yet."""
    v = next_on_grid(state)
    voice = state.voices[v]
    voice.channel = channel
    if voice.stage != HELD or voice.idle or voice.note != AS_LEARNED_NOTE:
        clear_voice(state, v)
        voice.stage, voice.note, voice.key = HELD, AS_LEARNED_NOTE, 0
        voice.key_ratio = 1
        voice.origin = (frames_started(state, v) - 1) * state.B
        start_playback(state, voice, 1, gain_of(state.param[LEVEL]))
        voice.speed = state.speed
    return v
