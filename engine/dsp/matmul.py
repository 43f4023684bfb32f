"""Multiply a matrix by a batch of vectors, reading every weight once for the whole batch.

A matrix (rows, inputs) is packed in panels (rows / WIDTH, inputs, WIDTH), float32 or float16 as uint16; each is read
sequentially while WIDTH sums stay in registers. The result of a vector has the same bits in any batch.
In plain numba: matmul_plain.py.
"""

import numpy as np

from engine.kernel import njit
from engine.simd.vectors import HAS_FLOAT16, LANES, WIDTH, fma, load, load_scalar, splat, store

__all__ = ["HAS_FLOAT16", "WIDTH", "multiply", "pack", "padded"]

_HAS_32_REGISTERS = LANES == 16  # AVX-512: room for the sums of four vectors


def padded(count: int) -> int:
    """The number of rows of a matrix of `count` rows, padded to a multiple of WIDTH."""
    return -(-count // WIDTH) * WIDTH


def pack(matrix: np.ndarray, half: bool) -> np.ndarray:
    """The panels of a matrix (rows, inputs), padded with rows of zeros, flat; half: float16, as uint16."""
    rows, inputs = matrix.shape
    padded_matrix = np.zeros((padded(rows), inputs), np.float16 if half else np.float32)
    padded_matrix[:rows] = matrix
    panels = padded_matrix.reshape(-1, WIDTH, inputs).transpose(0, 2, 1).ravel()
    return panels.view(np.uint16) if half else panels


@njit(cache=True, error_model="numpy")
def multiply(panels, start, bias, x, y, first, last):
    """Write the rows of panels first … last − 1 of y = matrix · x + bias for each vector of a batch.

    panels: (n,), the matrix from `start` on. bias: (rows,). x: (parts, B, size), each vector split in parts of
    together `inputs` numbers. y: likewise, together `rows`.
    """
    panels_per_part, batch, size = y.shape[2] // WIDTH, x.shape[1], x.shape[0] * x.shape[2] * WIDTH
    for p in range(first, last):
        sums, offset, panel = y[p // panels_per_part], p % panels_per_part * WIDTH, start + p * size
        total = load(bias, p * WIDTH)
        b = 0
        while _HAS_32_REGISTERS and b + 4 <= batch:
            _multiply_four(panels, panel, total, x, b, sums, offset)
            b += 4
        while b + 2 <= batch:
            _multiply_two(panels, panel, total, x, b, sums, offset)
            b += 2
        if b < batch:
            _multiply_one(panels, panel, total, x, b, sums, offset)


@njit(inline="always", error_model="numpy")
def _multiply_one(panels, start, total, x, b, sums, offset):
    size = x.shape[2]
    for part in range(x.shape[0]):
        for k in range(size):
            total = fma(load(panels, start + (part * size + k) * WIDTH), splat(load_scalar(x[part, b], k)), total)
    store(sums[b], offset, total)


@njit(inline="always", error_model="numpy")
def _multiply_two(panels, start, total, x, b, sums, offset):
    size, first, second = x.shape[2], total, total
    for part in range(x.shape[0]):
        for k in range(size):
            weight = load(panels, start + (part * size + k) * WIDTH)
            first = fma(weight, splat(load_scalar(x[part, b], k)), first)
            second = fma(weight, splat(load_scalar(x[part, b + 1], k)), second)
    store(sums[b], offset, first)
    store(sums[b + 1], offset, second)


@njit(inline="always", error_model="numpy")
def _multiply_four(panels, start, total, x, b, sums, offset):
    size, first, second, third, fourth = x.shape[2], total, total, total, total
    for part in range(x.shape[0]):
        for k in range(size):
            weight = load(panels, start + (part * size + k) * WIDTH)
            first = fma(weight, splat(load_scalar(x[part, b], k)), first)
            second = fma(weight, splat(load_scalar(x[part, b + 1], k)), second)
            third = fma(weight, splat(load_scalar(x[part, b + 2], k)), third)
            fourth = fma(weight, splat(load_scalar(x[part, b + 3], k)), fourth)
    store(sums[b], offset, first)
    store(sums[b + 1], offset, second)
    store(sums[b + 2], offset, third)
    store(sums[b + 3], offset, fourth)
