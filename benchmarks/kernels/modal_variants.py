"""Variants of a modal bank in plain numba, without explicit SIMD: what the modal kernel is compared with.

Each drives modes by u (T,) and adds their sound to left and right (T,), `times` times over. All of them let LLVM
reorder sums (fastmath), without which it does not vectorize them.
"""

import numpy as np
from numba import njit

from engine.dsp import modal_plain
from engine.dsp.modal_bank import INPUT_RE, INPUT_SCALED_IM, MINUS_B_SQUARED, RE, SCALED_IM, SIDE, A


@njit(cache=True, error_model="numpy", fastmath=True)
def time_outside(bank, u, sums, weight, left, right, times):
    """Loop over frames, inside over the modes of a bank (ROWS, K): the plain twin of the kernel."""
    for _ in range(times):
        modal_plain.advance_driven(bank, u, sums[0])
        modal_plain.mix_sums(sums, weight, left, right)


@njit(cache=True, error_model="numpy", fastmath=True)
def time_inside(bank, u, left, right, times):
    """Loop over the modes of a bank (ROWS, K), inside over frames with the mode's state in registers."""
    for _ in range(times):
        for k in range(bank.shape[1]):
            x, y, a, minus_b_squared = bank[RE, k], bank[SCALED_IM, k], bank[A, k], bank[MINUS_B_SQUARED, k]
            input_re, input_scaled_im, side = bank[INPUT_RE, k], bank[INPUT_SCALED_IM, k], bank[SIDE, k]
            for t in range(u.shape[0]):
                next_x = a * x + y + input_re * u[t]
                y = a * y + minus_b_squared * x + input_scaled_im * u[t]
                x = next_x
                left[t] += (np.float32(1) - side) * x
                right[t] += (np.float32(1) + side) * x
            bank[RE, k], bank[SCALED_IM, k] = x, y


@njit(cache=True, error_model="numpy", fastmath=True)
def complex_numbers(z, p, c, side, u, left, right, times):
    """Loop over frames, inside over modes as complex64 z, p and c (K,)."""
    for _ in range(times):
        for t in range(u.shape[0]):
            mid = sides = np.float32(0)
            for k in range(z.shape[0]):
                z[k] = p[k] * z[k] + c[k] * u[t]
                mid += z[k].real
                sides += side[k] * z[k].real
            left[t] += mid - sides
            right[t] += mid + sides
