"""Banks of modes: decaying partials as complex numbers that shrink and turn.

Mode k is z ← p z + c u, p = exp((−decay + 2πi frequency) / rate), and sounds as Re z: a unit sample gives Re(c pⁿ),
n ≥ 0. Amplitude and phase stand in c, at the input. A mode may be retuned while it rings, since z keeps its size.
bank.py says how a bank lies in memory, ringing.py how it rings; LUTHIER_KERNELS=plain takes ringing_plain.py instead.

A p rounded to float32 drifts, to −40 dB after 10 s. `correct` turns z by the rest every STRIDE frames: by
ε = (p/p̂)^STRIDE − 1 to first order, p̂ the rounded p. That leaves −90 dB after 10 s.
"""

import os

import numpy as np
from numba import njit

from . import ringing, ringing_plain
from .bank import (
    DECAY,
    FREQUENCY,
    GAIN_IM,
    GAIN_RE,
    IM,
    IMAGINARY,
    RE,
    REAL,
    REST_IM,
    REST_RE,
    ROWS,
    SIDE,
    STRIDE,
    A,
    B,
    new_banks,
    new_sums,
    padded,
    stereo,
)
from .math import shrink, sincos_half_turn

__all__ = [
    "DECAY", "FREQUENCY", "GAIN_IM", "GAIN_RE", "IM", "IMAGINARY", "RE", "REAL", "REST_IM", "REST_RE", "ROWS", "SIDE",
    "STRIDE", "A", "B", "correct", "drive", "energy", "new_banks", "new_sums", "padded", "ring", "settle", "stereo",
    "tune",
]  # fmt: skip

_kernels = ringing_plain if os.environ.get("LUTHIER_KERNELS") == "plain" else ringing
ring, drive, settle = _kernels.ring, _kernels.drive, _kernels.settle


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
