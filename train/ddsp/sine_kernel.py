"""The kernel of the sum of harmonics and of its gradient, for the CPU.

In torch the sines of all harmonics are a matrix, which is most of what a step reads and writes where there are many;
here they are in registers. The recurrence is that of `engine.dsp.harmonics`; the lanes are successive samples.
"""

import math

import numpy as np
from numba import njit

from engine.simd.vectors import (
    LANES,
    WIDTH,
    add,
    add_scaled_registers,
    fma,
    load,
    load_scalar,
    mul,
    splat,
    store,
    sub,
    sum_registers,
)


def _series(first: int) -> tuple[np.float32, ...]:
    """Taylor coefficients of sin πx / x (first = 1) or cos πx (0) in powers of x², highest first."""
    orders = range(first, first + 10, 2)
    return tuple(np.float32((-1) ** (n // 2) * math.pi**n / math.factorial(n)) for n in orders)[::-1]


_SINE, _COSINE = _series(1), _series(0)
_LINES = 4  # of working memory: sine, factor of the recurrence, sign and ramp; the last is shared with the sound


@njit(cache=True, error_model="numpy", nogil=True)
def add_sines(amplitudes, phase, out):
    """Sum of sines whose amplitudes go linearly from frame to frame.

    amplitudes: (B, F + 1, H) float32. phase: (B, F, hop) of the fundamental, in cycles. out: (B, F, hop), written.
    """
    batch, frames, hop = phase.shape
    lines = _new_lines(hop)
    for b in range(batch):
        for f in range(frames):
            before, after = amplitudes[b, f], amplitudes[b, f + 1]
            _prepare(phase[b, f], lines)
            count = count_audible(before, after)
            for t in range(0, lines.shape[1], WIDTH):
                _sum(lines, t, before, after, count)
            for t in range(hop):
                out[b, f, t] = lines[_LINES, t]


@njit(cache=True, error_model="numpy", nogil=True)
def add_sine_gradients(amplitudes, phase, slopes, gradients):
    """Add to gradients (B, F + 1, H) those of amplitudes, from slopes (B, F, hop) of the sum of `add_sines`.

    Harmonics above the last that is not 0 at either end of a frame have none from it.
    """
    batch, frames, hop = phase.shape
    lines = _new_lines(hop)
    size = -(-amplitudes.shape[2] // LANES) * LANES
    sums, totals = np.zeros((2, size, LANES), np.float32), np.zeros(size, np.float32)
    for b in range(batch):
        for f in range(frames):
            _prepare(phase[b, f], lines)
            for t in range(hop):
                lines[_LINES, t] = slopes[b, f, t]
            count = count_audible(amplitudes[b, f], amplitudes[b, f + 1])
            for t in range(0, lines.shape[1], WIDTH):
                _correlate(lines, t, sums, size * LANES, count)
            for end in range(2):
                _add_sums(sums[end], totals, count, gradients[b, f + end])


@njit(cache=True, error_model="numpy")
def count_audible(before, after):
    """The number of harmonics up to the last that is not 0 at either end."""
    count = before.shape[0]
    while count > 0 and before[count - 1] == 0 and after[count - 1] == 0:
        count -= 1
    return count


@njit(cache=True, error_model="numpy")
def _new_lines(hop):
    """Working memory (_LINES + 1, samples), the ramp written."""
    lines = np.zeros((_LINES + 1, -(-hop // WIDTH) * WIDTH), np.float32)
    for t in range(hop):
        lines[3, t] = np.float32(t) / np.float32(hop)
    return lines


@njit(cache=True, error_model="numpy", fastmath=True)
def _prepare(phase, lines):
    """Write sine of a phase (hop,), factor and sign: the phase is less a number of half turns."""
    sine_line, factor_line, sign_line = lines[0], lines[1], lines[2]
    for t in range(phase.shape[0]):
        halves = np.floor(np.float32(2) * phase[t] + np.float32(0.5))
        x = phase[t] - np.float32(0.5) * halves
        odd = halves - np.float32(2) * np.floor(np.float32(0.5) * halves)
        square = x * x
        sine, cosine = _SINE[0], _COSINE[0]
        for i in range(1, 5):
            sine, cosine = sine * square + _SINE[i], cosine * square + _COSINE[i]
        sine *= x
        sine_line[t] = np.float32(2) * sine * cosine
        factor_line[t] = np.float32(-4) * sine * sine
        sign_line[t] = np.float32(1) - np.float32(2) * odd


@njit(inline="always", error_model="numpy")
def _sum(lines, t, before, after, count):
    """Write the sum of the harmonics at WIDTH samples from t on to the last line."""
    size = lines.shape[1]
    s, w = load(lines, t), load(lines, size + t)
    d = s
    odd_before = odd_after = even_before = even_after = splat(np.float32(0))
    for k in range(0, count - 1, 2):
        odd_before = fma(splat(load_scalar(before, k)), s, odd_before)
        odd_after = fma(splat(load_scalar(after, k)), s, odd_after)
        d = fma(w, s, d)
        s = add(s, d)
        even_before = fma(splat(load_scalar(before, k + 1)), s, even_before)
        even_after = fma(splat(load_scalar(after, k + 1)), s, even_after)
        d = fma(w, s, d)
        s = add(s, d)
    if count & 1:
        odd_before = fma(splat(load_scalar(before, count - 1)), s, odd_before)
        odd_after = fma(splat(load_scalar(after, count - 1)), s, odd_after)
    sign = load(lines, 2 * size + t)
    first, last = fma(sign, odd_before, even_before), fma(sign, odd_after, even_after)
    store(lines, _LINES * size + t, fma(load(lines, 3 * size + t), sub(last, first), first))


@njit(inline="always", error_model="numpy")
def _correlate(lines, t, sums, offset, count):
    """Add the products of the slopes in the last line with the harmonics to sums (2, harmonics, LANES)."""
    size = lines.shape[1]
    s, w, slope = load(lines, t), load(lines, size + t), load(lines, _LINES * size + t)
    sign = load(lines, 2 * size + t)
    d = s
    even_after = mul(load(lines, 3 * size + t), slope)
    even_before = sub(slope, even_after)
    odd_before, odd_after = mul(sign, even_before), mul(sign, even_after)
    for k in range(0, count - 1, 2):
        add_scaled_registers(sums, k * LANES, s, odd_before)
        add_scaled_registers(sums, offset + k * LANES, s, odd_after)
        d = fma(w, s, d)
        s = add(s, d)
        add_scaled_registers(sums, (k + 1) * LANES, s, even_before)
        add_scaled_registers(sums, offset + (k + 1) * LANES, s, even_after)
        d = fma(w, s, d)
        s = add(s, d)
    if count & 1:
        add_scaled_registers(sums, (count - 1) * LANES, s, odd_before)
        add_scaled_registers(sums, offset + (count - 1) * LANES, s, odd_after)


@njit(cache=True, error_model="numpy")
def _add_sums(sums, totals, count, gradients):
    """Add the horizontal sums of the first harmonics to gradients (H,), and clear them."""
    for k in range(0, count, LANES):
        sum_registers(sums, k * LANES, k * LANES)
        for i in range(LANES):
            totals[k + i] = sums[k, i]
            sums[k, i] = 0
    for k in range(count):
        gradients[k] += totals[k]
