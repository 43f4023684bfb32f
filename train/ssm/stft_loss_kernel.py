"""The kernel of an STFT loss: summed differences of short-time magnitudes and their gradient.

In torch the spectra of a sound in octaves take some forty passes through memory; here a few dozen windows at a time
are transformed, compared and transformed back while they are in the cache, without large intermediate arrays.
"""

import math
from functools import cache

import numpy as np
from numba import njit

from engine.dsp.tanh_rnn import pack
from engine.simd.vectors import WIDTH, fma, load, load_scalar, splat, store

BATCH_SIZE = 32  # windows
MIN_POWER = np.float32(1e-14)  # keeps gradients finite


def magnitudes(sound: np.ndarray, window: int) -> np.ndarray:
    """(N,) → (2 N / window, window/2 + 1): orthonormal Hann spectra at every half window, zeros after the end."""
    result = np.empty((2 * len(sound) // window, window // 2 + 1), np.float32)
    _all_magnitudes(_padded(sound, window), _transform(window)[0], result)
    return result


def magnitude_loss(
    sound: np.ndarray, target: np.ndarray, window: int, norm_slope: float = 0.0
) -> tuple[float, np.ndarray]:
    """The sum of |magnitudes − target| and its gradient (N,).

    target: (2 N / window, bins); higher bins are ignored. norm_slope: so many times the gradient of half the sum of
    all squares is added.
    """
    forward, backward = _transform(window)
    padded = _padded(sound, window)
    gradient = np.zeros_like(padded)
    total = _loss_and_gradient(padded, target, forward, backward, np.float32(norm_slope), gradient)
    return total, gradient[: len(sound)]


def _padded(sound: np.ndarray, window: int) -> np.ndarray:
    """A sound with zeros after it, enough for whole batches of windows."""
    return np.concatenate([np.asarray(sound, np.float32), np.zeros(BATCH_SIZE * window, np.float32)])


@cache
def _transform(window: int) -> tuple[np.ndarray, np.ndarray]:
    """Packed matrices of a windowed real transform and of its transpose.

    Rows: the real parts of bins 0 … window/2, then the imaginary parts of the inner ones.
    """
    bins = np.arange(window // 2 + 1)
    phase = bins[:, None] * np.arange(window) * (2 * math.pi / window)
    hann = np.sin(np.pi * np.arange(window) / window) ** 2 / math.sqrt(window)
    matrix = hann * np.concatenate([np.cos(phase), -np.sin(phase[1:-1])])
    return pack(matrix.astype(np.float32)), pack(np.ascontiguousarray(matrix.T, np.float32))


@njit(cache=True, error_model="numpy")
def _spectra(sound, forward, first, batch, out):
    """Transform the windows from number `first` on: into out (BATCH_SIZE, rows)."""
    window = forward.shape[1]
    for b in range(BATCH_SIZE):
        start = (first + b) * (window // 2)
        for i in range(window):
            batch[b, i] = sound[start + i]
    _multiply(forward, batch, out)


@njit(cache=True, error_model="numpy", fastmath=True)
def _all_magnitudes(sound, forward, result):
    window, last = forward.shape[1], result.shape[1] - 1
    rows = forward.shape[0] * WIDTH
    batch = np.zeros((BATCH_SIZE, window), np.float32)
    out = np.zeros((BATCH_SIZE, rows), np.float32)
    for first in range(0, result.shape[0], BATCH_SIZE):
        _spectra(sound, forward, first, batch, out)
        for b in range(min(BATCH_SIZE, result.shape[0] - first)):
            row = result[first + b]
            row[0], row[last] = abs(out[b, 0]), abs(out[b, last])
            for k in range(1, last):
                row[k] = math.sqrt(out[b, k] ** 2 + out[b, last + k] ** 2)


@njit(cache=True, error_model="numpy", fastmath=True)
def _loss_and_gradient(sound, target, forward, backward, norm_slope, gradient):
    window = forward.shape[1]
    half, rows = window // 2, forward.shape[0] * WIDTH
    batch = np.zeros((BATCH_SIZE, window), np.float32)
    out = np.zeros((BATCH_SIZE, rows), np.float32)
    slopes = np.zeros((BATCH_SIZE, backward.shape[0] * WIDTH), np.float32)
    total = 0.0
    for first in range(0, target.shape[0], BATCH_SIZE):
        count = min(BATCH_SIZE, target.shape[0] - first)
        _spectra(sound, forward, first, batch, out)
        for b in range(count):
            total += _replace_by_gradient(out[b], target[first + b], half, norm_slope)
        _multiply(backward, out, slopes)
        for b in range(count):
            start = (first + b) * half
            for i in range(window):
                gradient[start + i] += slopes[b, i]
    return total


@njit(cache=True, error_model="numpy", fastmath=True)
def _replace_by_gradient(out, target, half, norm_slope):
    """The summed difference of one window; its spectrum `out` is replaced by the gradient."""
    total = np.float32(0)
    bins = target.shape[0]
    for k in range(1, half):
        power = out[k] * out[k] + out[half + k] * out[half + k] + MIN_POWER
        magnitude = math.sqrt(power)
        difference = magnitude - target[k]
        total += abs(difference)
        scale = math.copysign(np.float32(1), difference) / magnitude + norm_slope
        out[k] *= scale
        out[half + k] *= scale
    for k in (0, half):
        if k < bins:
            difference = abs(out[k]) - target[k]
            total += abs(difference)
            out[k] = (
                math.copysign(np.float32(1), difference) * math.copysign(np.float32(1), out[k]) + norm_slope * out[k]
            )
        else:
            out[k] = 0
    return total


@njit(cache=True, error_model="numpy")
def _multiply(panels, x, y):
    """Write the products of a matrix and the rows of x (BATCH_SIZE, …) to those of y, four rows at a time."""
    inputs = panels.shape[1]
    zero = splat(np.float32(0))
    for p in range(panels.shape[0]):
        for b in range(0, BATCH_SIZE, 4):
            first, second, third, fourth = zero, zero, zero, zero
            for k in range(inputs):
                weight = load(panels, (p * inputs + k) * WIDTH)
                first = fma(weight, splat(load_scalar(x[b], k)), first)
                second = fma(weight, splat(load_scalar(x[b + 1], k)), second)
                third = fma(weight, splat(load_scalar(x[b + 2], k)), third)
                fourth = fma(weight, splat(load_scalar(x[b + 3], k)), fourth)
            store(y[b], p * WIDTH, first)
            store(y[b + 1], p * WIDTH, second)
            store(y[b + 2], p * WIDTH, third)
            store(y[b + 3], p * WIDTH, fourth)
