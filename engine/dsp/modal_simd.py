"""How a bank rings: turned every frame in registers, WIDTH modes at a time.

State stays in registers for a whole run of frames, and `settle` adds the lanes up, once for all modes and banks that
share the sums. However a run is cut, the samples are the same to the bit. In plain numba: ringing_plain.py.
"""

import numpy as np
from numba import njit

from engine.simd.vectors import LANES, WIDTH, at, fma, gather, gather_scaled, load, mul, splat, store, sum_rows

from .modal_bank import BACK, IN_RE, IN_TURN, RE, SIDE, STRIDE, TURN, A


@njit(cache=True, error_model="numpy")
def ring(bank, sums, frames):
    """Let a bank ring on by itself for a number of frames ≤ STRIDE.

    bank: (ROWS, K), the state moves on. sums: (C, STRIDE, LANES), the first frames are added to.
    """
    modes, wide = bank.shape[1], sums.shape[0] > 1
    for k in range(0, modes, WIDTH):
        x, y = load(bank, RE * modes + k), load(bank, TURN * modes + k)
        a, back = load(bank, A * modes + k), load(bank, BACK * modes + k)
        for t in range(frames):
            x, y = fma(a, x, y), fma(a, y, mul(back, x))
            gather(sums, t * LANES, x)
            if wide:
                gather_scaled(sums, (STRIDE + t) * LANES, x, load(bank, SIDE * modes + k))
        store(bank, RE * modes + k, x)
        store(bank, TURN * modes + k, y)


@njit(cache=True, error_model="numpy")
def drive(bank, u, sums):
    """Let a bank ring on, driven by u (T,), T ≤ STRIDE; otherwise as `ring`."""
    modes, wide = bank.shape[1], sums.shape[0] > 1
    for k in range(0, modes, WIDTH):
        x, y = load(bank, RE * modes + k), load(bank, TURN * modes + k)
        a, back = load(bank, A * modes + k), load(bank, BACK * modes + k)
        in_re, in_turn = load(bank, IN_RE * modes + k), load(bank, IN_TURN * modes + k)
        for t in range(u.shape[0]):
            push = splat(u[t])
            x, y = fma(a, x, fma(in_re, push, y)), fma(a, y, fma(back, x, mul(in_turn, push)))
            gather(sums, t * LANES, x)
            if wide:  # SIDE is read where it is needed: the registers are full
                gather_scaled(sums, (STRIDE + t) * LANES, x, load(bank, SIDE * modes + k))
        store(bank, RE * modes + k, x)
        store(bank, TURN * modes + k, y)


@njit(cache=True, error_model="numpy", fastmath={"contract"})
def settle(sums, weight, left, right):
    """Add to left and right (T,) what was gathered, and clear it for the next run.

    sums: (E, C, STRIDE, LANES), one for each variant of the same modes. weight: (E, T), how much each variant
    sounds at each frame. Left is the middle less the side, right the middle and the side.
    """
    frames, channels, size = left.shape[0], sums.shape[1], STRIDE * LANES
    for start in range(0, sums.size, size):
        for first in range(0, frames, LANES):
            sum_rows(sums, start + first * LANES, start + first)
    wide = np.float32(channels - 1)
    for e in range(sums.shape[0]):
        first, last = e * channels * size, ((e + 1) * channels - 1) * size
        for t in range(frames):
            middle, side = weight[e, t] * at(sums, first + t), weight[e, t] * wide * at(sums, last + t)
            left[t] += middle - side
            right[t] += middle + side
    for e in range(sums.shape[0]):
        for channel in range(channels):
            for row in range(-(-frames // LANES)):
                for i in range(LANES):
                    sums[e, channel, row, i] = 0
