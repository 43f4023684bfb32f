"""Where in a longer recording something was learned."""

from itertools import pairwise

import numpy as np

HOP = 0.02  # seconds
BANDS = 24
LOWEST, HIGHEST = 60.0, 9000.0  # Hz
TOGETHER = 256  # windows that are looked at at once


def find_offset(part: np.ndarray, whole: np.ndarray, rate: float) -> int:
    """The sample of `whole` (T,) at which `part` (N,) begins, by the courses of their bands; 0 if it is no longer."""
    if len(whole) <= len(part):
        return 0
    a, b = _courses(part, rate), _courses(whole, rate)
    steps = b.shape[1] - a.shape[1] + 1
    if steps < 2:
        return 0
    size = 1 << int(a.shape[1] + b.shape[1]).bit_length()
    product = (np.fft.rfft(b, size) * np.fft.rfft(a, size).conj()).sum(axis=0)
    alike = np.fft.irfft(product, size)[:steps]
    energy = np.concatenate([[0], np.cumsum((b**2).sum(axis=0))])
    held = energy[a.shape[1] : a.shape[1] + steps] - energy[:steps]
    return int(np.argmax(alike / np.sqrt(held + 1e-9)) * HOP * rate)


def _courses(sound: np.ndarray, rate: float) -> np.ndarray:
    """Magnitudes to the power 1/2 of a sound's bands, (BANDS, frames)."""
    hop, size = int(HOP * rate), 1 << int(0.06 * rate).bit_length()
    count = max(1 + (len(sound) - size) // hop, 1)
    padded = np.pad(sound, (0, max(0, (count - 1) * hop + size - len(sound))))
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop][:count]
    edges = np.geomspace(LOWEST, HIGHEST, BANDS + 1) * size / rate
    bands = [slice(int(low), max(int(high), int(low) + 1)) for low, high in pairwise(edges)]
    found = []
    for first in range(0, count, TOGETHER):
        spectrum = np.abs(np.fft.rfft(windows[first : first + TOGETHER] * np.hanning(size), axis=1))
        found.append([spectrum[:, band].mean(axis=1) for band in bands])
    courses = np.sqrt(np.concatenate(found, axis=1))
    return np.asarray(courses - courses.mean(axis=1, keepdims=True))
