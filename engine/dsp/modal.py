"""Banks of modes: decaying partials as complex numbers that shrink and turn, WIDTH of them at a time.

Mode k is z ← p z + c u, p = exp((−decay + 2πi frequency) / rate), and sounds as Re z: a unit sample gives Re(c pⁿ),
n ≥ 0. Amplitude and phase stand in c, at the input. A mode may be retuned while it rings, since z keeps its size.

A bank is a float32 array (ROWS, K); K is a multiple of WIDTH (`padded`), and modes that are not used are zero.
What sounds is gathered in `sums` (C, STRIDE, LANES): for each frame the lanes of the middle and, where C is 2, of
the side signal. `settle` adds the lanes up, once for all modes and banks that share the sums. State stays in
registers for a whole run of frames, and however a run is cut, the samples are the same to the bit.

A p rounded to float32 drifts, to −40 dB after 10 s. `correct` turns z by the rest every STRIDE frames: by
ε = (p/p̂)^STRIDE − 1 to first order, p̂ the rounded p. That leaves −90 dB after 10 s.
"""

import numpy as np
from numba import njit

from ..simd import (
    LANES,
    WIDTH,
    aligned,
    at,
    fma,
    fms,
    gather,
    gather_scaled,
    load,
    mix_row,
    mul,
    splat,
    store,
    sum_rows,
)
from .math import shrink, sincos_half_turn

STRIDE = 64  # frames between corrections, and the longest run
ROWS = 9
RE, IM, A, B, REST_RE, REST_IM, GAIN_RE, GAIN_IM, SIDE = range(ROWS)
FREQUENCY, DECAY, REAL, IMAGINARY = range(4)


