"""[audio thread] Frames: when a state moves on, and what of it is heard between its samples."""

import numpy as np
from numba import njit

from engine.dsp import recurrence
from engine.dsp.interpolation import CUTS, PHASES, REACH, TAPS, between, table_for
from engine.dsp.levels import gain_of
from engine.instruments.shared.random import unsure
from engine.instruments.shared.voice_allocation import LEARNED, VOICES
from engine.memory import view_f4
from engine.simd.vectors import WIDTH

from .state import DAMPING, GATE, LANES, LEVEL, VARIATION

FAINT = np.float32(1e-6)  # −120 dB: a frame that stays below it cannot be heard
FROZEN = np.float32(1e-4)  # nor can a state that stays below it be about to be
UNSURE = np.float32(0.05)  # of a strike: what goes astray
PATIENCE = 4  # such frames in a row, until a voice sleeps


@njit(cache=True, error_model="numpy")
def ring(state, v, audio):
    """Add one voice to audio (2, T)."""
    voice = state.voices[v]
    wave = view_f4(state.wave, (VOICES, TAPS + state.samples))[v]
    sincs = view_f4(state.sincs, (CUTS, PHASES + 1, TAPS))
    lane, offset = is_lane(voice), delay(state, v)
    ahead = state.ahead if lane else np.float64(REACH)
    table, since = sincs[table_for(voice.pace)], state.clock * state.pace - offset - state.ahead
    left, right, more, beside = voice.gain[0], voice.gain[1], voice.step[0], voice.step[1]
    at, pace = voice.at, voice.pace
    for t in range(audio.shape[1]):
        if lane:
            at = since + t * state.pace - voice.origin
        if at + ahead >= state.B:
            write(state, v)
            at -= state.B
            voice.origin += state.B
            if voice.asleep:
                return
        first = int(np.floor(at))
        if ahead > 0:
            x = between(wave, TAPS + first - REACH + 1, np.float32(at - first), table)
        else:
            x = wave[TAPS + first]
        audio[0, t] += left * x
        audio[1, t] += right * x
        left += more
        right += beside
        at += pace
    voice.at, voice.gain[0], voice.gain[1] = at, left, right


@njit(cache=True, error_model="numpy")
def write(state, v):
    """Let the state of a voice move on by a frame; put it to sleep once it is silent, or broken."""
    voice, units = state.voices[v], state.units
    wave = view_f4(state.wave, (VOICES, TAPS + state.samples))[v]
    h, entering = view_f4(state.h, (VOICES, units))[v], view_f4(state.entering, (VOICES, units))[v]
    weight = view_f4(state.recurrence, (units // WIDTH, state.S, WIDTH))
    output = view_f4(state.output, (state.samples // WIDTH, state.S, WIDTH))
    for k in range(TAPS):
        wave[k] = wave[state.B + k]
    loss = np.float32(np.exp(-state.param[DAMPING] * state.B / (state.rate * state.pace)))
    nothing = view_f4(state.nothing, state.samples)
    recurrence.advance(weight, output, nothing, entering, loss, h, wave[TAPS:])
    struck, voice.struck = voice.struck, 0
    for s in range(units):
        entering[s] = 0
    loudest, swing = peak(wave[TAPS : TAPS + state.B]), peak(h)
    faint = loudest * max(gain_of(state.param[LEVEL]), np.float32(1)) < FAINT and swing < FROZEN
    voice.quiet = voice.quiet + 1 if faint and not struck else 0
    broken = not loudest < 2 or not swing < 2
    if broken or (voice.quiet >= PATIENCE and state.param[GATE] > 0.5):
        silence(state, v)
        voice.asleep = 1


@njit(cache=True, error_model="numpy")
def silence(state, v):
    """Let a voice forget all that rings in it."""
    voice, units = state.voices[v], state.units
    wave = view_f4(state.wave, (VOICES, TAPS + state.samples))[v]
    h, entering = view_f4(state.h, (VOICES, units))[v], view_f4(state.entering, (VOICES, units))[v]
    for s in range(units):
        h[s] = entering[s] = 0
    for k in range(wave.shape[0]):
        wave[k] = 0
    voice.quiet = voice.struck = voice.asleep = 0


@njit(cache=True, error_model="numpy")
def strike(state, v, dimension, energy):
    """Let energy enter a voice through a dimension of control, with its next frame: as it was learned."""
    entering = view_f4(state.entering, (VOICES, state.units))[v]
    column = view_f4(state.input, (state.K, state.units))[dimension]
    for s in range(state.units):
        entering[s] += energy * column[s]
    state.voices[v].struck = 1


@njit(cache=True, error_model="numpy")
def strike_by_hand(state, v, dimension, energy):
    """As `strike`, but never twice at the very same spot: a little enters by any unit."""
    strike(state, v, dimension, energy)
    if state.param[VARIATION] <= 0.5:
        return
    entering = view_f4(state.entering, (VOICES, state.units))[v]
    spread = UNSURE * energy * view_f4(state.size, state.K)[dimension]
    for s in range(state.S):
        entering[s] += spread * unsure(state)


@njit(cache=True, error_model="numpy")
def soonest(state):
    """The lane whose next frame begins soonest; on the grid of the learned performance that is the first."""
    best, least = 0, np.inf
    for lane in range(LANES):
        wait = begun(state, lane) * state.B - place(state, lane)
        if wait < least - 1e-6:
            best, least = lane, wait
    return best


@njit(cache=True, error_model="numpy")
def begun(state, lane):
    """How many frames of a lane began before this moment."""
    return np.floor((place(state, lane) - state.pace) / state.B) + 1


@njit(cache=True, error_model="numpy")
def place(state, lane):
    """How far a lane is, in learned samples."""
    return state.clock * state.pace - delay(state, lane)


@njit(cache=True, error_model="numpy")
def delay(state, lane):
    """By how many learned samples the frames of a lane begin later than those of the first."""
    return (lane % LANES) * (state.B / LANES)


@njit(cache=True, error_model="numpy")
def is_lane(voice):
    """Whether a voice keeps to the common grid of frames."""
    return voice.note == LEARNED


@njit(cache=True, error_model="numpy")
def peak(x):
    """The largest |x|; NaN if there is one."""
    largest = np.float32(0)
    for i in range(x.shape[0]):
        size = abs(x[i])
        largest = size if not size <= largest else largest
    return largest
