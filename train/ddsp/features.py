"""What the decoder hears of a recording: pitch and loudness, every 10 ms.

Loudness comes from the engine's own kernel. So might the pitch; but the live tracker cannot look ahead, and a sound
that is learned at a pitch a few cents off is learned without its high partials. So SwiftF0, which looks ahead, says
where the pitch is, the engine's tracker what lies above its range, and the partials of the sound make it exact.
How far the two trackers agree is measured.
"""

from dataclasses import dataclass

import numpy as np

from engine import listening

from . import tuning

SURE = 0.5
"""Confidence from which SwiftF0 has heard a pitch."""
HIGHEST = 1900.0
"""Hz up to which SwiftF0 can be trusted to hear what is there."""
NEAR = 50.0
"""Cents within which two pitches agree."""
STILL = 2
"""Frames before and after, over which a pitch that agrees with itself is steady."""


@dataclass(frozen=True)
class Features:
    """Frames at j·hop. pitch: (F,) Hz, held where there is none. voiced: (F,) bool. loudness: (F,) dB, A-weighted.

    agreement: share of the frames on which both trackers are within 50 cents, where SwiftF0 hears a steady pitch.
    """

    pitch: np.ndarray
    voiced: np.ndarray
    loudness: np.ndarray
    agreement: float


def follow(samples: np.ndarray, rate: int, hop: int) -> Features:
    """Features of samples (N,) at a rate in Hz, N // hop + 1 frames."""
    live = listening.follow(samples, rate, hop / rate)
    frames = len(live.pitch)
    ahead, confidence = _swift(samples, rate, np.arange(frames) * hop / rate)
    sure, heard = confidence > SURE, live.voiced > 0
    both = sure & heard & _steady(ahead)
    cents = 1200 * np.abs(np.log2(np.maximum(live.pitch[both], 1) / ahead[both]))
    voiced = sure | (heard & (live.pitch > HIGHEST))
    pitch = held(np.where(sure, ahead, live.pitch).astype(np.float64), voiced)
    exact = np.where(voiced, tuning.exact(samples, rate, hop, pitch), pitch)
    return Features(exact, voiced, live.loudness, float((cents < NEAR).mean()) if both.any() else 0.0)


def held(pitch: np.ndarray, voiced: np.ndarray) -> np.ndarray:
    """Pitch (F,) where it is voiced, else the last one before, or the first of all; 220 Hz where there is none."""
    if not voiced.any():
        return np.full(len(pitch), 220.0)
    last = np.maximum.accumulate(np.where(voiced, np.arange(len(pitch)), -1))
    return pitch[np.where(last < 0, int(np.argmax(voiced)), last)]


def _steady(pitch: np.ndarray) -> np.ndarray:
    """Where a pitch (F,) is within 50 cents of what it was two frames before and will be two frames later."""
    notes = np.pad(1200 * np.log2(pitch), STILL, mode="edge")
    middle = notes[STILL:-STILL]
    return (np.abs(notes[2 * STILL :] - middle) < NEAR) & (np.abs(notes[: -2 * STILL] - middle) < NEAR)


def _swift(samples: np.ndarray, rate: int, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pitch in Hz, held where there is none, and confidence, as SwiftF0 has them at times in s."""
    from swift_f0 import SwiftF0

    heard = SwiftF0(threads=1).detect(samples.astype(np.float32), rate)
    steady = np.log2(held(heard.pitch_hz, heard.confidence > SURE))
    confidence = np.interp(times, heard.timestamps, heard.confidence)
    sure = confidence > SURE
    return held(2 ** np.interp(times, heard.timestamps, steady), sure), confidence
