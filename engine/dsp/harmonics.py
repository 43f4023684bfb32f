"""Additive synthesis of the harmonics of one pitch.

Over a frame of `hop` samples pitch and amplitudes are interpolated linearly. Harmonic k is its amplitude times
sin 2πkφ; the phase φ in turns has a closed form at every sample, so the result does not depend on how a frame is
split into runs.

The lanes are successive samples. In each the harmonics follow from one another by

    d ← d − w s,  s ← s + d,  w = 4 sin² πx,

starting from s = d = sin 2πx (Reinsch's form of the Chebyshev recurrence, exact also where x is small). x is φ less a
number of half turns; where that is odd, the odd harmonics change sign.
"""

import math

import numpy as np

from engine.kernel import njit
from engine.simd.sample_lanes import add_to, ramp, reduce_phase
from engine.simd.vectors import WIDTH, add, align_stack, fma, load_scalar, mul, splat, sub


def _series(first: int) -> tuple[np.float32, ...]:
    """Taylor coefficients of sin πx / x (first = 1) or cos πx (0) in powers of x², highest first: 2e-8 up to ¼."""
    orders = range(first, first + 10, 2)
    return tuple(np.float32((-1) ** (n // 2) * math.pi**n / math.factorial(n)) for n in orders)[::-1]


_SINE, _COSINE = _series(1), _series(0)


@njit(cache=True, error_model="numpy")
def add_harmonics(out, phase, pitch_from, pitch_to, before, after, start, hop):
    """Add a run of a frame to `out`.

    out: (T,), samples `start` … of the frame, start + T ≤ hop. phase: in turns, at the frame's first sample.
    pitch_from, pitch_to: at the frame's ends, in turns per sample (Hz / rate). before, after: (H,) amplitudes of the
    harmonics at the ends, 0 for those above the band. hop: samples of the frame.
    """
    align_stack()
    frames = out.shape[0]
    bend = (pitch_to - pitch_from) / (2 * hop)
    slope = pitch_from - bend
    count = _count_audible(before, after)
    for t in range(0, frames, WIDTH):
        n = start + t
        x, sign = reduce_phase(phase + n * (slope + n * bend), slope + 2 * n * bend, bend)
        u = ramp(np.float32(n / hop), np.float32(1 / hop))
        add_to(out, t, _sum_harmonics(x, sign, u, before, after, count), frames - t)


@njit(cache=True, error_model="numpy")
def advance_phase(phase, pitch_from, pitch_to, start, hop):
    """The phase in turns, from 0 to 1, at sample `start` of a frame; with start = hop that of the next frame."""
    bend = (pitch_to - pitch_from) / (2 * hop)
    end = phase + start * (pitch_from - bend + start * bend)
    return end - np.floor(end)


@njit(inline="always", error_model="numpy")
def _sum_harmonics(x, sign, u, before, after, count):
    """Sum the harmonics at WIDTH samples: even and odd ones apart, each with the amplitudes of both ends."""
    square = mul(x, x)
    sine, cosine = splat(_SINE[0]), splat(_COSINE[0])
    for i in range(1, 5):
        sine, cosine = fma(sine, square, splat(_SINE[i])), fma(cosine, square, splat(_COSINE[i]))
    sine = mul(sine, x)
    s = mul(add(sine, sine), cosine)
    w = mul(splat(np.float32(-4)), mul(sine, sine))
    d = s
    odd_before = odd_after = even_before = even_after = splat(np.float32(0))
    for k in range(0, count - 1, 2):
        odd_before, odd_after = (
            fma(splat(load_scalar(before, k)), s, odd_before),
            fma(splat(load_scalar(after, k)), s, odd_after),
        )
        d = fma(w, s, d)
        s = add(s, d)
        first, last = splat(load_scalar(before, k + 1)), splat(load_scalar(after, k + 1))
        even_before, even_after = fma(first, s, even_before), fma(last, s, even_after)
        d = fma(w, s, d)
        s = add(s, d)
    if count & 1:
        first, last = splat(load_scalar(before, count - 1)), splat(load_scalar(after, count - 1))
        odd_before, odd_after = fma(first, s, odd_before), fma(last, s, odd_after)
    first, last = fma(sign, odd_before, even_before), fma(sign, odd_after, even_after)
    return fma(u, sub(last, first), first)


@njit(inline="always", error_model="numpy")
def _count_audible(before, after):
    """The number of harmonics up to the last that is not 0."""
    count = before.shape[0]
    while count > 0 and before[count - 1] == 0 and after[count - 1] == 0:
        count -= 1
    return count
