"""How a bank rings: turned every frame in registers, WIDTH modes at a time.

State stays in registers for a whole run of frames, and `settle` adds the lanes up, once for all modes and banks that
share the sums. However a run is cut, the samples are the same to the bit. In plain numba: ringing_plain.py.
"""

import numpy as np
from numba import njit

from ..simd import LANES, WIDTH, at, fma, fms, gather, gather_scaled, load, mix_row, mul, splat, store, sum_rows
from .bank import GAIN_IM, GAIN_RE, IM, RE, SIDE, STRIDE, A, B


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


@njit(cache=True, error_model="numpy")
def _blend(sums, channel, weight, frames):
    """Put the weighted sum of all variants into the first."""
    channels, size = sums.shape[1], STRIDE * LANES
    for e in range(1, sums.shape[0]):
        for t in range(frames):
            kept = weight[0, t] if e == 1 else np.float32(1)
            first, other = channel * size + t * LANES, (e * channels + channel) * size + t * LANES
            mix_row(sums, first, kept, other, weight[e, t])
