"""The kernels of ringing.py without explicit vectors: to be read, and for machines on which vectors misbehave.

Same arguments, same meaning. Of the lanes in `sums` only the first is used. LLVM makes vectors of the inner loop
where it can; the state travels through memory at every frame, which is what the explicit kernels save.
"""

import numpy as np
from numba import njit

from .modal_bank import BACK, IN_RE, IN_TURN, RE, SIDE, TURN, A


@njit(cache=True, error_model="numpy", fastmath=True)
def ring(bank, sums, frames):
    """Let a bank ring on by itself for a number of frames ≤ STRIDE."""
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
    """Let a bank ring on, driven by u (T,), T ≤ STRIDE."""
    x, y, a, back, sides = bank[RE], bank[TURN], bank[A], bank[BACK], bank[SIDE]
    in_re, in_turn = bank[IN_RE], bank[IN_TURN]
    for t in range(u.shape[0]):
        push = u[t]
        middle = side = np.float32(0)
        for k in range(bank.shape[1]):
            turned = a[k] * x[k] + y[k] + in_re[k] * push
            y[k] = a[k] * y[k] + back[k] * x[k] + in_turn[k] * push
            x[k] = turned
            middle += turned
            side += sides[k] * turned
        sums[0, t, 0] += middle
        if sums.shape[0] > 1:
            sums[1, t, 0] += side


@njit(cache=True, error_model="numpy", fastmath=True)
def settle(sums, weight, left, right):
    """Add to left and right (T,) what sums (E, C, STRIDE, LANES) hold, weighted by (E, T), and clear them."""
    last = sums.shape[1] - 1
    for t in range(left.shape[0]):
        middle = side = np.float32(0)
        for e in range(sums.shape[0]):
            middle += weight[e, t] * sums[e, 0, t, 0]
            side += weight[e, t] * sums[e, last, t, 0] * np.float32(last)
            sums[e, 0, t, 0] = sums[e, last, t, 0] = 0
        left[t] += middle - side
        right[t] += middle + side