def padded(count: int) -> int:
    """The number of modes that a bank has when `count` of them are used."""
    return -(-count // WIDTH) * WIDTH


def new_banks(banks: int, count: int) -> np.ndarray:
    """[main thread] Silent banks (banks, ROWS, K) with room for `count` modes each."""
    return aligned((banks, ROWS, padded(count)))


def new_sums(variants: int, channels: int = 2) -> np.ndarray:
    """[main thread] Clear sums (variants, channels, STRIDE, LANES); one channel does where every SIDE is zero."""
    return aligned((variants, channels, STRIDE, LANES))


def stereo(place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a place in the stereo field (−1 left, 1 right) means for a mode: a factor on its c, and its SIDE.

    Left and right then are √2 cos θ and √2 sin θ with θ = (place + 1) π/4: equal power, 1 in the centre.
    """
    angle = np.asarray(place, np.float64) * (np.pi / 4)
    return np.cos(angle), np.tan(angle)


@njit(cache=True, error_model="numpy")
def ring(bank, sums, frames):
    """Let a bank ring on by itself for a number of frames ≤ STRIDE.

    bank: (ROWS, K), the state moves on. sums: (C, STRIDE, LANES), the first frames are added to.
    """
    modes, wide = bank.shape[1], sums.shape[0] > 1
    for k in range(0, modes, WIDTH):
        re, im = load(bank, RE * modes + k), load(bank, IM * modes + k)
        a, b, side = load(bank, A * modes + k), load(bank, B * modes + k), load(bank, SIDE * modes + k)
        for t in range(frames):
            turned = fms(a, re, mul(b, im))
            im = fma(a, im, mul(b, re))
            re = turned
            gather(sums, t * LANES, re)
            if wide:
                gather_scaled(sums, (STRIDE + t) * LANES, re, side)
        store(bank, RE * modes + k, re)
        store(bank, IM * modes + k, im)


@njit(cache=True, error_model="numpy")
def drive(bank, u, sums):
    """Let a bank ring on, driven by u (T,), T ≤ STRIDE; otherwise as `ring`."""
    modes, wide = bank.shape[1], sums.shape[0] > 1
    for k in range(0, modes, WIDTH):
        re, im = load(bank, RE * modes + k), load(bank, IM * modes + k)
        a, b, side = load(bank, A * modes + k), load(bank, B * modes + k), load(bank, SIDE * modes + k)
        gain_re, gain_im = load(bank, GAIN_RE * modes + k), load(bank, GAIN_IM * modes + k)
        for t in range(u.shape[0]):
            push = splat(u[t])
            turned = fma(a, re, fms(gain_re, push, mul(b, im)))
            im = fma(a, im, fma(gain_im, push, mul(b, re)))
            re = turned
            gather(sums, t * LANES, re)
            if wide:
                gather_scaled(sums, (STRIDE + t) * LANES, re, side)
        store(bank, RE * modes + k, re)
        store(bank, IM * modes + k, im)


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def settle(sums, weight, left, right):
    """Add to left and right (T,) what was gathered, and clear it for the next run.

    sums: (E, C, STRIDE, LANES), one for each variant of the same modes. weight: (E, T), how much each variant
    sounds at each frame; not read where E is 1. Left is the middle less the side, right the middle and the side.
    """
    frames, channels = left.shape[0], sums.shape[1]
    for channel in range(channels):
        if sums.shape[0] > 1:
            _blend(sums, channel, weight, frames)
        for first in range(0, frames, LANES):
            row = channel * STRIDE * LANES
            sum_rows(sums, row + first * LANES, row + first)
    share, last = np.float32(channels - 1), (channels - 1) * STRIDE * LANES
    for t in range(frames):
        middle, side = at(sums, t), at(sums, last + t)
        left[t] += middle - share * side
        right[t] += middle + share * side
    for channel in range(channels):
        for row in range(-(-frames // LANES)):
            for i in range(LANES):
                sums[0, channel, row, i] = 0


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def correct(bank):
    """Make good for the rounding of p; to be called once every STRIDE frames of absolute time."""
    re, im, rest_re, rest_im = bank[RE], bank[IM], bank[REST_RE], bank[REST_IM]
    for k in range(re.shape[0]):
        x, y = re[k], im[k]
        re[k] = x + (rest_re[k] * x - rest_im[k] * y)
        im[k] = y + (rest_re[k] * y + rest_im[k] * x)


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def tune(bank, partials, ratio, damping, rate):
    """Set p, its rest and c; fast enough to follow a bend every STRIDE frames.

    partials: (4, J), J ≤ K: FREQUENCY in Hz, DECAY in 1/s, c as REAL and IMAGINARY. ratio: of pitch. damping: 1/s,
    added to every decay. rate: Hz. A mode at or above half the rate is mute.
    """
    frequency, decay, real, imaginary = partials[FREQUENCY], partials[DECAY], partials[REAL], partials[IMAGINARY]
    a, b, rest_re, rest_im = bank[A], bank[B], bank[REST_RE], bank[REST_IM]
    gain_re, gain_im = bank[GAIN_RE], bank[GAIN_IM]
    scale, period = ratio / rate, 1 / rate
    for k in range(frequency.shape[0]):
        phase = scale * frequency[k]
        heard = 1.0 if phase < 0.5 else 0.0
        sine, cosine = sincos_half_turn(phase)
        radius = heard * shrink((decay[k] + damping) * period)
        x, y = radius * cosine, radius * sine
        a[k], b[k] = x, y
        rounded_x, rounded_y = np.float64(a[k]), np.float64(b[k])
        lost_x, lost_y = x - rounded_x, y - rounded_y
        share = STRIDE / (rounded_x * rounded_x + rounded_y * rounded_y + (1 - heard))
        rest_re[k] = share * (lost_x * rounded_x + lost_y * rounded_y)
        rest_im[k] = share * (lost_y * rounded_x - lost_x * rounded_y)
        gain_re[k], gain_im[k] = heard * real[k], heard * imaginary[k]


@njit(cache=True, error_model="numpy", fastmath=True)
def energy(bank):
    """The sum of |z|² over a bank: below it, nothing can be louder than sqrt(K energy)."""
    re, im = bank[RE], bank[IM]
    total = np.float32(0)
    for k in range(re.shape[0]):
        total += re[k] * re[k] + im[k] * im[k]
    return total


@njit(cache=True, error_model="numpy")
def _blend(sums, channel, weight, frames):
    """Put the weighted sum of all variants into the first."""
    channels, size = sums.shape[1], STRIDE * LANES
    for e in range(1, sums.shape[0]):
        for t in range(frames):
            kept = weight[0, t] if e == 1 else np.float32(1)
            first, other = channel * size + t * LANES, (e * channels + channel) * size + t * LANES
            mix_row(sums, first, kept, other, weight[e, t])
