"""Ways to write a bank of modes in plain numba, without explicit vectors: what the modal kernel is compared with.

Each lets the modes of a bank (ROWS, K) ring, driven by u (T,), and adds to left and right (T,), `times` times over.
All of them let LLVM reorder sums (fastmath), without which it makes no vectors of them.
"""

import numpy as np
from numba import njit

from engine.dsp.bank import GAIN_IM, GAIN_RE, IM, RE, SIDE, A, B


@njit(cache=True, error_model="numpy", fastmath=True)
def time_outside(bank, u, left, right, times):
    """At every frame, all modes."""
    for _ in range(times):
        _frames(bank, 0, bank.shape[1], u, left, right)


@njit(cache=True, error_model="numpy", fastmath=True)
def groups_of_64(bank, u, left, right, times):
    """At every frame, the modes of a group; one group after the other, so that its state stays near."""
    for _ in range(times):
        for start in range(0, bank.shape[1], 64):
            _frames(bank, start, start + 64, u, left, right)


@njit(cache=True, error_model="numpy", fastmath=True)
def time_inside(bank, u, left, right, times):
    """One mode after the other, its state in a register through all frames."""
    for _ in range(times):
        for k in range(bank.shape[1]):
            re, im, a, b = bank[RE, k], bank[IM, k], bank[A, k], bank[B, k]
            gain_re, gain_im, side = bank[GAIN_RE, k], bank[GAIN_IM, k], bank[SIDE, k]
            for t in range(u.shape[0]):
                turned = a * re - b * im + gain_re * u[t]
                im = a * im + b * re + gain_im * u[t]
                re = turned
                left[t] += (np.float32(1) - side) * re
                right[t] += (np.float32(1) + side) * re
            bank[RE, k], bank[IM, k] = re, im


@njit(cache=True, error_model="numpy", fastmath=True)
def complex_numbers(z, p, c, side, u, left, right, times):
    """At every frame, all modes, as complex64 z, p and c (K,)."""
    for _ in range(times):
        for t in range(u.shape[0]):
            middle = sides = np.float32(0)
            for k in range(z.shape[0]):
                z[k] = p[k] * z[k] + c[k] * u[t]
                middle += z[k].real
                sides += side[k] * z[k].real
            left[t] += middle - sides
            right[t] += middle + sides


@njit(cache=True, error_model="numpy", fastmath=True)
def resonances(banks, u, weight, out, times):
    """The job of a whole instrument: each bank of (R, E) driven by u (R, T), weighed by (E, T), to out (R, 2, T)."""
    for _ in range(times):
        for r in range(banks.shape[0]):
            for e in range(banks.shape[1]):
                _weighed(banks[r, e], u[r], weight[e], out[r, 0], out[r, 1])


@njit(cache=True, error_model="numpy", fastmath=True)
def _weighed(bank, u, weight, left, right):
    re, im, a, b = bank[RE], bank[IM], bank[A], bank[B]
    gain_re, gain_im, sides = bank[GAIN_RE], bank[GAIN_IM], bank[SIDE]
    for t in range(u.shape[0]):
        push = u[t]
        middle = side = np.float32(0)
        for k in range(re.shape[0]):
            turned = a[k] * re[k] - b[k] * im[k] + gain_re[k] * push
            im[k] = a[k] * im[k] + b[k] * re[k] + gain_im[k] * push
            re[k] = turned
            middle += turned
            side += sides[k] * turned
        left[t] += weight[t] * (middle - side)
        right[t] += weight[t] * (middle + side)


@njit(cache=True, error_model="numpy", fastmath=True)
def _frames(bank, start, stop, u, left, right):
    re, im, a, b = bank[RE, start:stop], bank[IM, start:stop], bank[A, start:stop], bank[B, start:stop]
    gain_re, gain_im, sides = bank[GAIN_RE, start:stop], bank[GAIN_IM, start:stop], bank[SIDE, start:stop]
    for t in range(u.shape[0]):
        push = u[t]
        middle = side = np.float32(0)
        for k in range(re.shape[0]):
            turned = a[k] * re[k] - b[k] * im[k] + gain_re[k] * push
            im[k] = a[k] * im[k] + b[k] * re[k] + gain_im[k] * push
            re[k] = turned
            middle += turned
            side += sides[k] * turned
        left[t] += middle - side
        right[t] += middle + side
