"""Matrices times a batch of vectors, as a decoder needs them: every weight is read once for all.

A matrix (rows, inputs) lies in panels (rows / WIDTH, inputs, WIDTH) one after another, float32 or float16 as uint16:
each is read from end to end while WIDTH sums stay in registers. However many vectors there are at once, each gets the
same bits.
In plain numba: panels_plain.py.
"""

import numpy as np
from numba import njit

from engine.simd.vectors import HALVES, LANES, WIDTH, at, fma, load, splat, store

__all__ = ["HALVES", "WIDTH", "multiply", "pack", "padded"]

_MANY = LANES == 16  # whether there are registers for the sums of four vectors: with AVX-512 there are 32


def padded(count: int) -> int:
    """The number of rows that a matrix of `count` has in memory."""
    return -(-count // WIDTH) * WIDTH


def pack(matrix: np.ndarray, half: bool) -> np.ndarray:
    """The panels of a matrix (rows, inputs), rows of zeros added, as one row of numbers; half: float16, as uint16."""
    rows, inputs = matrix.shape
    whole = np.zeros((padded(rows), inputs), np.float16 if half else np.float32)
    whole[:rows] = matrix
    panels = whole.reshape(-1, WIDTH, inputs).transpose(0, 2, 1).ravel()
    return panels.view(np.uint16) if half else panels


@njit(cache=True, error_model="numpy")
def multiply(panels, start, bias, x, y):
    """Write y = matrix · x + bias for each vector of a batch.

    panels: (n,), of which the matrix begins at `start`. bias: (rows,). x: (parts, B, size), each vector in so many
    parts, together `inputs`. y: likewise, together `rows`.
    """
    each, batch, panel = y.shape[2] // WIDTH, x.shape[1], x.shape[0] * x.shape[2] * WIDTH
    for p in range(y.shape[0] * each):
        sums, row, first = y[p // each], p % each * WIDTH, start + p * panel
        total = load(bias, p * WIDTH)
        b = 0
        while _MANY and b + 4 <= batch:
            _four(panels, first, total, x, b, sums, row)
            b += 4
        while b + 2 <= batch:
            _two(panels, first, total, x, b, sums, row)
            b += 2
        if b < batch:
            _one(panels, first, total, x, b, sums, row)


@njit(inline="always", error_model="numpy")
def _one(panels, start, total, x, b, sums, row):
    size = x.shape[2]
    for part in range(x.shape[0]):
        for k in range(size):
            total = fma(load(panels, start + (part * size + k) * WIDTH), splat(at(x[part, b], k)), total)
    store(sums[b], row, total)


@njit(inline="always", error_model="numpy")
def _two(panels, start, total, x, b, sums, row):
    size, first, second = x.shape[2], total, total
    for part in range(x.shape[0]):
        for k in range(size):
            weight = load(panels, start + (part * size + k) * WIDTH)
            first = fma(weight, splat(at(x[part, b], k)), first)
            second = fma(weight, splat(at(x[part, b + 1], k)), second)
    store(sums[b], row, first)
    store(sums[b + 1], row, second)


@njit(inline="always", error_model="numpy")
def _four(panels, start, total, x, b, sums, row):
    size, first, second, third, fourth = x.shape[2], total, total, total, total
    for part in range(x.shape[0]):
        for k in range(size):
            weight = load(panels, start + (part * size + k) * WIDTH)
            first = fma(weight, splat(at(x[part, b], k)), first)
            second = fma(weight, splat(at(x[part, b + 1], k)), second)
            third = fma(weight, splat(at(x[part, b + 2], k)), third)
            fourth = fma(weight, splat(at(x[part, b + 3], k)), fourth)
    store(sums[b], row, first)
    store(sums[b + 1], row, second)
    store(sums[b + 2], row, third)
    store(sums[b + 3], row, fourth)
