"""A network of tanh units that remembers, and writes its sound in frames.

    h ← loss · tanh(W h + u)        the state, once a frame
    y = sin(V h)                    the frame

W lies in panels that are read from end to end (panels.py). If no singular value of W exceeds 1 − ε, the state shrinks
by that factor at least, from wherever it is: |tanh a − tanh b| ≤ |a − b|.
After John Vinyard, "Learning 'Playable' State-Space Models from Audio", 2024.
"""

import math

import numpy as np
from numba import njit

from engine.simd.vectors import WIDTH, aligned, at, fma, load, splat, store

_TURN = tuple(np.float32((-1) ** n / math.factorial(2 * n + 1)) for n in range(5, -1, -1))  # sine up to π/2: 6e-8
_INVERSE = np.float32(1 / math.pi)
_PI_HIGH = np.float32(math.pi)
_PI_LOW = np.float32(math.pi - float(_PI_HIGH))
_TANH_END = np.float32(9.1)  # where tanh rounds to 1 in float32
_HALF, _ONE, _TWO = np.float32(0.5), np.float32(1), np.float32(2)


def padded(count: int) -> int:
    """The number of rows that a matrix of `count` has in memory."""
    return -(-count // WIDTH) * WIDTH


def pack(matrix: np.ndarray) -> np.ndarray:
    """[main thread] The panels (P, inputs, WIDTH) of a matrix (rows, inputs), rows of zeros added.

    They begin where a line of the cache begins: else every register straddles two, and they are read half as fast.
    """
    rows, inputs = matrix.shape
    whole = np.zeros((padded(rows), inputs), np.float32)
    whole[:rows] = matrix
    panels = aligned((len(whole) // WIDTH, inputs, WIDTH))
    panels[:] = whole.reshape(-1, WIDTH, inputs).transpose(0, 2, 1)
    return panels


@njit(cache=True, error_model="numpy")
def advance(recurrence, output, nothing, u, loss, h, y):
    """Take one step and write its frame.

    recurrence: panels of W (S, S). output: panels of V (B, S). nothing: zeros, as many as y has. u: (S',), S' = S
    padded; what enters, is overwritten. loss: factor on the state, 1 as learned. h: (S',), moved on. y: (B',).
    """
    remember(recurrence, u, loss, h)
    multiply(output, nothing, h, y)
    bend(y)


@njit(cache=True, error_model="numpy")
def remember(recurrence, u, loss, h):
    """Only the step: h (S',) moves on, u (S',) is overwritten."""
    multiply(recurrence, u, h, u)
    saturate(u, loss, h)


@njit(cache=True, error_model="numpy")
def multiply(panels, bias, x, y):
    """Write y = matrix · x + bias: panels (P, inputs, WIDTH), x (inputs,), bias and y (P · WIDTH,), maybe one."""
    inputs = panels.shape[1]
    for p in range(panels.shape[0]):
        total = load(bias, p * WIDTH)
        for k in range(inputs):
            total = fma(load(panels, (p * inputs + k) * WIDTH), splat(at(x, k)), total)
        store(y, p * WIDTH, total)


@njit(cache=True, error_model="numpy", fastmath={"contract", "nsz"})
def saturate(x, gain, out):
    """Write gain · tanh x, within 3e-7 for a gain of 1; all (N,)."""
    for i in range(x.shape[0]):
        a = min(abs(x[i]), _TANH_END)
        out[i] = gain * math.copysign(_tanh(a), x[i])


@njit(cache=True, error_model="numpy", fastmath={"contract", "nsz"})
def bend(y):
    """Replace y (N,) by its sine, within 3e-7 for |y| < 100."""
    for i in range(y.shape[0]):
        halves = np.floor(y[i] * _INVERSE + _HALF)
        rest = (y[i] - halves * _PI_HIGH) - halves * _PI_LOW
        odd = halves - _TWO * np.floor(halves * _HALF)
        square = rest * rest
        value = _TURN[0]
        for n in range(1, 6):
            value = value * square + _TURN[n]
        y[i] = (_ONE - _TWO * odd) * rest * value


@njit(inline="always", error_model="numpy")
def _tanh(a):
    """A tanh of 0 ≤ a ≤ 9.1: Lambert's continued fraction of a/4, its angle doubled twice."""
    b = a * np.float32(0.25)
    square = b * b
    above = b * (((square + np.float32(378)) * square + np.float32(17325)) * square + np.float32(135135))
    below = ((np.float32(28) * square + np.float32(3150)) * square + np.float32(62370)) * square + np.float32(135135)
    # tanh 2b = 2 n d / (d² + n²), and once more
    n, d = _TWO * above * below, below * below + above * above
    return _TWO * n * d / (d * d + n * n)
