"""[audio thread] An instrument of events as the host sees it: rendered events are read, moved and faded."""

import numpy as np
from numba import njit

from ...dsp.interpolation import CUTS, PHASES, REACH, TAPS, between, table_for
from ...events import Kind
from ...memory import view_f4, view_i4
from ..controllers import control, within
from ..resonance.pluck import roll
from ..ssm.tuning import follow, pace, turn, wanted
from ..voices import ENDING, FREE, HELD, RELEASED, VOICES, allot, concerns
from .record import LAYERS, PLAY, RELEASE, SPEED, STRIDE, VARIATION, VIBRATO

FALL = np.float32(np.log(1000.0))  # nepers in 60 dB
LOUDNESS = np.float32(1.4)  # amplitude goes with velocity to this power
ASTRAY = np.float32(0.0015)  # the part by which a strike misses its pitch, at most
UNEVEN = np.float32(0.06)  # the part by which it misses its loudness, at most
GONE = np.float32(1e-6)  # −120 dB: what cannot be heard
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
    elif kind == Kind.PARAM and 0 <= event.key < state.param.shape[0]:
        state.param[event.key] = within(event.value, state.low[event.key], state.high[event.key])
    else:
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
    state.lfo = (state.lfo + state.param[SPEED] * STRIDE / state.rate) % 1.0
    sway = np.float32(np.sin(2 * np.pi * state.lfo)) * state.param[VIBRATO] / np.float32(100)
    for v in range(VOICES):
        voice = state.voices[v]
        if voice.stage == FREE:
            continue
        turn(state, voice, sway)
        follow(state, voice)
        faded = max(abs(voice.gain[0]), abs(voice.gain[1])) < GONE
        if faded and (voice.stage == ENDING or voice.held < GONE):
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
        voice.move *= 1 + ASTRAY * _unsure(state)
        loudness *= 1 + UNEVEN * _unsure(state)
    voice.at = voice.bend = voice.pressure = 0
    voice.release = 1
    voice.ratio = np.float32(2.0 ** (state.bend[voice.channel] / 12))
    voice.held = loudness
    pace(state, voice)
    for c in range(2):
        voice.gain[c] = wanted(state, voice, c)
        voice.step[c] = 0


@njit(cache=True, error_model="numpy")
def _unsure(state):
    """A random number from −1 to 1."""
    return np.float32(np.int64(roll(state)) - (1 << 31)) * np.float32(2.0**-31)


@njit(cache=True, error_model="numpy")
def _release(state, event):
    """Let a note fall as fast as its key and pedal let go; a sound without a pitch is struck, and rings."""
    if state.param[PLAY] <= 0.5:
        return
    part = within(event.value, 0, 1) * FALL / state.param[RELEASE]
    for v in range(VOICES):
        voice = state.voices[v]
        if (voice.stage == HELD or voice.stage == RELEASED) and concerns(voice, event):
            voice.stage = RELEASED
            voice.release = np.float32(np.exp(-part * STRIDE / state.rate))


@njit(cache=True, error_model="numpy")
def _choke(state, event):
    """Let notes end within milliseconds."""
    for v in range(VOICES):
        if concerns(state.voices[v], event):
            state.voices[v].stage = ENDING
