"""[audio thread] An instrument of events as the host sees it: rendered events are read, moved and faded."""

import numpy as np
from numba import njit

from engine.dsp.interpolation import CUTS, PHASES, REACH, TAPS, between, table_for
from engine.dsp.levels import gain_of
from engine.events import Kind
from engine.instruments.shared.channel_controls import control, swing
from engine.instruments.shared.random import unsure
from engine.instruments.shared.sample_playback import STRIDE, follow, release, settle, turn
from engine.instruments.shared.voice_allocation import ENDING, FREE, VOICES, allot, concerns, sounds
from engine.instruments.shared.voice_gain import GONE, gone
from engine.memory import view_f4, view_i4
from engine.plugin import turned, within

from .state import LAYERS, LEVEL, PLAY, RELEASE, SPEED, VARIATION, VIBRATO

LOUDNESS = np.float32(1.4)  # amplitude goes with velocity to this power
ASTRAY = np.float32(0.0015)  # the part by which a strike misses its pitch, at most
UNEVEN = np.float32(0.06)  # the part by which it misses its loudness, at most
SECOND = np.float32((LAYERS[0] * LAYERS[1]) ** 0.5)  # the velocity from which the second layer is played


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Begin, damp, bend or choke."""
    kind = event.kind
    if kind == Kind.NOTE_ON:
        _begin(state, event)
    elif kind == Kind.NOTE_OFF:
        _release(state, event)
    elif kind == Kind.CHOKE:
        _choke(state, event)
    elif not turned(state, event):
        control(state, event)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add the sound of all voices to audio (2, T), in runs that end at the ticks of the clock."""
    start, frames = 0, audio.shape[1]
    while start < frames:
        since = state.clock % STRIDE
        if since == 0:
            _tick(state)
        count = min(STRIDE - since, frames - start)
        for v in range(VOICES):
            if state.voices[v].stage != FREE:
                _ring(state, v, audio[:, start : start + count])
        state.clock += count
        start += count


@njit(cache=True, error_model="numpy")
def _tick(state):
    """Every STRIDE frames: follow the controllers, and let go of what has faded."""
    sway = swing(state, STRIDE, state.param[SPEED], state.param[VIBRATO])
    level = gain_of(state.param[LEVEL])
    for v in range(VOICES):
        voice = state.voices[v]
        if voice.stage == FREE:
            continue
        turn(state, voice, sway)
        follow(state, voice, level)
        if gone(voice) and (voice.stage == ENDING or voice.held < GONE):
            voice.stage = FREE


@njit(cache=True, error_model="numpy")
def _ring(state, v, audio):
    """Add one voice to audio (2, T); it is free once its event is over."""
    voice = state.voices[v]
    wave = view_f4(state.bank, (state.slots, state.samples))[voice.slot]
    end = view_i4(state.ends, state.slots)[voice.slot]
    table = view_f4(state.sincs, (CUTS, PHASES + 1, TAPS))[table_for(voice.pace)]
    left, right, more, beside = voice.gain[0], voice.gain[1], voice.step[0], voice.step[1]
    at, step = voice.at, voice.pace
    for t in range(audio.shape[1]):
        if at >= end:
            voice.stage = FREE
            break
        first = int(at)
        x = between(wave, TAPS + first - REACH + 1, np.float32(at - first), table)
        audio[0, t] += left * x
        audio[1, t] += right * x
        left += more
        right += beside
        at += step
    voice.at, voice.gain[0], voice.gain[1] = at, left, right


@njit(cache=True, error_model="numpy")
def _begin(state, event):
    """Begin an event: its first sample sounds at once."""
    v = allot(state.voices, event, state.notes)
    state.notes += 1
    voice = state.voices[v]
    key, velocity = min(max(event.key, 0), 127), within(event.value, 0, 1)
    layer = 1 if velocity >= SECOND else 0
    if state.param[PLAY] > 0.5:
        voice.slot = view_i4(state.notes_slot, (128, 2))[key, layer]
        voice.move = view_f4(state.notes_move, 128)[key]
    else:
        voice.slot = view_i4(state.sounds_slot, (128, 2))[key, layer]
        voice.move = 1
    loudness = (velocity / np.float32(LAYERS[layer])) ** LOUDNESS
    if state.param[VARIATION] > 0.5:
        voice.move *= 1 + ASTRAY * unsure(state)
        loudness *= 1 + UNEVEN * unsure(state)
    voice.at = 0
    settle(state, voice, loudness, gain_of(state.param[LEVEL]))


@njit(cache=True, error_model="numpy")
def _release(state, event):
    """Let a note fall as fast as its key and pedal let go; a sound without a pitch is struck, and rings."""
    if state.param[PLAY] <= 0.5:
        return
    for v in range(VOICES):
        if sounds(state.voices[v]) and concerns(state.voices[v], event):
            release(state, state.voices[v], within(event.value, 0, 1), state.param[RELEASE])


@njit(cache=True, error_model="numpy")
def _choke(state, event):
    """Let notes end within milliseconds."""
    for v in range(VOICES):
        if concerns(state.voices[v], event):
            state.voices[v].stage = ENDING
