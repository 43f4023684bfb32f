"""Modal synthesis: banks of decaying partials as complex one-pole resonators.

Mode k is z ← p z + c u, p = exp((−decay + 2πi frequency) / rate), with the output Re z: a unit sample gives Re(c pⁿ),
n ≥ 0. Amplitude and phase are in c, at the input, so that a mode can be retuned while it rings without a jump.
modal_bank.py lays a bank out in memory, modal_simd.py advances it; LUTHIER_KERNELS=plain selects modal_plain.py.

Rounding p to float32 drifts, to −40 dB after 10 s. `correct` multiplies z by 1 + ε every STRIDE frames,
ε = (p/p̂)^STRIDE − 1 to first order, p̂ the p of the rounded A and BACK. That leaves −90 dB after 10 s.
"""

import os

import numpy as np
from numba import njit

from . import modal_plain, modal_simd
from .modal_bank import (
    BACK,
    DECAY,
    FREQUENCY,
    IMAGINARY,
    IN_RE,
    IN_TURN,
    RE,
    REAL,
    REST_RE,
    REST_TURN,
    ROWS,
    SIDE,
    STRIDE,
    TURN,
    A,
    new_banks,
    new_sums,
    padded,
    stereo,
)
from .vector_math import exp_negative_near_zero, sincos_half_turn

__all__ = [
    "BACK", "DECAY", "FREQUENCY", "IMAGINARY", "IN_RE", "IN_TURN", "RE", "REAL", "REST_RE", "REST_TURN", "ROWS",
    "SIDE", "STRIDE", "TURN", "A", "bank_energy", "clear", "correct", "drive", "mix_sums", "new_banks", "new_sums",
    "padded", "ring", "stereo", "tune",
]  # fmt: skip

MIN_DIVISOR = np.float32(1e-30)  # added to divisors that may be 0

_kernels = modal_plain if os.environ.get("LUTHIER_KERNELS") == "plain" else modal_simd
ring, drive, mix_sums = _kernels.ring, _kernels.drive, _kernels.mix_sums


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def correct(bank):
    """Correct the rounding of p; to be called every STRIDE frames of absolute time.

    z += ε z; REST_RE is Re ε, REST_TURN is Im ε / b.
    """
    re, turn, back, rest_re, rest_turn = bank[RE], bank[TURN], bank[BACK], bank[REST_RE], bank[REST_TURN]
    for k in range(re.shape[0]):
        x, y = re[k], turn[k]
        re[k] = x + (rest_re[k] * x + rest_turn[k] * y)
        turn[k] = y + (rest_re[k] * y + rest_turn[k] * back[k] * x)


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def tune(bank, partials, ratio, damping, rate):
    """Set p, its correction and c; fast enough to follow a bend every STRIDE frames.

    partials: (4, J), J ≤ K: FREQUENCY in Hz, DECAY in 1/s, c as REAL and IMAGINARY. ratio: of pitch. damping: 1/s,
    added to every decay. rate: Hz. A mode at or above half the rate is silent.
    """
    frequency, decay, real, imaginary = partials[FREQUENCY], partials[DECAY], partials[REAL], partials[IMAGINARY]
    turn, a, back, rest_re, rest_turn = bank[TURN], bank[A], bank[BACK], bank[REST_RE], bank[REST_TURN]
    in_re, in_turn = bank[IN_RE], bank[IN_TURN]
    scale, period = ratio / rate, 1 / rate
    for k in range(frequency.shape[0]):
        phase = scale * frequency[k]
        heard = 1.0 if phase < 0.5 else 0.0
        sine, cosine = sincos_half_turn(phase)
        radius = heard * exp_negative_near_zero((decay[k] + damping) * period)
        x, y = radius * cosine, radius * sine
        before = back[k]
        a[k], back[k] = x, -y * y
        turn[k] *= np.sqrt(back[k] / (before - MIN_DIVISOR))  # y = −b Im z, and z is kept
        rounded, square = np.float64(a[k]), -np.float64(back[k])
        lost, lost_share = (
            x - rounded,
            0.5 * (y * y - square) / (square + MIN_DIVISOR),
        )  # of a, and of b as a share of it
        share = STRIDE / (rounded * rounded + square + (1 - heard))
        rest_re[k] = share * (lost * rounded + lost_share * square)
        rest_turn[k] = share * (lost_share * rounded - lost)
        in_re[k], in_turn[k] = heard * real[k], -y * imaginary[k]


@njit(cache=True, error_model="numpy", fastmath=True)
def bank_energy(bank):
    """The sum of |z|² over a bank; its output is at most sqrt(K energy)."""
    re, turn, back = bank[RE], bank[TURN], bank[BACK]
    total = np.float32(0)
    for k in range(re.shape[0]):
        total += re[k] * re[k] + turn[k] * turn[k] / (MIN_DIVISOR - back[k])
    return total


@njit(cache=True, error_model="numpy")
def clear(bank):
    """Silence a bank."""
    re, turn = bank[RE], bank[TURN]
    for k in range(re.shape[0]):
        re[k] = turn[k] = 0
