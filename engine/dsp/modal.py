"""Modal synthesis: banks of decaying partials as complex one-pole resonators.

Mode k is z ← p z + c u, p = exp((−decay + 2πi frequency) / rate), with the output Re z: a unit sample gives Re(c pⁿ),
n ≥ 0. Amplitude and phase are in c, at the input, so that a mode can be retuned while it decays without a jump.
modal_bank.py lays a bank out in memory, modal_simd.py advances it; LUTHIER_KERNELS=plain selects modal_plain.py.

Rounding p to float32 drifts, to −40 dB after 10 s. `correct` multiplies z by 1 + ε every STRIDE frames,
ε = (p/p̂)^STRIDE − 1 to first order, p̂ the p of the rounded A and MINUS_B_SQUARED. That leaves −90 dB after 10 s.
"""

import os

import numpy as np

from engine.kernel import njit

from . import modal_plain, modal_simd
from .modal_bank import (
    CORRECTION_RE,
    CORRECTION_SCALED_IM,
    DECAY,
    FREQUENCY,
    IMAGINARY,
    INPUT_RE,
    INPUT_SCALED_IM,
    MINUS_B_SQUARED,
    RE,
    REAL,
    ROWS,
    SCALED_IM,
    SIDE,
    STRIDE,
    A,
    new_banks,
    new_sums,
    padded,
    stereo,
)
from .vector_math import exp_negative_near_zero, sincos_half_turn

__all__ = [
    "CORRECTION_RE",
    "CORRECTION_SCALED_IM",
    "DECAY",
    "FREQUENCY",
    "IMAGINARY",
    "INPUT_RE",
    "INPUT_SCALED_IM",
    "MINUS_B_SQUARED",
    "RE",
    "REAL",
    "ROWS",
    "SCALED_IM",
    "SIDE",
    "STRIDE",
    "A",
    "advance",
    "advance_driven",
    "bank_energy",
    "clear",
    "correct",
    "mix_sums",
    "new_banks",
    "new_sums",
    "padded",
    "stereo",
    "tune",
]  # fmt: skip

MIN_DIVISOR = np.float32(1e-30)  # added to divisors that may be 0

_kernels = modal_plain if os.environ.get("LUTHIER_KERNELS") == "plain" else modal_simd
advance, advance_driven, mix_sums = _kernels.advance, _kernels.advance_driven, _kernels.mix_sums


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def correct(bank):
    """Correct the rounding of p; to be called every STRIDE frames of absolute time.

    z += ε z; CORRECTION_RE is Re ε, CORRECTION_SCALED_IM is Im ε / b.
    """
    re, scaled_im, minus_b_squared, correction_re, correction_scaled_im = (
        bank[RE],
        bank[SCALED_IM],
        bank[MINUS_B_SQUARED],
        bank[CORRECTION_RE],
        bank[CORRECTION_SCALED_IM],
    )
    for k in range(re.shape[0]):
        x, y = re[k], scaled_im[k]
        re[k] = x + (correction_re[k] * x + correction_scaled_im[k] * y)
        scaled_im[k] = y + (correction_re[k] * y + correction_scaled_im[k] * minus_b_squared[k] * x)


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def tune(bank, partials, ratio, damping, rate):
    """Set p, its correction and c; fast enough to follow a bend every STRIDE frames.

    partials: (4, J), J ≤ K: FREQUENCY in Hz, DECAY in 1/s, c as REAL and IMAGINARY. ratio: of pitch. damping: 1/s,
    added to every decay. rate: Hz. A mode at or above half the rate is silent.
    """
    frequency, decay, real, imaginary = partials[FREQUENCY], partials[DECAY], partials[REAL], partials[IMAGINARY]
    scaled_im, a, minus_b_squared, correction_re, correction_scaled_im = (
        bank[SCALED_IM],
        bank[A],
        bank[MINUS_B_SQUARED],
        bank[CORRECTION_RE],
        bank[CORRECTION_SCALED_IM],
    )
    input_re, input_scaled_im = bank[INPUT_RE], bank[INPUT_SCALED_IM]
    scale, period = ratio / rate, 1 / rate
    for k in range(frequency.shape[0]):
        phase = scale * frequency[k]
        audible = 1.0 if phase < 0.5 else 0.0
        sine, cosine = sincos_half_turn(phase)
        radius = audible * exp_negative_near_zero((decay[k] + damping) * period)
        x, y = radius * cosine, radius * sine
        before = minus_b_squared[k]
        a[k], minus_b_squared[k] = x, -y * y
        scaled_im[k] *= np.sqrt(minus_b_squared[k] / (before - MIN_DIVISOR))  # y = −b Im z, and z is kept
        rounded, square = np.float64(a[k]), -np.float64(minus_b_squared[k])
        a_error, b_error_share = (
            x - rounded,
            0.5 * (y * y - square) / (square + MIN_DIVISOR),
        )
        share = STRIDE / (rounded * rounded + square + (1 - audible))
        correction_re[k] = share * (a_error * rounded + b_error_share * square)
        correction_scaled_im[k] = share * (b_error_share * rounded - a_error)
        input_re[k], input_scaled_im[k] = audible * real[k], -y * imaginary[k]


@njit(cache=True, error_model="numpy", fastmath=True)
def bank_energy(bank):
    """The sum of |z|² over a bank; its output is at most sqrt(K energy)."""
    re, scaled_im, minus_b_squared = bank[RE], bank[SCALED_IM], bank[MINUS_B_SQUARED]
    total = np.float32(0)
    for k in range(re.shape[0]):
        total += re[k] * re[k] + scaled_im[k] * scaled_im[k] / (MIN_DIVISOR - minus_b_squared[k])
    return total


@njit(cache=True, error_model="numpy")
def clear(bank):
    """Silence a bank."""
    re, scaled_im = bank[RE], bank[SCALED_IM]
    for k in range(re.shape[0]):
        re[k] = scaled_im[k] = 0
