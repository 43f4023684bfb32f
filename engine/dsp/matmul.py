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
    size = x.shape[0] * x.shape[2] * WIDTH
    for p in range(first, last, 2):
        # of one vector, two panels at once: the sums of one are too few to hide the latency of a multiply-add
        single = x.shape[1]
        for panel in range(p, min(p + 2, last)):
            single = _multiply_pairs(panels, start + panel * size, bias, x, y, panel)
        if single < x.shape[1] and p + 1 < last:
            _multiply_panels(panels, start + p * size, start + (p + 1) * size, bias, x, y, p, single)
        elif single < x.shape[1]:
            _multiply_one(panels, start + p * size, bias, x, y, p, single)


@njit(inline="always", error_model="numpy")
def _multiply_pairs(panels, start, bias, x, y, p):
    """The rows of a panel for as many vectors as there are in fours and pairs; the number of these vectors."""
    batch, each, total = x.shape[1], y.shape[2] // WIDTH, load(bias, p * WIDTH)
    sums, offset = y[p // each], p % each * WIDTH
    b = 0
    while _HAS_32_REGISTERS and b + 4 <= batch:
        _multiply_four(panels, start, total, x, b, sums, offset)
        b += 4
    while b + 2 <= batch:
        _multiply_two(panels, start, total, x, b, sums, offset)
        b += 2
    return b


@njit(inline="always", error_model="numpy")
def _multiply_one(panels, start, bias, x, y, p, b):
    size, each, total = x.shape[2], y.shape[2] // WIDTH, load(bias, p * WIDTH)
    for part in range(x.shape[0]):
        for k in range(size):
            total = fma(load(panels, start + (part * size + k) * WIDTH), splat(load_scalar(x[part, b], k)), total)
    store(y[p // each, b], p % each * WIDTH, total)


@njit(inline="always", error_model="numpy")
def _multiply_panels(panels, start, next_start, bias, x, y, p, b):
    """The rows of panels p and p + 1, that begin at `start` and `next_start`, for one vector."""
    size, each = x.shape[2], y.shape[2] // WIDTH
    first, second = load(bias, p * WIDTH), load(bias, (p + 1) * WIDTH)
    for part in range(x.shape[0]):
        for k in range(size):
            value, offset = splat(load_scalar(x[part, b], k)), (part * size + k) * WIDTH
            first = fma(load(panels, start + offset), value, first)
            second = fma(load(panels, next_start + offset), value, second)
    store(y[p // each, b], p % each * WIDTH, first)
    store(y[(p + 1) // each, b], (p + 1) % each * WIDTH, second)


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
