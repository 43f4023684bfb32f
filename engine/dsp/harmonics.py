"""Additive synthesis: the harmonics of one pitch, between two moments at which they are known.

A frame of `hop` samples leads in straight lines from one pitch to the next and from one set of amplitudes to the
next. Harmonic k sounds as its amplitude times sin 2πkφ, φ the phase of the pitch in turns, which is known in closed
form at every sample: so it matters not how a frame is cut into runs.

Time lies in the lanes. For all of them the harmonics follow from each other by two steps,

    d ← d − w s,  s ← s + d,  w = 4 sin² πx,

from s = d = sin 2πx on (Reinsch's form of the recurrence of Chebyshev, which loses nothing where x is small). x is
what φ lies beyond a number of half turns; where that is odd, the odd harmonics have the other sign.
"""

import math

import numpy as np
from numba import njit

from engine.simd.ramps import add_to, half_turns, ramp
from engine.simd.vectors import WIDTH, add, at, fma, mul, splat, sub


def _series(first: int) -> tuple[np.float32, ...]:
    """Taylor coefficients of sin πx / x (first = 1) or cos πx (0) in powers of x², highest first: 2e-8 up to ¼."""
    orders = range(first, first + 10, 2)
    return tuple(np.float32((-1) ** (n // 2) * math.pi**n / math.factorial(n)) for n in orders)[::-1]


_SINE, _COSINE = _series(1), _series(0)


@njit(cache=True, error_model="numpy")
def sound(out, phase, pitch_from, pitch_to, before, after, start, hop):
    """Add a run of a frame to `out`.

    out: (T,), the samples `start` … of the frame, start + T ≤ hop. phase: in turns, at the frame's first sample.
    pitch_from, pitch_to: at the frame's ends, in turns a sample (Hz / rate). before, after: (H,) amplitudes of the
    harmonics at the ends, from the fundamental on, 0 for those that must not be heard. hop: samples of the frame.
    """
    frames = out.shape[0]
    bend = (pitch_to - pitch_from) / (2 * hop)
    slope = pitch_from - bend
    count = _heard(before, after)
    for t in range(0, frames, WIDTH):
        n = start + t
        x, sign = half_turns(phase + n * (slope + n * bend), slope + 2 * n * bend, bend)
        u = ramp(np.float32(n / hop), np.float32(1 / hop))
        add_to(out, t, _sum(x, sign, u, before, after, count), frames - t)


@njit(cache=True, error_model="numpy")
def travel(phase, pitch_from, pitch_to, start, hop):
    """The phase in turns, from 0 to 1, at sample `start` of a frame; with start = hop that of the next frame."""
    bend = (pitch_to - pitch_from) / (2 * hop)
    there = phase + start * (pitch_from - bend + start * bend)
    return there - np.floor(there)


@njit(inline="always", error_model="numpy")
def _sum(x, sign, u, before, after, count):
    """All harmonics at WIDTH moments: those of even and of odd number apart, with either end's amplitudes."""
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
        odd_before, odd_after = fma(splat(at(before, k)), s, odd_before), fma(splat(at(after, k)), s, odd_after)
        d = fma(w, s, d)
        s = add(s, d)
        first, last = splat(at(before, k + 1)), splat(at(after, k + 1))
        even_before, even_after = fma(first, s, even_before), fma(last, s, even_after)
        d = fma(w, s, d)
        s = add(s, d)
    if count & 1:
        first, last = splat(at(before, count - 1)), splat(at(after, count - 1))
        odd_before, odd_after = fma(first, s, odd_before), fma(last, s, odd_after)
    first, last = fma(sign, odd_before, even_before), fma(sign, odd_after, even_after)
    return fma(u, sub(last, first), first)


@njit(inline="always", error_model="numpy")
def _heard(before, after):
    """The number of harmonics up to the last that is not silent."""
    count = before.shape[0]
    while count > 0 and before[count - 1] == 0 and after[count - 1] == 0:
        count -= 1
    return count
