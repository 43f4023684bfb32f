"""Faults of a transfer that are heard beside its pitch: bursts, holes, and energy that its recording does not have.

Sounds are (T,); a transfer has no latency left against its recording, but for TOLERANCE_SECONDS. Levels are in dB
relative to the loudest moment of the same sound.
"""

import numpy as np
import scipy.ndimage
import scipy.signal

BURST_HZ, BURST_WINDOW_SECONDS, BURST_DB = 9000.0, 0.005, -45.0  # from which frequency and level on it is a burst
MERGE_SECONDS = 0.02  # between two faults, up to which they are one
TOLERANCE_SECONDS = 0.02  # by which a recording may have the same thing earlier or later
HOLE_WINDOW_SECONDS, HOLE_DB = 0.01, 12.0  # of a level; depth of a hole
MIN_HOLE_SECONDS, MAX_HOLE_SECONDS = 0.008, 0.08
SOUNDING_DB, MAX_OWN_FALL_DB = -30.0, 6.0  # down to which a recording sounds; of its own fall where it has no hole
RAIL_SECONDS = 0.06  # before and after a hole, in which the sound must be loud
STEP_SECONDS = 0.001


def find_bursts(output: np.ndarray, output_rate: int, sound: np.ndarray, rate: int) -> np.ndarray:
    """Start and end in seconds (N, 2) of what an output has above BURST_HZ and its recording has not."""
    is_burst = _high_level(output, output_rate) > BURST_DB
    is_own = scipy.ndimage.maximum_filter1d(
        _high_level(sound, rate) > BURST_DB, 2 * round(TOLERANCE_SECONDS / STEP_SECONDS) + 1
    )
    return _runs(is_burst & ~_fitted(is_own, len(is_burst)))


def find_holes(output: np.ndarray, output_rate: int, sound: np.ndarray, rate: int) -> np.ndarray:
    """Start and end in seconds (N, 2) of the short falls of an output by HOLE_DB that its recording has not.

    The recording sounds throughout, and falls by less than MAX_OWN_FALL_DB.
    """
    level = relative_level(output, output_rate, HOLE_WINDOW_SECONDS)
    runs = _runs(level < _rails(level) - HOLE_DB, 0.0)
    seconds = np.diff(runs, axis=1)[:, 0]
    runs = runs[(seconds >= MIN_HOLE_SECONDS) & (seconds <= MAX_HOLE_SECONDS)]
    own = _fitted(relative_level(sound, rate, HOLE_WINDOW_SECONDS), len(level))
    falls = _rails(own) - own
    reach = TOLERANCE_SECONDS / 2
    is_fault = [
        _part(own, start, end).min() > SOUNDING_DB
        and _part(falls, start - reach, end + reach).max() < MAX_OWN_FALL_DB
        for start, end in runs
    ]
    return runs[np.array(is_fault, bool)]


def level_below(sound: np.ndarray, rate: int, hertz: float) -> float:
    """The level in dB of what a sound has below a frequency, relative to all of it."""
    sections = scipy.signal.butter(4, hertz, fs=rate, output="sos")
    power = np.mean(np.square(scipy.signal.sosfiltfilt(sections, sound.astype(np.float64))))
    return 10 * float(np.log10(power / np.mean(np.square(sound.astype(np.float64))) + 1e-12))


def relative_level(sound: np.ndarray, rate: int, window: float, reference: np.ndarray | None = None) -> np.ndarray:
    """The level of a sound over windows of so many seconds, every STEP_SECONDS, relative to the loudest window.

    reference: the sound whose loudest window that is; otherwise the same.
    """
    parts = sound, sound if reference is None else reference
    power, against = (_windowed_power(part, rate, window) for part in parts)
    return 10 * np.log10(power / (against.max() + 1e-20) + 1e-12)


def _high_level(sound: np.ndarray, rate: int) -> np.ndarray:
    """The level above BURST_HZ."""
    sections = scipy.signal.butter(8, BURST_HZ, "highpass", fs=rate, output="sos")
    high = scipy.signal.sosfilt(sections, sound.astype(np.float64))
    return relative_level(high, rate, BURST_WINDOW_SECONDS, sound)


def _windowed_power(sound: np.ndarray, rate: int, window: float) -> np.ndarray:
    """The mean power over windows centred at every STEP_SECONDS."""
    total = np.concatenate(([0.0], np.cumsum(np.square(sound.astype(np.float64)))))
    centre = np.arange(int(len(sound) / rate / STEP_SECONDS)) * STEP_SECONDS * rate
    first, last = (
        np.clip(np.round(centre + side * window * rate / 2).astype(int), 0, len(sound)) for side in (-1, 1)
    )
    return (total[last] - total[first]) / np.maximum(last - first, 1)


def _rails(level: np.ndarray) -> np.ndarray:
    """The smaller of the maxima of a level within RAIL_SECONDS before and after each moment."""
    reach = round(RAIL_SECONDS / STEP_SECONDS)
    before, after = (
        scipy.ndimage.maximum_filter1d(level, reach, origin=side * ((reach - 1) // 2)) for side in (1, -1)
    )
    return np.minimum(before, after)


def _part(values: np.ndarray, start: float, end: float) -> np.ndarray:
    """The values from one time to another in seconds, at least one."""
    first = min(max(round(start / STEP_SECONDS), 0), len(values) - 1)
    return values[first : max(round(end / STEP_SECONDS), first + 1)]


def _fitted(values: np.ndarray, count: int) -> np.ndarray:
    """The values (N,), cut or continued by their last to a count."""
    return np.pad(values[:count], (0, max(count - len(values), 0)), mode="edge")


def _runs(is_fault: np.ndarray, merged: float = MERGE_SECONDS) -> np.ndarray:
    """Start and end in seconds (N, 2) of the runs, those up to some seconds apart as one."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], is_fault.astype(np.int8), [0]))))
    runs = (edges * STEP_SECONDS).reshape(-1, 2)
    if not len(runs):
        return runs
    is_first = np.concatenate(([True], runs[1:, 0] - runs[:-1, 1] > merged))
    is_last = np.concatenate((is_first[1:], [True]))
    return np.stack([runs[is_first, 0], runs[is_last, 1]], axis=1)
