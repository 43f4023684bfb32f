"""The kernels of modal_simd.py without explicit vectors: their reference, and a fallback where vectors fail.

Same arguments and meaning; of the lanes in `sums` only the first is used. LLVM vectorizes the inner loop where it
can; the state passes through memory at every frame, which the explicit kernels avoid.
"""

import numpy as np

from engine.kernel import njit

from .modal_bank import INPUT_RE, INPUT_SCALED_IM, MINUS_B_SQUARED, RE, SCALED_IM, SIDE, A


@njit(cache=True, error_model="numpy", fastmath=True)
def advance(bank, sums, frames):
    """Advance a bank without input by a number of frames ≤ STRIDE."""
    x, y, a, minus_b_squared, sides = bank[RE], bank[SCALED_IM], bank[A], bank[MINUS_B_SQUARED], bank[SIDE]
    for t in range(frames):
        mid = side = np.float32(0)
        for k in range(bank.shape[1]):
            next_x = a[k] * x[k] + y[k]
            y[k] = a[k] * y[k] + minus_b_squared[k] * x[k]
            x[k] = next_x
            mid += next_x
            side += sides[k] * next_x
        sums[0, t, 0] += mid
        if sums.shape[0] > 1:
            sums[1, t, 0] += side


@njit(cache=True, error_model="numpy", fastmath=True)
def advance_driven(bank, u, sums):
    """Advance a bank driven by u (T,), T ≤ STRIDE."""
    x, y, a, minus_b_squared, sides = bank[RE], bank[SCALED_IM], bank[A], bank[MINUS_B_SQUARED], bank[SIDE]
    input_re, input_scaled_im = bank[INPUT_RE], bank[INPUT_SCALED_IM]
    for t in range(u.shape[0]):
        input = u[t]
        mid = side = np.float32(0)
        for k in range(bank.shape[1]):
            next_x = a[k] * x[k] + y[k] + input_re[k] * input
            y[k] = a[k] * y[k] + minus_b_squared[k] * x[k] + input_scaled_im[k] * input
            x[k] = next_x
            mid += next_x
            side += sides[k] * next_x
        sums[0, t, 0] += mid
        if sums.shape[0] > 1:
            sums[1, t, 0] += side


@njit(cache=True, error_model="numpy", fastmath=True)
def mix_sums(sums, weight, left, right):
    """Add sums (E, C, STRIDE, LANES), weighted by (E, T), to left and right (T,), and clear them."""
    last = sums.shape[1] - 1
    for t in range(left.shape[0]):
        mid = side = np.float32(0)
        for e in range(sums.shape[0]):
            mid += weight[e, t] * sums[e, 0, t, 0]
            side += weight[e, t] * sums[e, last, t, 0] * np.float32(last)
            sums[e, 0, t, 0] = sums[e, last, t, 0] = 0
        left[t] += mid - side
        right[t] += mid + side
