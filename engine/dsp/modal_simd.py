"""Advance a bank of modes in SIMD registers, WIDTH modes at a time.

State stays in registers for a run of frames; `mix_sums` then reduces the lanes, once for all modes and banks that
share the sums. However a run is split, the samples are bit-identical. In plain numba: modal_plain.py.
"""

import numpy as np
from numba import njit

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

from .modal_bank import BACK, IN_RE, IN_TURN, RE, SIDE, STRIDE, TURN, A


@njit(cache=True, error_model="numpy")
def ring(bank, sums, frames):
    """Advance a bank without input by a number of frames ≤ STRIDE.

    bank: (ROWS, K), its state is updated. sums: (C, STRIDE, LANES), the output is added to the first frames.
    """
    modes, wide = bank.shape[1], sums.shape[0] > 1
    for k in range(0, modes, WIDTH):
        x, y = load(bank, RE * modes + k), load(bank, TURN * modes + k)
        a, back = load(bank, A * modes + k), load(bank, BACK * modes + k)
        for t in range(frames):
            x, y = fma(a, x, y), fma(a, y, mul(back, x))
            add_registers(sums, t * LANES, x)
            if wide:
                add_scaled_registers(sums, (STRIDE + t) * LANES, x, load(bank, SIDE * modes + k))
        store(bank, RE * modes + k, x)
        store(bank, TURN * modes + k, y)


@njit(cache=True, error_model="numpy")
def drive(bank, u, sums):
    """Advance a bank driven by u (T,), T ≤ STRIDE; otherwise as `ring`."""
    modes, wide = bank.shape[1], sums.shape[0] > 1
    for k in range(0, modes, WIDTH):
        x, y = load(bank, RE * modes + k), load(bank, TURN * modes + k)
        a, back = load(bank, A * modes + k), load(bank, BACK * modes + k)
        in_re, in_turn = load(bank, IN_RE * modes + k), load(bank, IN_TURN * modes + k)
        for t in range(u.shape[0]):
            input = splat(u[t])
            x, y = fma(a, x, fma(in_re, input, y)), fma(a, y, fma(back, x, mul(in_turn, input)))
            add_registers(sums, t * LANES, x)
            if wide:  # SIDE is read where it is needed: the registers are full
                add_scaled_registers(sums, (STRIDE + t) * LANES, x, load(bank, SIDE * modes + k))
        store(bank, RE * modes + k, x)
        store(bank, TURN * modes + k, y)


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
    wide = np.float32(channels - 1)
    for e in range(sums.shape[0]):
        first, last = e * channels * size, ((e + 1) * channels - 1) * size
        for t in range(frames):
            middle, side = (
                weight[e, t] * load_scalar(sums, first + t),
                weight[e, t] * wide * load_scalar(sums, last + t),
            )
            left[t] += middle - side
            right[t] += middle + side
    for e in range(sums.shape[0]):
        for channel in range(channels):
            for row in range(-(-frames // LANES)):
                for i in range(LANES):
                    sums[e, channel, row, i] = 0
