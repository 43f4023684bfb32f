"""[audio thread] Frames of a state-space instrument: step a voice's state, interpolate its samples, excite it."""

import numpy as np

from engine.dsp import tanh_rnn
from engine.dsp.decibels import gain_of
from engine.dsp.sinc_interpolation import LOOKAHEAD, PHASES, TABLES, TAPS, interpolate, table_index
from engine.instruments.shared.random import next_signed
from engine.instruments.shared.voice_allocation import AS_LEARNED_NOTE, VOICES
from engine.kernel import njit
from engine.pointers import view_f4
from engine.simd.vectors import WIDTH

from .state import DAMPING, GATE, GRID_VOICES, LEVEL, VARIATION

MIN_PEAK = np.float32(1e-6)  # −120 dB: a frame that stays below it is inaudible
MIN_STATE = np.float32(1e-4)  # a state that stays below it gives no audible frame either
VARIATION_SHARE = np.float32(0.05)  # of the energy of a strike, added at random to all units
MAX_SILENT_FRAMES = 4  # in a row, after which a voice becomes idle


@njit(cache=True, error_model="numpy")
def render_voice(state, v, audio):
    """Add one voice to audio (2, T)."""
    voice = state.voices[v]
    wave = view_f4(state.wave, (VOICES, TAPS + state.samples))[v]
    sincs = view_f4(state.sincs, (TABLES, PHASES + 1, TAPS))
    on_grid, offset = is_on_grid(voice), grid_delay(state, v)
    lookahead = state.lookahead if on_grid else np.float64(LOOKAHEAD)
    table, since = sincs[table_index(voice.speed)], state.clock * state.speed - offset - state.lookahead
    left, right, left_step, right_step = voice.gain[0], voice.gain[1], voice.step[0], voice.step[1]
    at, speed = voice.at, voice.speed
    for t in range(audio.shape[1]):
        if on_grid:
            at = since + t * state.speed - voice.origin
        if at + lookahead >= state.B:
            render_frame(state, v)
            at -= state.B
            voice.origin += state.B
            if voice.idle:
                return
        first = int(np.floor(at))
        if lookahead > 0:
            x = interpolate(wave, TAPS + first - LOOKAHEAD + 1, np.float32(at - first), table)
        else:
            x = wave[TAPS + first]
        audio[0, t] += left * x
        audio[1, t] += right * x
        left += left_step
        right += right_step
        at += speed
    voice.at, voice.gain[0], voice.gain[1] = at, left, right


@njit(cache=True, error_model="numpy")
def render_frame(state, v):
    """Step the state of a voice and write its next frame; make it idle once it is silent, or out of range."""
    voice, units = state.voices[v], state.units
    wave = view_f4(state.wave, (VOICES, TAPS + state.samples))[v]
    h, u = view_f4(state.h, (VOICES, units))[v], view_f4(state.u, (VOICES, units))[v]
    weight = view_f4(state.recurrence, (units // WIDTH, state.S, WIDTH))
    output = view_f4(state.output, (state.samples // WIDTH, state.S, WIDTH))
    for k in range(TAPS):
        wave[k] = wave[state.B + k]
    loss = np.float32(np.exp(-state.param[DAMPING] * state.B / (state.rate * state.speed)))
    zeros = view_f4(state.zeros, state.samples)
    tanh_rnn.step(weight, output, zeros, u, loss, h, wave[TAPS:])
    excited, voice.excited = voice.excited, 0
    for s in range(units):
        u[s] = 0
    wave_peak, state_peak = peak(wave[TAPS : TAPS + state.B]), peak(h)
    inaudible = wave_peak * max(gain_of(state.param[LEVEL]), np.float32(1)) < MIN_PEAK and state_peak < MIN_STATE
    voice.silent_frames = voice.silent_frames + 1 if inaudible and not excited else 0
    out_of_range = not wave_peak < 2 or not state_peak < 2
    if out_of_range or (voice.silent_frames >= MAX_SILENT_FRAMES and state.param[GATE] > 0.5):
        clear_voice(state, v)
        voice.idle = 1


@njit(cache=True, error_model="numpy")
def clear_voice(state, v):
    """Clear the state, the pending input and the frames of a voice."""
    voice, units = state.voices[v], state.units
    wave = view_f4(state.wave, (VOICES, TAPS + state.samples))[v]
    h, u = view_f4(state.h, (VOICES, units))[v], view_f4(state.u, (VOICES, units))[v]
    for s in range(units):
        h[s] = u[s] = 0
    for k in range(wave.shape[0]):
        wave[k] = 0
    voice.silent_frames = voice.excited = voice.idle = 0


@njit(cache=True, error_model="numpy")
def excite(state, v, dimension, energy):
    """Add energy to the input of a voice's next frame through one dimension of the control signal."""
    u = view_f4(state.u, (VOICES, state.units))[v]
    column = view_f4(state.input, (state.K, state.units))[dimension]
    for s in range(state.units):
        u[s] += energy * column[s]
    state.voices[v].excited = 1


@njit(cache=True, error_model="numpy")
def excite_with_variation(state, v, dimension, energy):
    """As `excite`, with a little random input to every unit, so that no two strikes are the same."""
    excite(state, v, dimension, energy)
    if state.param[VARIATION] <= 0.5:
        return
    u = view_f4(state.u, (VOICES, state.units))[v]
    spread = VARIATION_SHARE * energy * view_f4(state.input_rms, state.K)[dimension]
    for s in range(state.S):
        u[s] += spread * next_signed(state)


@njit(cache=True, error_model="numpy")
def next_on_grid(state):
    """The grid voice whose next frame starts soonest; exactly on the learned grid that is the first."""
    best, least = 0, np.inf
    for v in range(GRID_VOICES):
        wait = frames_started(state, v) * state.B - grid_position(state, v)
        if wait < least - 1e-6:
            best, least = v, wait
    return best


@njit(cache=True, error_model="numpy")
def frames_started(state, v):
    """The number of frames of a grid voice that started before now."""
    return np.floor((grid_position(state, v) - state.speed) / state.B) + 1


@njit(cache=True, error_model="numpy")
def grid_position(state, v):
    """The position of a grid voice, in learned samples."""
    return state.clock * state.speed - grid_delay(state, v)


@njit(cache=True, error_model="numpy")
def grid_delay(state, v):
    """How many learned samples after those of the first the frames of a grid voice start."""
    return (v % GRID_VOICES) * (state.B / GRID_VOICES)


@njit(cache=True, error_model="numpy")
def is_on_grid(voice):
    """Whether a voice plays as learned, on the common grid of frames."""
    return voice.note == AS_LEARNED_NOTE


@njit(cache=True, error_model="numpy")
def peak(x):
    """The largest |x|; NaN if there is one."""
    largest = np.float32(0)
    for i in range(x.shape[0]):
        size = abs(x[i])
        largest = size if not size <= largest else largest
    return largest
