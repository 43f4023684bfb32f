"""[audio thread] Render a voice in runs of at most STRIDE frames: its attacks drive its modes."""

import numpy as np

from engine.dsp import excitation, modal
from engine.dsp.decibels import gain_of
from engine.dsp.vector_math import tanh
from engine.instruments.shared.voice_allocation import VOICES
from engine.kernel import njit
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
            modal.advance_driven(banks[e], u, sums[e])
        else:
            modal.advance(banks[e], sums[e], frames)
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
    """Add the attacks of a voice to u, which drives its modes, and to left and right, which bypass them.

    All (T,). Returns whether anything drives the modes.
    """
    tables = state.R * state.L
    strikes, knocks = (
        view_f4(state.strike, (tables, state.strike_length)),
        view_f4(state.knock, (tables, state.knock_channels, state.knock_length)),
    )
    envelope, hiss = view_f4(state.envelope, (tables, state.points)), view_f4(state.hiss, (tables, state.points))
    noise = view_f4(state.noise, state.noise_length)
    direct_gain = gain_of(state.param[ATTACK])
    driven, kept = False, 0
    for i in range(voice.strike_count):
        strike = voice.strikes[i]
        at, table, direct = strike.position, strike.table, strike.direct * direct_gain
        segment = noise[strike.noise + at :]
        frames = min(u.shape[0], segment.shape[0])
        filtered = strike.dullness != 0
        tail = state.lowpass_tail if filtered else 0
        driven |= at < max(state.strike_length, state.envelope_length) + tail
        drive, direct_left, direct_right = u, left, right
        if filtered:
            drive, direct_left, direct_right = _clear_scratch(state, u.shape[0])
        _add_curve(drive, strikes[table], at, strike.gain)
        count = _fill_envelope(state, envelope[table], at, state.envelope_length - at, frames)
        _add_noise(state, drive, segment, count, strike.gain)
        _add_curve(direct_left, knocks[table, 0], at, direct)
        _add_curve(direct_right, knocks[table, state.knock_channels - 1], at, direct)
        count = _fill_envelope(state, hiss[table], at, state.hiss_length - at, frames)
        _add_noise(state, direct_left, segment, count, direct)
        _add_noise(state, direct_right, segment, count, direct)
        if filtered:
            strike.low = excitation.add_damped(u, drive, strike.low, strike.dullness, state.lowpass_coefficient)
            strike.left = excitation.add_damped(
                left, direct_left, strike.left, strike.dullness, state.lowpass_coefficient
            )
            strike.right = excitation.add_damped(
                right, direct_right, strike.right, strike.dullness, state.lowpass_coefficient
            )
        strike.position += u.shape[0]
        if (
            strike.position
            < max(max(state.strike_length, state.envelope_length), max(state.knock_length, state.hiss_length)) + tail
        ):
            copy_strike(voice.strikes[i], voice.strikes[kept])
            kept += 1
    voice.strike_count = kept
    return driven


@njit(cache=True, error_model="numpy")
def is_finite(left, right):
    """Whether two channels (T,) are finite and below an energy of 1e12."""
    total = np.float32(0)
    for t in range(left.shape[0]):
        total += left[t] * left[t] + right[t] * right[t]
    return total < np.float32(1e12)


@njit(cache=True, error_model="numpy")
def _clear_scratch(state, frames):
    """Clear the work arrays of one strike, (frames,): excitation of the modes, left and right."""
    drive, left, right = state.strike_u[:frames], state.strike_left[:frames], state.strike_right[:frames]
    for t in range(frames):
        drive[t] = left[t] = right[t] = 0
    return drive, left, right


@njit(cache=True, error_model="numpy")
def _add_curve(out, curve, start, gain):
    """Add a curve from `start` on to `out`."""
    count = min(out.shape[0], curve.shape[0] - start)
    if count > 0:
        excitation.add_curve(out[:count], curve[start : start + count], gain)


@njit(cache=True, error_model="numpy")
def _fill_envelope(state, points, start, left, frames):
    """Fill the work array with an envelope from frame `start` on, of which `left` frames are left; how many."""
    count = min(left, frames)
    if count > 0:
        curve = state.strike_envelope[:count]
        excitation.interpolate_points(curve, points, start, state.point_start, state.point_step)
    return count


@njit(cache=True, error_model="numpy")
def _add_noise(state, out, noise, count, gain):
    """Add noise times the envelope in the work array to the first `count` frames of `out`."""
    if count > 0:
        excitation.add_noise(out[:count], state.strike_envelope[:count], noise[:count], gain)
