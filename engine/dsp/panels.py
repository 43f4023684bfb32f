"""Matrices times a batch of vectors, as a decoder needs them: every weight is read once for all.

A matrix (rows, inputs) lies in panels (rows / WIDTH, inputs, WIDTH), float32 or float16 as uint16: a panel is read
from end to end while WIDTH sums stay in registers. However many vectors there are at once, each gets the same bits.
In plain numba: panels_plain.py.
"""

import numpy as np
from numba import njit

from ..simd import HALVES, LANES, WIDTH, at, fma, load, splat, store

__all__ = ["HALVES", "WIDTH", "multiply", "pack", "padded"]

_MANY = LANES == 16  # whether there are registers for the sums of four vectors: with AVX-512 there are 32


def padded(count: int) -> int:
    """The number of rows that a matrix of `count` has in memory."""
    return -(-count // WIDTH) * WIDTH


def pack(matrix: np.ndarray, half: bool) -> np.ndarray:
    """The panels (P, inputs, WIDTH) of a matrix (rows, inputs), rows of zeros added; half: float16, as uint16."""
    rows, inputs = matrix.shape
    panels = np.zeros((padded(rows), inputs), np.float16 if half else np.float32)
    panels[:rows] = matrix
    panels = np.ascontiguousarray(panels.reshape(-1, WIDTH, inputs).transpose(0, 2, 1))
    return panels.view(np.uint16) if half else panels


@njit(cache=True, error_model="numpy")
def multiply(panels, bias, x, y):
    """Write y = matrix · x + bias for each vector of a batch.

    panels: (P, inputs, WIDTH). bias: (P · WIDTH,). x: (B, inputs). y: (B, P · WIDTH). The vectors of x and of y may
    lie at any distance from each other, their numbers side by side.
    """
    for p in range(panels.shape[0]):
        b = 0
        while _MANY and b + 4 <= x.shape[0]:
            _four(panels, p, bias, x, y, b)
            b += 4
        while b + 2 <= x.shape[0]:
            _two(panels, p, bias, x, y, b)
            b += 2
        if b < x.shape[0]:
            _one(panels, p, bias, x, y, b)


@njit(inline="always", error_model="numpy")
def _one(panels, p, bias, x, y, b):
    inputs, row, column = panels.shape[1], p * panels.shape[1] * WIDTH, p * WIDTH
    total = load(bias, column)
    for k in range(inputs):
        total = fma(load(panels, row + k * WIDTH), splat(at(x[b], k)), total)
    store(y[b], column, total)


@njit(inline="always", error_model="numpy")
def _two(panels, p, bias, x, y, b):
    inputs, row, column = panels.shape[1], p * panels.shape[1] * WIDTH, p * WIDTH
    first = second = load(bias, column)
    for k in range(inputs):
        weight = load(panels, row + k * WIDTH)
        first = fma(weight, splat(at(x[b], k)), first)
        second = fma(weight, splat(at(x[b + 1], k)), second)
    store(y[b], column, first)
    store(y[b + 1], column, second)


@njit(inline="always", error_model="numpy")
def _four(panels, p, bias, x, y, b):
    inputs, row, column = panels.shape[1], p * panels.shape[1] * WIDTH, p * WIDTH
    first = second = third = fourth = load(bias, column)
    for k in range(inputs):
        weight = load(panels, row + k * WIDTH)
        first = fma(weight, splat(at(x[b], k)), first)
        second = fma(weight, splat(at(x[b + 1], k)), second)
        third = fma(weight, splat(at(x[b + 2], k)), third)
        fourth = fma(weight, splat(at(x[b + 3], k)), fourth)
    store(y[b], column, first)
    store(y[b + 1], column, second)
    store(y[b + 2], column, third)
    store(y[b + 3], column, fourth)
