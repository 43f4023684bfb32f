"""[audio thread] How a note goes on: its attacks drive its modes, in runs that end at the ticks of the clock."""

import numpy as np
from numba import njit

from ...dsp import attack, modal
from ...dsp.math import tanh
from ...memory import view_f4
from ...simd import LANES
from ..voices import ENDING, FREE, HELD, VOICES
from .pluck import LEARNED, silence
from .record import ATTACK, DEFORM, PLAY, SPEED, VIBRATO
from .tuning import decibels, follow, retune

BENDING = np.float32(0.12)  # of the way that a bend goes in one tick
GONE = np.float32(1e-6)  # -120 dB: what cannot be heard


@njit(cache=True, error_model="numpy")
def tick(state):
    """Every STRIDE frames: follow the controllers, mend the rounding of the modes, and let go of what is silent."""
    state.lfo = (state.lfo + state.param[SPEED] * modal.STRIDE / state.rate) % 1.0
    sway = np.float32(np.sin(2 * np.pi * state.lfo)) * state.param[VIBRATO] / np.float32(100)
    if state.E > 1:
        wheel_deforms(state)
        sway = np.float32(0)
    for v in range(VOICES):
        voice = state.voices[v]
        if voice.stage == FREE or voice.asleep:
            continue
        tend(state, v, sway)
        follow(state, voice)
        listen(state, v)


@njit(cache=True, error_model="numpy")
def wheel_deforms(state):
    """Aim at the variants that the knob and the modulation wheels ask for, when they have moved."""
    wheel = state.param[DEFORM]
    for channel in range(state.modulation.shape[0]):
        wheel = max(wheel, state.modulation[channel])
    if abs(wheel - state.wheel) < 1e-4:
        return
    state.wheel = wheel
    for e in range(state.E):
        last = np.float32(4) if e == state.E - 1 else np.float32(0)
        state.logit[e] = state.rest[e] + wheel * (last - state.rest[e])
    aim(state)


@njit(cache=True, error_model="numpy")
def aim(state):
    """Cross-fade from the weights of the variants as they are to the softmax of `logit`, over `ramp` frames.

    Before the first frame there is nothing to fade: the weights are there at once.
    """
    top, total = state.logit[0], np.float32(0)
    for e in range(1, state.E):
        top = max(top, state.logit[e])
    for e in range(state.E):
        total += np.exp(state.logit[e] - top)
    for e in range(state.E):
        target = np.exp(state.logit[e] - top) / total
        state.weight[e] += state.slope[e] * np.float32(state.ramped)
        if state.clock == 0:
            state.weight[e] = target
        state.slope[e] = (target - state.weight[e]) / np.float32(state.ramp)
    state.ramped = 0


@njit(cache=True, error_model="numpy")
def weigh(state, frames):
    """Write the weights of the variants for the next frames: each is that of the middle of its frame."""
    for e in range(state.E):
        for t in range(frames):
            at = min(np.float32(state.ramped + t) + np.float32(0.5), np.float32(state.ramp))
            state.weights[e, t] = state.weight[e] + state.slope[e] * at
    state.ramped = min(state.ramped + frames, state.ramp)


@njit(cache=True, error_model="numpy")
def tend(state, v, sway):
    """Correct the modes of a voice, or tune them anew when its pitch or damping has moved."""
    voice = state.voices[v]
    banks = view_f4(state.banks, (VOICES, state.E, modal.ROWS, state.width))[v]
    for e in range(state.E):
        modal.correct(banks[e])
    semitones = state.bend[voice.channel] + sway * state.modulation[voice.channel]
    target = np.float32(2.0 ** (semitones / 12))
    if voice.ratio != target:
        moved = target - voice.ratio
        voice.ratio = target if abs(moved) < 1e-6 else voice.ratio + BENDING * moved
        retune(state, v)


