"""Where a note begins and ends in its recording, and how loud the recording's own noise is."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import percentile_filter
from scipy.signal import butter, sosfilt

HOP = 0.005
"""Seconds between two levels of the envelope."""
WINDOW = 8192
"""Samples of the frames that the noise is measured with."""
FADE = 0.06
"""Seconds before a sudden end that are left out: players damp, editors fade."""


@dataclass(frozen=True)
class Span:
    """The part of a recording that is the note, in samples, and the noise under it.

    noise: (WINDOW / 2 + 1,) power density from 0 to rate / 2, as the variance of white noise of that density.
    """

    onset: int
    end: int
    noise: np.ndarray


def find(samples: np.ndarray, rate: float) -> Span:
    """The note in samples (T,): from its strongest lasting rise to where it is damped or the recording stops."""
    onset = strike(samples, rate)
    end = _end(samples, rate, onset)
    return Span(onset, end, _noise(samples[onset:end]))


def strike(samples: np.ndarray, rate: float) -> int:
    """First sample of the note: the strongest rise of energy that lasts, not the first sound (which may be a hand).

    The 150 ms after are compared with the 30 ms before, above 70 Hz: clicks are short and thumps are deep.
    """
    hop = max(int(HOP * rate), 1)
    high = sosfilt(butter(2, 70, "high", fs=rate, output="sos"), samples.astype(np.float64))
    power = _powers(high, hop)
    before, after = 6, 30
    sums = np.concatenate([[0.0], np.cumsum(np.concatenate([np.zeros(before), power, np.zeros(after)]))])
    middle = np.arange(len(power)) + before
    rise = (sums[middle + after] - sums[middle]) / after - (sums[middle] - sums[middle - before]) / before
    return _first_crossing(high, rate, int(np.argmax(rise)) * hop)


def _first_crossing(samples: np.ndarray, rate: float, near: int) -> int:
    """The sample near `near` (within 15 ms) where the sound leaves what was before it, less half a millisecond."""
    reach = int(0.015 * rate)
    low = max(near - reach, 0)
    part = np.abs(np.diff(samples[low : near + reach], prepend=samples[low]))
    smooth = np.convolve(part, np.ones(8) / 8, "same")
    before = float(np.median(smooth[: max(reach // 3, 1)]))
    threshold = min(max(0.05 * smooth.max(), 4 * before), 0.5 * smooth.max())
    above = np.flatnonzero(smooth >= threshold)
    first = low + int(above[0]) if len(above) else near
    return max(first - int(0.0005 * rate), 0)


def _end(samples: np.ndarray, rate: float, onset: int) -> int:
    """Where the note is stopped: the first fall of 15 dB within 0.1 s that stays down, else the last sound."""
    hop = int(0.025 * rate)
    heard = np.flatnonzero(np.abs(samples) > 3e-6)
    stop = int(heard[-1]) + 1 if len(heard) else len(samples)
    level = 10 * np.log10(_powers(samples[onset:stop], hop) + 1e-12)
    for block in range(10, len(level) - 6):
        if max(level[block + 4 : block + 24]) < np.median(level[block - 6 : block + 1]) - 15:
            stop = onset + block * hop
            break
    return max(stop - int(FADE * rate), onset + min(4 * hop, stop - onset))


def _noise(note: np.ndarray) -> np.ndarray:
    """Density of the noise under the note (T,): what is low in its last part, and between partials."""
    last = note[-max(len(note) // 2, min(len(note), 2 * WINDOW)) :]
    if len(last) < WINDOW:
        last = np.pad(last, (0, WINDOW - len(last)))
    window = np.hanning(WINDOW)
    frames = np.lib.stride_tricks.sliding_window_view(last, WINDOW)[:: WINDOW // 4]
    power = np.abs(np.fft.rfft(frames * window)) ** 2 / (window**2).sum()
    typical = np.median(power, axis=0) / np.log(2)
    smooth = percentile_filter(typical, 30, 31, mode="nearest") * 1.3
    smooth[:16] = percentile_filter(typical, 50, 5, mode="nearest")[:16]
    return np.asarray(smooth)


def _powers(samples: np.ndarray, hop: int) -> np.ndarray:
    """Mean square of each hop of samples (T,)."""
    whole = samples[: len(samples) // hop * hop].reshape(-1, hop)
    return np.asarray((whole.astype(np.float64) ** 2).mean(axis=1))
