"""The kernels of modal_simd.py without explicit vectors: the readable twin, and a fallback where vectors fail.

Same arguments and meaning; of the lanes in `sums` only the first is used. LLVM vectorizes the inner loop where it
can; the state passes through memory at every frame, which the explicit kernels avoid.
"""

import numpy as np
from numba import njit

from .modal_bank import BACK, IN_RE, IN_TURN, RE, SIDE, TURN, A


@njit(cache=True, error_model="numpy", fastmath=True)
def ring(bank, sums, frames):
    """Advance a bank without input by a number of frames ≤ STRIDE."""
    x, y, a, back, sides = bank[RE], bank[TURN], bank[A], bank[BACK], bank[SIDE]
    for t in range(frames):
        middle = side = np.float32(0)
        for k in range(bank.shape[1]):
            turned = a[k] * x[k] + y[k]
            y[k] = a[k] * y[k] + back[k] * x[k]
            x[k] = turned
            middle += turned
            side += sides[k] * turned
        sums[0, t, 0] += middle
        if sums.shape[0] > 1:
            sums[1, t, 0] += side


@njit(cache=True, error_model="numpy", fastmath=True)
def drive(bank, u, sums):
    """Advance a bank driven by u (T,), T ≤ STRIDE."""
    x, y, a, back, sides = bank[RE], bank[TURN], bank[A], bank[BACK], bank[SIDE]
    in_re, in_turn = bank[IN_RE], bank[IN_TURN]
    for t in range(u.shape[0]):
        input = u[t]
        middle = side = np.float32(0)
        for k in range(bank.shape[1]):
            turned = a[k] * x[k] + y[k] + in_re[k] * input
            y[k] = a[k] * y[k] + back[k] * x[k] + in_turn[k] * input
            x[k] = turned
            middle += turned
            side += sides[k] * turned
        sums[0, t, 0] += middle
        if sums.shape[0] > 1:
            sums[1, t, 0] += side


@njit(cache=True, error_model="numpy", fastmath=True)
def mix_sums(sums, weight, left, right):
    """Add sums (E, C, STRIDE, LANES), weighted by (E, T), to left and right (T,), and clear them."""
    last = sums.shape[1] - 1
    for t in range(left.shape[0]):
        middle = side = np.float32(0)
        for e in range(sums.shape[0]):
            middle += weight[e, t] * sums[e, 0, t, 0]
            side += weight[e, t] * sums[e, last, t, 0] * np.float32(last)
            sums[e, 0, t, 0] = sums[e, last, t, 0] = 0
        left[t] += middle - side
        right[t] += middle + side
