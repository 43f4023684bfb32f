"""Onset and end of a note in its recording, the noise floor, and the number of onsets."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import percentile_filter
from scipy.signal import butter, sosfilt

HOP_SECONDS = 0.005
"""Hop of the envelope."""
NOISE_WINDOW = 8192
"""Frame size of the noise measurement, in samples."""
FADE_SECONDS = 0.06
"""Time before a sudden end that is left out: players damp, editors fade."""
COUNT_HOP_SECONDS = 0.01
"""Hop of the envelope in which onsets are counted."""
HOPS_BEFORE, HOPS_AFTER = 3, 6
"""Hops whose mean powers are compared when onsets are counted."""
MIN_RISE_DB = 6.0
"""Rise of an onset above the notes that still sound."""
MAX_BELOW_PEAK_DB = 18.0
"""Level below the loudest onset under which a rise is handling noise or an echo."""
MIN_ONSET_DISTANCE_SECONDS = 0.08


@dataclass(frozen=True)
class Span:
    """Part of a recording that is the note, in samples, and the noise under it.

    noise: (NOISE_WINDOW / 2 + 1,) power density from 0 to rate / 2, as the variance of white noise of that density.
    """

    onset: int
    end: int
    noise: np.ndarray


def find_span(samples: np.ndarray, rate: float) -> Span:
    """Find the note in samples (T,): from its strongest sustained rise to where it is damped or ends."""
    onset = find_onset(samples, rate)
    end = _end(samples, rate, onset)
    return Span(onset, end, _noise(samples[onset:end]))


def find_onset(samples: np.ndarray, rate: float) -> int:
    """First sample of the note: the strongest sustained rise of energy; the first sound may be a hand.

    The 150 ms after are compared with the 30 ms before, above 70 Hz: clicks are short and thumps are low.
    """
    hop = max(int(HOP_SECONDS * rate), 1)
    filtered = _high_passed(samples, rate)
    power = _powers(filtered, hop)
    before, after = 6, 30
    sums = np.concatenate([[0.0], np.cumsum(np.concatenate([np.zeros(before), power, np.zeros(after)]))])
    middle = np.arange(len(power)) + before
    rise = (sums[middle + after] - sums[middle]) / after - (sums[middle] - sums[middle - before]) / before
    return _first_crossing(filtered, rate, int(np.argmax(rise)) * hop)


def count_onsets(samples: np.ndarray, rate: float) -> int:
    """Number of onsets in samples (T,), sudden sustained rises of the energy above 70 Hz: 1 for a single note."""
    hop = max(int(COUNT_HOP_SECONDS * rate), 1)
    power = _powers(_high_passed(samples, rate), hop)
    if len(power) < HOPS_BEFORE + HOPS_AFTER:
        return 1
    sums = np.concatenate([[0.0], np.cumsum(np.concatenate([np.zeros(HOPS_BEFORE), power]))])
    hops = np.arange(len(power) - HOPS_AFTER) + HOPS_BEFORE
    before = (sums[hops] - sums[hops - HOPS_BEFORE]) / HOPS_BEFORE
    after = (sums[hops + HOPS_AFTER] - sums[hops]) / HOPS_AFTER
    floor = 10 ** (-MAX_BELOW_PEAK_DB / 10) * after.max(initial=0)
    rise = np.where((after > floor) & (after > 10 ** (MIN_RISE_DB / 10) * before), after - before, 0.0)
    return max(_count_peaks(rise, round(MIN_ONSET_DISTANCE_SECONDS / COUNT_HOP_SECONDS)), 1)


def _high_passed(samples: np.ndarray, rate: float) -> np.ndarray:
    """Samples (T,) above 70 Hz."""
    return np.asarray(sosfilt(butter(2, 70, "high", fs=rate, output="sos"), samples.astype(np.float64)))


def _count_peaks(rise: np.ndarray, distance: int) -> int:
    """Number of positions where a rise is the largest within `distance` on both sides."""
    padded = np.pad(rise, distance)
    maxima = np.lib.stride_tricks.sliding_window_view(padded, 2 * distance + 1).max(axis=1)
    return int(((rise > 0) & (rise == maxima)).sum())


def _first_crossing(samples: np.ndarray, rate: float, near: int) -> int:
    """Sample within 15 ms of `near` where the sound exceeds its level before, minus half a millisecond."""
    radius = int(0.015 * rate)
    low = max(near - radius, 0)
    slope = np.abs(np.diff(samples[low : near + radius], prepend=samples[low]))
    smooth = np.convolve(slope, np.ones(8) / 8, "same")
    level_before = float(np.median(smooth[: max(radius // 3, 1)]))
    threshold = min(max(0.05 * smooth.max(), 4 * level_before), 0.5 * smooth.max())
    above = np.flatnonzero(smooth >= threshold)
    first = low + int(above[0]) if len(above) else near
    return max(first - int(0.0005 * rate), 0)


def _end(samples: np.ndarray, rate: float, onset: int) -> int:
    """End of the note: the first drop of 15 dB within 0.1 s that lasts, else the last sound."""
    hop = int(0.025 * rate)
    audible = np.flatnonzero(np.abs(samples) > 3e-6)
    stop = int(audible[-1]) + 1 if len(audible) else len(samples)
    level = 10 * np.log10(_powers(samples[onset:stop], hop) + 1e-12)
    for block in range(10, len(level) - 6):
        if max(level[block + 4 : block + 24]) < np.median(level[block - 6 : block + 1]) - 15:
            stop = onset + block * hop
            break
    return max(stop - int(FADE_SECONDS * rate), onset + min(4 * hop, stop - onset))


def _noise(note: np.ndarray) -> np.ndarray:
    """Noise density under the note (T,): the low values of its last part, between partials."""
    last = note[-max(len(note) // 2, min(len(note), 2 * NOISE_WINDOW)) :]
    if len(last) < NOISE_WINDOW:
        last = np.pad(last, (0, NOISE_WINDOW - len(last)))
    window = np.hanning(NOISE_WINDOW)
    frames = np.lib.stride_tricks.sliding_window_view(last, NOISE_WINDOW)[:: NOISE_WINDOW // 4]
    power = np.abs(np.fft.rfft(frames * window)) ** 2 / (window**2).sum()
    typical = np.median(power, axis=0) / np.log(2)
    smooth = percentile_filter(typical, 30, 31, mode="nearest") * 1.3
    smooth[:16] = percentile_filter(typical, 50, 5, mode="nearest")[:16]
    return np.asarray(smooth)


def _powers(samples: np.ndarray, hop: int) -> np.ndarray:
    """Mean square of each hop of samples (T,)."""
    whole = samples[: len(samples) // hop * hop].reshape(-1, hop)
    return np.asarray((whole.astype(np.float64) ** 2).mean(axis=1))
