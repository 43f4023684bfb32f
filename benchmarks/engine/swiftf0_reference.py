"""Reference pitch by SwiftF0, restricted to reliable moments, and its agreement with another pitch curve."""

from dataclasses import dataclass

import numpy as np

from engine.pitch_and_frequency import cents_of

MIN_CONFIDENCE = 0.5  # confidence of SwiftF0 above which a moment is voiced
AGREEMENT_SECONDS = 0.02  # before and after, within which a reliable pitch must agree with itself
MAX_CENTS, OCTAVE_CENTS = 50.0, 100.0  # cents from a pitch, from its octave
LAG_SECONDS = np.arange(0.0, 0.0301, 0.001)  # candidates, in seconds


@dataclass(frozen=True)
class PitchCurve:
    """Pitch (N,) in Hz at times (N,) in s, and whether each is voiced."""

    time: np.ndarray
    pitch: np.ndarray
    voiced: np.ndarray

    def at(self, time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pitch and voicing (M,) at the nearest of its times."""
        indices = np.clip(np.searchsorted(self.time, time), 1, len(self.time) - 1)
        indices -= time - self.time[indices - 1] < self.time[indices] - time
        return self.pitch[indices], self.voiced[indices]


@dataclass(frozen=True)
class Agreement:
    """Comparison of two curves where both are voiced: time in s, and cents by which the second is higher.

    lag: seconds by which the second was shifted. missed: share of the first one's moments without the second.
    """

    time: np.ndarray
    cents: np.ndarray
    lag: float
    missed: float

    @property
    def within_50_cents(self) -> float:
        """Percentage of moments within 50 cents."""
        return 100 * float((np.abs(self.cents) < MAX_CENTS).mean())

    @property
    def median_cents(self) -> float:
        """Median deviation in cents."""
        return float(np.median(np.abs(self.cents)))

    @property
    def longest_octave_error(self) -> float:
        """Duration in seconds of the longest octave error."""
        max_duration, start = 0.0, None
        for time, is_error in zip(self.time, self._is_octave_error(), strict=True):
            start = (time if start is None else start) if is_error else None
            max_duration = max_duration if start is None else max(max_duration, time - start)
        return max_duration

    def _is_octave_error(self) -> np.ndarray:
        return np.abs(np.abs(self.cents) - 1200) < OCTAVE_CENTS


def detect_swiftf0(sound: np.ndarray, rate: int) -> PitchCurve:
    """Pitch by SwiftF0; voiced where it is confident."""
    from swift_f0 import SwiftF0

    detected = SwiftF0(threads=1).detect(sound.astype(np.float32), rate)
    return PitchCurve(detected.timestamps, detected.pitch_hz, detected.confidence > MIN_CONFIDENCE)


def reliable_part(curve: PitchCurve) -> PitchCurve:
    """The part of a curve that agrees with itself 20 ms earlier and later."""
    cents = cents_of(np.maximum(curve.pitch, 1))
    steps = max(round(AGREEMENT_SECONDS / float(np.median(np.diff(curve.time)))), 1)
    is_reliable = curve.voiced.copy()
    is_reliable[:steps] = is_reliable[-steps:] = False
    inner = slice(steps, -steps)
    for shifted in (slice(None, -2 * steps), slice(2 * steps, None)):
        expected = np.interp(
            curve.time[inner] + (AGREEMENT_SECONDS if shifted.start else -AGREEMENT_SECONDS), curve.time, cents
        )
        is_reliable[inner] &= curve.voiced[shifted] & (np.abs(expected - cents[inner]) < MAX_CENTS)
    return PitchCurve(curve.time[is_reliable], curve.pitch[is_reliable], np.ones(int(is_reliable.sum()), bool))


def compare(
    known: PitchCurve, other: PitchCurve, semitones: float = 0.0, lags: np.ndarray = LAG_SECONDS
) -> Agreement:
    """Compare a curve with a known one, minus a transposition in semitones, at the best of some lags in s."""
    return max(
        (_compare_at(known, other, semitones, float(lag)) for lag in lags),
        key=lambda agreement: (agreement.within_50_cents, -agreement.lag),
    )


def _compare_at(known: PitchCurve, other: PitchCurve, semitones: float, lag: float) -> Agreement:
    pitch, voiced = other.at(known.time + lag)
    is_common = voiced & (pitch > 0)
    cents = cents_of(pitch[is_common] / known.pitch[is_common]) - 100 * semitones
    return Agreement(known.time[is_common], cents, lag, 1 - float(is_common.mean()))
