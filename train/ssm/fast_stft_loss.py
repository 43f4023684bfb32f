"""Summed differences of short-time magnitudes and their gradient, at once and without anything large in between.

In torch the spectra of a sound in octaves take some forty passes through memory; here a few dozen windows at a time
are transformed, compared and transformed back while they lie in the cache.
"""

import math
from functools import cache

import numpy as np
from numba import njit

from engine.dsp.recurrence import pack
from engine.simd.vectors import WIDTH, at, fma, load, splat, store

AT_ONCE = 32  # windows
TINY = np.float32(1e-14)  # of a power: a gradient ends there


def magnitudes(sound: np.ndarray, window: int) -> np.ndarray:
    """(N,) → (2 N / window, window/2 + 1): orthonormal Hann spectra at every half window, zeros behind the end."""
    found = np.empty((2 * len(sound) // window, window // 2 + 1), np.float32)
    _listen(_followed(sound, window), _transform(window)[0], found)
    return found


def compare(sound: np.ndarray, wanted: np.ndarray, window: int, pull: float = 0.0) -> tuple[float, np.ndarray]:
    """The sum of |magnitudes − wanted| and its gradient (N,).

    wanted: (2 N / window, bins); bins above those it has do not count. pull: to be added to the gradient, so many
    times that of half the sum of all squares.
    """
    there, back = _transform(window)
    followed = _followed(sound, window)
    gradient = np.zeros_like(followed)
    total = _compare(followed, wanted, there, back, np.float32(pull), gradient)
    return total, gradient[: len(sound)]


def _followed(sound: np.ndarray, window: int) -> np.ndarray:
    """A sound with zeros behind it, enough for whole batches of windows."""
    return np.concatenate([np.asarray(sound, np.float32), np.zeros(AT_ONCE * window, np.float32)])


@cache
def _transform(window: int) -> tuple[np.ndarray, np.ndarray]:
    """Panels of a windowed real transform and of its transpose.

    Rows: the real parts of bins 0 … window/2, then the imaginary parts of those between.
    """
    bins = np.arange(window // 2 + 1)
    turns = bins[:, None] * np.arange(window) * (2 * math.pi / window)
    hann = np.sin(np.pi * np.arange(window) / window) ** 2 / math.sqrt(window)
    matrix = hann * np.concatenate([np.cos(turns), -np.sin(turns[1:-1])])
    return pack(matrix.astype(np.float32)), pack(np.ascontiguousarray(matrix.T, np.float32))


@njit(cache=True, error_model="numpy")
def _spectra(sound, there, first, batch, out):
    """Transform the windows from number `first` on: into out (AT_ONCE, rows)."""
    window = there.shape[1]
    for b in range(AT_ONCE):
        start = (first + b) * (window // 2)
        for i in range(window):
            batch[b, i] = sound[start + i]
    _multiply(there, batch, out)


@njit(cache=True, error_model="numpy", fastmath=True)
def _listen(sound, there, found):
    window, last = there.shape[1], found.shape[1] - 1
    rows = there.shape[0] * WIDTH
    batch = np.zeros((AT_ONCE, window), np.float32)
    out = np.zeros((AT_ONCE, rows), np.float32)
    for first in range(0, found.shape[0], AT_ONCE):
        _spectra(sound, there, first, batch, out)
        for b in range(min(AT_ONCE, found.shape[0] - first)):
            heard = found[first + b]
            heard[0], heard[last] = abs(out[b, 0]), abs(out[b, last])
            for k in range(1, last):
                heard[k] = math.sqrt(out[b, k] ** 2 + out[b, last + k] ** 2)


@njit(cache=True, error_model="numpy", fastmath=True)
def _compare(sound, wanted, there, back, pull, gradient):
    window = there.shape[1]
    half, rows = window // 2, there.shape[0] * WIDTH
    batch = np.zeros((AT_ONCE, window), np.float32)
    out = np.zeros((AT_ONCE, rows), np.float32)
    pulled = np.zeros((AT_ONCE, back.shape[0] * WIDTH), np.float32)
    total = 0.0
    for first in range(0, wanted.shape[0], AT_ONCE):
        count = min(AT_ONCE, wanted.shape[0] - first)
        _spectra(sound, there, first, batch, out)
        for b in range(count):
            total += _differ(out[b], wanted[first + b], half, pull)
        _multiply(back, out, pulled)
        for b in range(count):
            start = (first + b) * half
            for i in range(window):
                gradient[start + i] += pulled[b, i]
    return total


@njit(cache=True, error_model="numpy", fastmath=True)
def _differ(out, wanted, half, pull):
    """The summed difference of one window, whose spectrum `out` is replaced by the gradient."""
    total = np.float32(0)
    bins = wanted.shape[0]
    for k in range(1, half):
        power = out[k] * out[k] + out[half + k] * out[half + k] + TINY
        height = math.sqrt(power)
        rest = height - wanted[k]
        total += abs(rest)
        scale = math.copysign(np.float32(1), rest) / height + pull
        out[k] *= scale
        out[half + k] *= scale
    for k in (0, half):
        if k < bins:
            rest = abs(out[k]) - wanted[k]
            total += abs(rest)
            out[k] = math.copysign(np.float32(1), rest) * math.copysign(np.float32(1), out[k]) + pull * out[k]
        else:
            out[k] = 0
    return total


@njit(cache=True, error_model="numpy")
def _multiply(panels, x, y):
    """Write the products of a matrix and the rows of x (AT_ONCE, …) to those of y, four rows at a time."""
    inputs = panels.shape[1]
    nothing = splat(np.float32(0))
    for p in range(panels.shape[0]):
        for b in range(0, AT_ONCE, 4):
            first, second, third, fourth = nothing, nothing, nothing, nothing
            for k in range(inputs):
                weight = load(panels, (p * inputs + k) * WIDTH)
                first = fma(weight, splat(at(x[b], k)), first)
                second = fma(weight, splat(at(x[b + 1], k)), second)
                third = fma(weight, splat(at(x[b + 2], k)), third)
                fourth = fma(weight, splat(at(x[b + 3], k)), fourth)
            store(y[b], p * WIDTH, first)
            store(y[b + 1], p * WIDTH, second)
            store(y[b + 2], p * WIDTH, third)
            store(y[b + 3], p * WIDTH, fourth)
