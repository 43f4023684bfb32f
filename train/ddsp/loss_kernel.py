"""The kernels of the spectral loss for the CPU: magnitudes and their slopes in one pass over spectra."""

import math

import numpy as np
from numba import njit

FLOOR = np.float32(1e-7)  # added to magnitudes before their logarithm
_MIN_MAGNITUDE = np.float32(1e-12)


@njit(cache=True, error_model="numpy", fastmath=True, nogil=True)
def compare_spectra(spectra, target, ratios, scale):
    """The sum of |ΔS| of two spectra; the first becomes its gradient times `scale` of Σ |ΔS| + |Δlog(S + FLOOR)|.

    spectra, target: (rows, 2 · bins) float32, real and imaginary parts in turn. ratios: (rows, bins), written: the
    larger magnitude over the smaller one, FLOOR added to both.
    """
    total = 0.0
    for r in range(spectra.shape[0]):
        total += _compare_rows(spectra[r], target[r], ratios[r], scale)
    return total


@njit(cache=True, error_model="numpy", fastmath=True)
def _compare_rows(spectrum, target, ratios, scale):
    one, sum_of_row = np.float32(1), np.float32(0)
    for k in range(ratios.shape[0]):
        real, imaginary = spectrum[2 * k], spectrum[2 * k + 1]
        magnitude = math.sqrt(real * real + imaginary * imaginary)
        real, imaginary = target[2 * k], target[2 * k + 1]
        other = math.sqrt(real * real + imaginary * imaginary)
        difference = magnitude - other
        sum_of_row += abs(difference)
        larger, smaller = max(magnitude, other) + FLOOR, min(magnitude, other) + FLOOR
        ratios[k] = larger / smaller
        slope = scale * (one + one / (magnitude + FLOOR)) / max(magnitude, _MIN_MAGNITUDE)
        slope = slope if difference > 0 else (-slope if difference < 0 else np.float32(0))
        spectrum[2 * k] *= slope
        spectrum[2 * k + 1] *= slope
    return sum_of_row


@njit(cache=True, error_model="numpy", fastmath=True, nogil=True)
def add_windows(rows, hann, step, out):
    """Add windows (B, frames, window), times hann (window,), to out (B, N), `step` samples apart from its start."""
    for b in range(rows.shape[0]):
        for f in range(rows.shape[1]):
            row, part = rows[b, f], out[b, f * step : f * step + rows.shape[2]]
            for i in range(part.shape[0]):
                part[i] += hann[i] * row[i]
