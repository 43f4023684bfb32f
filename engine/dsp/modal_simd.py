"""Advance a bank of modes in SIMD registers, WIDTH modes at a time.

State stays in registers for a run of frames; `mix_sums` then reduces the lanes, once for all modes and banks that
share the sums. However a run is split, the samples are bit-identical. In plain numba: modal_plain.py.
"""

import numpy as np

from engine.kernel import njit
from engine.simd.vectors import (
    LANES,
    WIDTH,
    add_registers,
    add_scaled_registers,
    fma,
    load,
    load_scalar,
    mul,
    splat,
    store,
    sum_registers,
)

from .modal_bank import INPUT_RE, INPUT_SCALED_IM, MINUS_B_SQUARED, RE, SCALED_IM, SIDE, STRIDE, A

_READS_COEFFICIENTS = LANES == 8  # AVX2: x and y fill half its registers, and multiply-adds can read memory


@njit(cache=True, error_model="numpy")
def advance(bank, sums, frames):
    """Advance a bank without input by a number of frames ≤ STRIDE.

    bank: (ROWS, K), its state is updated. sums: (C, STRIDE, LANES), the output is added to the first frames.
    """
    modes, is_stereo = bank.shape[1], sums.shape[0] > 1
    for k in range(0, modes, WIDTH):
        x, y = load(bank, RE * modes + k), load(bank, SCALED_IM * modes + k)
        a, minus_b_squared = load(bank, A * modes + k), load(bank, MINUS_B_SQUARED * modes + k)
        for t in range(frames):
            if _READS_COEFFICIENTS:
                minus_b_squared = load(bank, MINUS_B_SQUARED * modes + k)
            x, y = fma(a, x, y), fma(a, y, mul(minus_b_squared, x))
            add_registers(sums, t * LANES, x)
            if is_stereo:
                add_scaled_registers(sums, (STRIDE + t) * LANES, x, load(bank, SIDE * modes + k))
        store(bank, RE * modes + k, x)
        store(bank, SCALED_IM * modes + k, y)


@njit(cache=True, error_model="numpy")
def advance_driven(bank, u, sums):
    """Advance a bank driven by u (T,), T ≤ STRIDE; otherwise as `advance`."""
    if sums.shape[0] > 1:  # apart: a condition within the loop over frames costs registers
        _advance_driven(bank, u, sums, True)
    else:
        _advance_driven(bank, u, sums, False)


@njit(inline="always", error_model="numpy")
def _advance_driven(bank, u, sums, is_stereo):
    modes = bank.shape[1]
    for k in range(0, modes, WIDTH):
        x, y = load(bank, RE * modes + k), load(bank, SCALED_IM * modes + k)
        a, minus_b_squared, input_re, input_scaled_im = _load_coefficients(bank, k)
        for t in range(u.shape[0]):
            if _READS_COEFFICIENTS:
                a, minus_b_squared, input_re, input_scaled_im = _load_coefficients(bank, k)
            input = splat(u[t])
            x, y = fma(a, x, fma(input_re, input, y)), fma(a, y, fma(minus_b_squared, x, mul(input_scaled_im, input)))
            add_registers(sums, t * LANES, x)
            if is_stereo:  # SIDE is read where it is needed: the registers are full
                add_scaled_registers(sums, (STRIDE + t) * LANES, x, load(bank, SIDE * modes + k))
        store(bank, RE * modes + k, x)
        store(bank, SCALED_IM * modes + k, y)


@njit(inline="always", error_model="numpy")
def _load_coefficients(bank, k):
    """A, MINUS_B_SQUARED, INPUT_RE and INPUT_SCALED_IM of the modes from k on."""
    modes = bank.shape[1]
    return (
        load(bank, A * modes + k),
        load(bank, MINUS_B_SQUARED * modes + k),
        load(bank, INPUT_RE * modes + k),
        load(bank, INPUT_SCALED_IM * modes + k),
    )


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def mix_sums(sums, weight, left, right):
    """Reduce the lanes of sums, add them to left and right (T,), and clear them for the next run.

    sums: (E, C, STRIDE, LANES), one for each variant of the same modes. weight: (E, T), gain of each variant at each
    frame. Left is mid − side, right is mid + side.
    """
    frames, channels, size = left.shape[0], sums.shape[1], STRIDE * LANES
    for start in range(0, sums.size, size):
        for first in range(0, frames, LANES):
            sum_registers(sums, start + first * LANES, start + first)
    side_gain = np.float32(channels - 1)
    for e in range(sums.shape[0]):
        first, last = e * channels * size, ((e + 1) * channels - 1) * size
        for t in range(frames):
            mid, side = (
                weight[e, t] * load_scalar(sums, first + t),
                weight[e, t] * side_gain * load_scalar(sums, last + t),
            )
            left[t] += mid - side
            right[t] += mid + side
    for e in range(sums.shape[0]):
        for channel in range(channels):
            for row in range(-(-frames // LANES)):
                for i in range(LANES):
                    sums[e, channel, row, i] = 0
