"""What SwiftF0 is sure of in a sound, and how near to it another pitch is."""

from dataclasses import dataclass

import numpy as np

CONFIDENT = 0.5
STILL = 0.02  # seconds before and after, in which a pitch that agrees with itself is sure
NEAR, OCTAVE = 50.0, 100.0  # cents from a pitch, from its octave
LAGS = np.arange(0.0, 0.0301, 0.001)  # seconds, of which one may be taken off


@dataclass(frozen=True)
class PitchCurve:
    """Pitch (N,) in Hz at times (N,) in s, and whether there is one."""

    time: np.ndarray
    pitch: np.ndarray
    voiced: np.ndarray

    def at(self, time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pitch and whether there is one, (M,), at the nearest of its times."""
        places = np.clip(np.searchsorted(self.time, time), 1, len(self.time) - 1)
        places -= time - self.time[places - 1] < self.time[places] - time
        return self.pitch[places], self.voiced[places]


@dataclass(frozen=True)
class Agreement:
    """Of the moments where both have a pitch: time in s, and cents by which the second is higher.

    lag: seconds that were taken off the second. missed: share of the first one's moments where it has none.
    """

    time: np.ndarray
    cents: np.ndarray
    lag: float
    missed: float

    @property
    def near(self) -> float:
        """Percent of the moments within 50 cents."""
        return 100 * float((np.abs(self.cents) < NEAR).mean())

    @property
    def median(self) -> float:
        """Cents."""
        return float(np.median(np.abs(self.cents)))

    @property
    def octaves(self) -> float:
        """Percent of the moments an octave away."""
        return 100 * float(self._jumped().mean())

    @property
    def longest_jump(self) -> float:
        """Seconds for which it stays an octave away, at most."""
        longest, began = 0.0, None
        for time, away in zip(self.time, self._jumped(), strict=True):
            began = (time if began is None else began) if away else None
            longest = longest if began is None else max(longest, time - began)
        return longest

    def _jumped(self) -> np.ndarray:
        return np.abs(np.abs(self.cents) - 1200) < OCTAVE


def detect_swiftf0(sound: np.ndarray, rate: int) -> PitchCurve:
    """The pitch that SwiftF0 hears; voiced where it is confident."""
    from swift_f0 import SwiftF0

    heard = SwiftF0(threads=1).detect(sound.astype(np.float32), rate)
    return PitchCurve(heard.timestamps, heard.pitch_hz, heard.confidence > CONFIDENT)


def reliable_part(curve: PitchCurve) -> PitchCurve:
    """The part of a curve that agrees with itself 20 ms earlier and later."""
    notes = 1200 * np.log2(np.maximum(curve.pitch, 1))
    apart = max(round(STILL / float(np.median(np.diff(curve.time)))), 1)
    good = curve.voiced.copy()
    good[:apart] = good[-apart:] = False
    inner = slice(apart, -apart)
    for beside in (slice(None, -2 * apart), slice(2 * apart, None)):
        at = np.interp(curve.time[inner] + (STILL if beside.start else -STILL), curve.time, notes)
        good[inner] &= curve.voiced[beside] & (np.abs(at - notes[inner]) < NEAR)
    return PitchCurve(curve.time[good], curve.pitch[good], np.ones(int(good.sum()), bool))


def compare(known: PitchCurve, other: PitchCurve, semitones: float = 0.0, lags: np.ndarray = LAGS) -> Agreement:
    """How near a curve is to a known one, with so many semitones and the best of some lags in s taken off."""
    return max((_at(known, other, semitones, float(lag)) for lag in lags), key=lambda found: (found.near, -found.lag))


def _at(known: PitchCurve, other: PitchCurve, semitones: float, lag: float) -> Agreement:
    pitch, voiced = other.at(known.time + lag)
    both = voiced & (pitch > 0)
    cents = 1200 * np.log2(pitch[both] / known.pitch[both]) - 100 * semitones
    return Agreement(known.time[both], cents, lag, 1 - float(both.mean()))
