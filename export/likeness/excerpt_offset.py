"""Offset of an excerpt in a longer recording."""

from itertools import pairwise

import numpy as np

HOP_SECONDS = 0.02  # frame step
BANDS = 24
MIN_HZ, MAX_HZ = 60.0, 9000.0  # Hz
BATCH_SIZE = 256  # windows that are transformed at once


def find_offset(excerpt: np.ndarray, recording: np.ndarray, rate: float) -> int:
    """Sample of a recording (T,) at which an excerpt (N,) starts, by correlation of band levels; 0 if not longer."""
    if len(recording) <= len(excerpt):
        return 0
    a, b = _band_levels(excerpt, rate), _band_levels(recording, rate)
    steps = b.shape[1] - a.shape[1] + 1
    if steps < 2:
        return 0
    size = 1 << int(a.shape[1] + b.shape[1]).bit_length()
    cross_spectrum = (np.fft.rfft(b, size) * np.fft.rfft(a, size).conj()).sum(axis=0)
    correlation = np.fft.irfft(cross_spectrum, size)[:steps]
    energy = np.concatenate([[0], np.cumsum((b**2).sum(axis=0))])
    window_energy = energy[a.shape[1] : a.shape[1] + steps] - energy[:steps]
    return int(np.argmax(correlation / np.sqrt(window_energy + 1e-9)) * HOP_SECONDS * rate)


def _band_levels(sound: np.ndarray, rate: float) -> np.ndarray:
    """Square roots of a sound's band magnitudes, without their mean: (BANDS, frames)."""
    hop, size = int(HOP_SECONDS * rate), 1 << int(0.06 * rate).bit_length()
    count = max(1 + (len(sound) - size) // hop, 1)
    padded = np.pad(sound, (0, max(0, (count - 1) * hop + size - len(sound))))
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop][:count]
    edges = np.geomspace(MIN_HZ, MAX_HZ, BANDS + 1) * size / rate
    bands = [slice(int(low), max(int(high), int(low) + 1)) for low, high in pairwise(edges)]
    batches = []
    for first in range(0, count, BATCH_SIZE):
        spectrum = np.abs(np.fft.rfft(windows[first : first + BATCH_SIZE] * np.hanning(size), axis=1))
        batches.append([spectrum[:, band].mean(axis=1) for band in bands])
    levels = np.sqrt(np.concatenate(batches, axis=1))
    return np.asarray(levels - levels.mean(axis=1, keepdims=True))
