"""The recurrent network of tanh units of a state-space instrument, with an output frame per step.

    h ← loss · tanh(W h + u)        the state, once a frame
    y = sin(V h)                    the frame

W is packed in panels that are read in order (matmul.py). If no singular value of W exceeds 1 − ε, the state decays
by at least that factor, from any start: |tanh a − tanh b| ≤ |a − b|.
After John Vinyard, "Learning 'Playable' State-Space Models from Audio", 2024.
"""

import math

import numpy as np

from engine.kernel import njit
from engine.simd.vectors import WIDTH, aligned_zeros, fma, load, load_scalar, splat, store

_SINE_SERIES = tuple(
    np.float32((-1) ** n / math.factorial(2 * n + 1)) for n in range(5, -1, -1)
)  # sine up to π/2: 6e-8
_PER_PI = np.float32(1 / math.pi)
_PI_HIGH = np.float32(3.140625)  # so short that its multiples are exact, with and without fused multiply-add
_PI_LOW = np.float32(math.pi - float(_PI_HIGH))
_TANH_END = np.float32(9.1)  # where tanh rounds to 1 in float32
_HALF, _ONE, _TWO = np.float32(0.5), np.float32(1), np.float32(2)


def padded(count: int) -> int:
    """The number of rows of a matrix of `count` rows, padded to a multiple of WIDTH."""
    return -(-count // WIDTH) * WIDTH


def pack(matrix: np.ndarray) -> np.ndarray:
    """[main thread] The panels (P, inputs, WIDTH) of a matrix (rows, inputs), padded with rows of zeros.

    They start at a cache line: otherwise every load straddles two lines and reading takes twice as long.
    """
    rows, inputs = matrix.shape
    padded_matrix = np.zeros((padded(rows), inputs), np.float32)
    padded_matrix[:rows] = matrix
    panels = aligned_zeros((len(padded_matrix) // WIDTH, inputs, WIDTH))
    panels[:] = padded_matrix.reshape(-1, WIDTH, inputs).transpose(0, 2, 1)
    return panels


@njit(cache=True, error_model="numpy")
def step(recurrence, output, bias, u, loss, h, y):
    """Step the network once and write its frame.

    recurrence: panels of W (S, S). output: panels of V (B, S). bias: zeros, as many as in y. u: (S',), S' = padded S:
    the input, overwritten. loss: factor on the state, 1 as learned. h: (S',), updated. y: (B',), written.
    """
    step_state(recurrence, u, loss, h)
    multiply(output, bias, h, y)
    replace_by_sine(y)


@njit(cache=True, error_model="numpy")
def step_state(recurrence, u, loss, h):
    """Step the state h (S',) without output; u (S',) is overwritten."""
    multiply(recurrence, u, h, u)
    scaled_tanh(u, loss, h)


@njit(cache=True, error_model="numpy")
def multiply(panels, bias, x, y):
    """Write y = matrix · x + bias: panels (P, inputs, WIDTH), x (inputs,), bias and y (P · WIDTH,), may alias."""
    inputs = panels.shape[1]
    for p in range(panels.shape[0]):
        total = load(bias, p * WIDTH)
        for k in range(inputs):
            total = fma(load(panels, (p * inputs + k) * WIDTH), splat(load_scalar(x, k)), total)
        store(y, p * WIDTH, total)


@njit(cache=True, error_model="numpy", fastmath={"contract", "nsz"})
def scaled_tanh(x, gain, out):
    """Write gain · tanh x, within 3e-7 for a gain of 1; all (N,)."""
    for i in range(x.shape[0]):
        a = min(abs(x[i]), _TANH_END)
        out[i] = gain * math.copysign(_tanh(a), x[i])


@njit(cache=True, error_model="numpy", fastmath={"contract", "nsz"})
def replace_by_sine(y):
    """Replace y (N,) by its sine, within 3e-7 for |y| < 100."""
    for i in range(y.shape[0]):
        halves = np.floor(y[i] * _PER_PI + _HALF)
        remainder = (y[i] - halves * _PI_HIGH) - halves * _PI_LOW
        odd = halves - _TWO * np.floor(halves * _HALF)
        square = remainder * remainder
        value = _SINE_SERIES[0]
        for n in range(1, 6):
            value = value * square + _SINE_SERIES[n]
        y[i] = (_ONE - _TWO * odd) * remainder * value


@njit(inline="always", error_model="numpy")
def _tanh(a):
    """The tanh of 0 ≤ a ≤ 9.1: Lambert's continued fraction of a/4, then twice the double-angle formula."""
    b = a * np.float32(0.25)
    square = b * b
    numerator = b * (((square + np.float32(378)) * square + np.float32(17325)) * square + np.float32(135135))
    denominator = ((np.float32(28) * square + np.float32(3150)) * square + np.float32(62370)) * square + np.float32(
        135135
    )
    # tanh 2b = 2 n d / (d² + n²), and once more
    n, d = _TWO * numerator * denominator, denominator * denominator + numerator * numerator
    return _TWO * n * d / (d * d + n * n)
