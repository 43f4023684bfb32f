"""Variants of a modal bank in plain numba, without explicit SIMD: what the modal kernel is compared with.

Each drives modes by u (T,) and adds their sound to left and right (T,), `times` times over. All of them let LLVM
reorder sums (fastmath), without which it does not vectorize them.
"""

import numpy as np
from numba import njit

from engine.dsp import modal_plain
from engine.dsp.modal_bank import BACK, IN_RE, IN_TURN, RE, SIDE, TURN, A


@njit(cache=True, error_model="numpy", fastmath=True)
def time_outside(bank, u, sums, weight, left, right, times):
    """Loop over frames, inside over the modes of a bank (ROWS, K): the plain twin of the kernel."""
    for _ in range(times):
        modal_plain.drive(bank, u, sums[0])
        modal_plain.mix_sums(sums, weight, left, right)


@njit(cache=True, error_model="numpy", fastmath=True)
def time_inside(bank, u, left, right, times):
    """Loop over the modes of a bank (ROWS, K), inside over frames with the mode's state in registers."""
    for _ in range(times):
        for k in range(bank.shape[1]):
            x, y, a, back = bank[RE, k], bank[TURN, k], bank[A, k], bank[BACK, k]
            in_re, in_turn, side = bank[IN_RE, k], bank[IN_TURN, k], bank[SIDE, k]
            for t in range(u.shape[0]):
                turned = a * x + y + in_re * u[t]
                y = a * y + back * x + in_turn * u[t]
                x = turned
                left[t] += (np.float32(1) - side) * x
                right[t] += (np.float32(1) + side) * x
            bank[RE, k], bank[TURN, k] = x, y


@njit(cache=True, error_model="numpy", fastmath=True)
def complex_numbers(z, p, c, side, u, left, right, times):
    """Loop over frames, inside over modes as complex64 z, p and c (K,)."""
    for _ in range(times):
        for t in range(u.shape[0]):
            middle = sides = np.float32(0)
            for k in range(z.shape[0]):
                z[k] = p[k] * z[k] + c[k] * u[t]
                middle += z[k].real
                sides += side[k] * z[k].real
            left[t] += middle - sides
            right[t] += middle + sides
