"""[audio thread] Render a voice in runs of at most STRIDE frames: its attacks drive its modes."""

import numpy as np
from numba import njit

from engine.dsp import excitation, modal
from engine.dsp.decibels import gain_of
from engine.dsp.vector_math import tanh
from engine.instruments.shared.voice_allocation import VOICES
from engine.pointers import view_f4
from engine.simd.vectors import LANES

from .note_on import clear_voice, copy_strike
from .state import ATTACK


@njit(cache=True, error_model="numpy")
def render_voice(state, v, audio):
    """Add one voice to audio (2, T), T ≤ STRIDE."""
    voice = state.voices[v]
    frames = audio.shape[1]
    u, left, right = state.u[:frames], state.left[:frames], state.right[:frames]
    for t in range(frames):
        u[t] = left[t] = right[t] = 0
    driven = render_attacks(state, voice, u, left, right)
    banks = view_f4(state.banks, (VOICES, state.E, modal.ROWS, state.width))[v]
    sums = view_f4(state.sums, (state.E, state.C, modal.STRIDE, LANES))
    for e in range(state.E):
        if driven:
            modal.drive(banks[e], u, sums[e])
        else:
            modal.ring(banks[e], sums[e], frames)
    modal.mix_sums(sums, state.weights, left, right)
    if not is_finite(left, right):
        clear_voice(state, v)
        return
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
def render_attacks(state, voice, u, left, right):
    """Add the attacks of a voice to u, which drives its modes, and to left and right, which are heard directly.

    All (T,). Returns whether anything drives the modes.
    """
    tables = state.R * state.L
    strikes, knocks = view_f4(state.strike, (tables, state.struck)), view_f4(state.knock, (tables, 2, state.knocked))
    envelope, hiss = view_f4(state.envelope, (tables, state.blown)), view_f4(state.hiss, (tables, state.hissed))
    noise = view_f4(state.noise, state.noisy)
    direct_gain = gain_of(state.param[ATTACK])
    driven, kept = False, 0
    for i in range(voice.striking):
        strike = voice.strikes[i]
        at, table, direct = strike.position, strike.table, strike.direct * direct_gain
        segment = noise[strike.noise + at :]
        plain = strike.dull == 0
        tail = 0 if plain else state.tail
        driven |= at < max(state.struck, state.blown) + tail
        drive, near, far = u, left, right
        if not plain:
            drive, near, far = _scratch(state, u.shape[0])
        _add_curve(drive, strikes[table], at, strike.gain)
        _add_noise(drive, envelope[table], segment, at, strike.gain)
        _add_curve(near, knocks[table, 0], at, direct)
        _add_curve(far, knocks[table, 1], at, direct)
        _add_noise(near, hiss[table], segment, at, direct)
        _add_noise(far, hiss[table], segment, at, direct)
        if not plain:
            strike.low = excitation.add_damped(u, drive, strike.low, strike.dull, state.muffling)
            strike.left = excitation.add_damped(left, near, strike.left, strike.dull, state.muffling)
            strike.right = excitation.add_damped(right, far, strike.right, strike.dull, state.muffling)
        strike.position += u.shape[0]
        if strike.position < max(max(state.struck, state.blown), max(state.knocked, state.hissed)) + tail:
            copy_strike(voice.strikes[i], voice.strikes[kept])
            kept += 1
    voice.striking = kept
    return driven


@njit(cache=True, error_model="numpy")
def is_finite(left, right):
    """Whether two channels (T,) are finite and below an energy of 1e12."""
    total = np.float32(0)
    for t in range(left.shape[0]):
        total += left[t] * left[t] + right[t] * right[t]
    return total < np.float32(1e12)


@njit(cache=True, error_model="numpy")
def _scratch(state, frames):
    """Zeroed work arrays (frames,) of one strike: what drives the modes, left and right."""
    own, near, far = state.own[:frames], state.near[:frames], state.far[:frames]
    for t in range(frames):
        own[t] = near[t] = far[t] = 0
    return own, near, far


@njit(cache=True, error_model="numpy")
def _add_curve(out, curve, start, gain):
    """Add a curve from `start` on to `out`."""
    count = min(out.shape[0], curve.shape[0] - start)
    if count > 0:
        excitation.add_curve(out[:count], curve[start : start + count], gain)


@njit(cache=True, error_model="numpy")
def _add_noise(out, envelope, noise, start, gain):
    """Add noise times an envelope from `start` on to `out`."""
    count = min(out.shape[0], min(envelope.shape[0] - start, noise.shape[0]))
    if count > 0:
        excitation.add_noise(out[:count], envelope[start : start + count], noise[:count], gain)