@njit(cache=True, error_model="numpy")
def listen(state, v):
    """Put a voice to sleep once it is silent, and clear one that is broken; a sleeping note's voice is free."""
    voice = state.voices[v]
    banks = view_f4(state.banks, (VOICES, state.E, modal.ROWS, state.width))[v]
    energy = np.float32(0)
    for e in range(state.E):
        energy += modal.energy(banks[e])
    loud = max(abs(voice.gain[0]), abs(voice.gain[1]))
    slope = voice.drive if voice.drive > 0 else np.float32(1)
    silent = voice.striking == 0 and np.sqrt(energy) * slope * loud < GONE
    if silent or loud < GONE and voice.stage == ENDING or not energy < 1e12:
        silence(state, v)
        voice.asleep = 1
        voice.stage = HELD if voice.note == LEARNED and state.param[PLAY] <= 0.5 else FREE


@njit(cache=True, error_model="numpy")
def ring(state, v, audio):
    """Add one voice to audio (2, T), T ≤ STRIDE."""
    voice = state.voices[v]
    frames = audio.shape[1]
    u, left, right = state.u[:frames], state.left[:frames], state.right[:frames]
    for t in range(frames):
        u[t] = left[t] = right[t] = 0
    driven = excite(state, voice, u, left, right)
    banks = view_f4(state.banks, (VOICES, state.E, modal.ROWS, state.width))[v]
    sums = view_f4(state.sums, (state.E, state.C, modal.STRIDE, LANES))
    for e in range(state.E):
        if driven:
            modal.drive(banks[e], u, sums[e])
        else:
            modal.ring(banks[e], sums[e], frames)
    modal.settle(sums, state.weights, left, right)
    if voice.drive > 0:
        for t in range(frames):
            left[t] = tanh(voice.drive * left[t])
            right[t] = tanh(voice.drive * right[t])
    for t in range(frames):
        audio[0, t] += voice.gain[0] * left[t]
        audio[1, t] += voice.gain[1] * right[t]
        voice.gain[0] += voice.step[0]
        voice.gain[1] += voice.step[1]


@njit(cache=True, error_model="numpy")
def excite(state, voice, u, left, right):
    """Write the attacks of a voice that are under way: to u what drives its modes, to left and right what is heard.

    All (T,). Whether anything drives the modes.
    """
    tables = state.R * state.L
    strikes, knocks = view_f4(state.strike, (tables, state.struck)), view_f4(state.knock, (tables, 2, state.knocked))
    envelope, hiss = view_f4(state.envelope, (tables, state.blown)), view_f4(state.hiss, (tables, state.hissed))
    noise = view_f4(state.noise, state.noisy)
    aside = decibels(state.param[ATTACK])
    driven, kept = False, 0
    for i in range(voice.striking):
        strike = voice.strikes[i]
        at, table, direct = strike.position, strike.table, strike.direct * aside
        heard = noise[strike.noise + at :]
        driven |= at < max(state.struck, state.blown)
        _shape(u, strikes[table], at, strike.gain)
        _breathe(u, envelope[table], heard, at, strike.gain)
        _shape(left, knocks[table, 0], at, direct)
        _shape(right, knocks[table, 1], at, direct)
        _breathe(left, hiss[table], heard, at, direct)
        _breathe(right, hiss[table], heard, at, direct)
        strike.position += u.shape[0]
        if strike.position < max(max(state.struck, state.blown), max(state.knocked, state.hissed)):
            _keep(voice, i, kept)
            kept += 1
    voice.striking = kept
    return driven


@njit(cache=True, error_model="numpy")
def _shape(out, curve, start, gain):
    """Add to `out` what a curve holds from `start` on."""
    count = min(out.shape[0], curve.shape[0] - start)
    if count > 0:
        attack.shape(out[:count], curve[start : start + count], gain)


@njit(cache=True, error_model="numpy")
def _breathe(out, envelope, noise, start, gain):
    """Add to `out` noise in the shape of an envelope from `start` on."""
    count = min(out.shape[0], envelope.shape[0] - start)
    if count > 0:
        attack.breath(out[:count], envelope[start : start + count], noise[:count], gain)


@njit(cache=True, error_model="numpy")
def _keep(voice, i, kept):
    source, target = voice.strikes[i], voice.strikes[kept]
    target.position = source.position
    target.noise = source.noise
    target.table = source.table
    target.gain = source.gain
    target.direct = source.direct
