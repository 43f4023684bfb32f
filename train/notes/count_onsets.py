"""How often an instrument is struck in a recording: once, and it is a note; more often, and it is a piece."""

import numpy as np
from scipy.signal import butter, sosfilt

HOP = 0.01  # seconds
BEFORE, AFTER = 3, 6  # hops that are compared
RISE = 6.0  # dB by which a stroke stands out of what still rings
WITHIN = 18.0  # dB below the loudest stroke: what is softer is handling, or an echo
APART = 0.08  # seconds between two strokes, at least


def count(samples: np.ndarray, rate: float) -> int:
    """Strokes in samples (T,): sudden lasting rises of the energy above 70 Hz."""
    hop = max(int(HOP * rate), 1)
    high = sosfilt(butter(2, 70, "high", fs=rate, output="sos"), samples.astype(np.float64))
    power = (high[: len(high) // hop * hop].reshape(-1, hop) ** 2).mean(axis=1)
    if len(power) < BEFORE + AFTER:
        return 1
    sums = np.concatenate([[0.0], np.cumsum(np.concatenate([np.zeros(BEFORE), power]))])
    at = np.arange(len(power) - AFTER) + BEFORE
    before = (sums[at] - sums[at - BEFORE]) / BEFORE
    after = (sums[at + AFTER] - sums[at]) / AFTER
    floor = 10 ** (-WITHIN / 10) * after.max(initial=0)
    rise = np.where((after > floor) & (after > 10 ** (RISE / 10) * before), after - before, 0.0)
    return max(_peaks(rise, round(APART / HOP)), 1)


def _peaks(rise: np.ndarray, apart: int) -> int:
    """Places where a rise is the largest within `apart` on both sides."""
    padded = np.pad(rise, apart)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * apart + 1).max(axis=1)
    return int(((rise > 0) & (rise == around)).sum())
