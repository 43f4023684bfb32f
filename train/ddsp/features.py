"""What the decoder hears of a recording: pitch and loudness, every 10 ms.

Both are what the engine's own tracker says, its delay taken off: what is learned is what will be played. The partials
of the sound make the pitch exact, or high partials would be learned off their place. SwiftF0, which looks ahead, is
the check: where it is sure and steady and hears another pitch, that is taken, and it counts against the agreement.
"""

from dataclasses import dataclass

import numpy as np

from engine.voice import offline_tracking

from . import refine_pitch

SURE = 0.5
"""Confidence from which SwiftF0 has heard a pitch."""
HIGHEST = 1900.0
"""Hz up to which SwiftF0 can be trusted to hear what is there."""
NEAR = 50.0
"""Cents within which two pitches agree."""
STILL = 2
"""Frames before and after, over which a pitch that agrees with itself is steady."""
BRIEF = 4
"""Frames from which a pitch is a tone; a shorter one is what two tones have in common."""


@dataclass(frozen=True)
class Features:
    """Frames at j·hop. pitch: (F,) Hz, held where there is none. voiced: (F,) bool. loudness: (F,) dB, A-weighted.

    agreement: share of the frames on which both trackers are within 50 cents, where both hear a pitch and SwiftF0's
    is steady.
    """

    pitch: np.ndarray
    voiced: np.ndarray
    loudness: np.ndarray
    agreement: float


def follow(samples: np.ndarray, rate: int, hop: int) -> Features:
    """Features of samples (N,) at a rate in Hz, N // hop + 1 frames."""
    live = offline_tracking.follow(samples, rate, hop / rate)
    ahead, sure = _swift(samples, rate, np.arange(len(live.pitch)) * hop / rate)
    pitch, voiced, agreement = checked(live.pitch.astype(np.float64), live.voiced > 0, ahead, sure)
    pitch, voiced = bridged(pitch, voiced, live.loudness)
    exact = np.where(voiced, refine_pitch.exact(samples, rate, hop, pitch), pitch)
    return Features(exact, voiced, live.loudness, agreement)


def checked(
    pitch: np.ndarray, voiced: np.ndarray, ahead: np.ndarray, sure: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Pitch (F,) in Hz and where it is voiced, beside what SwiftF0 heard and where it was sure.

    Both as they are after the check, the pitch held where there is none; and the agreement.
    """
    steady = sure & _steady(ahead) & (ahead < HIGHEST)
    near = np.abs(1200 * np.log2(np.maximum(pitch, 1) / ahead)) < NEAR
    both = steady & voiced
    taken = steady & ~near
    agreement = float(near[both].mean()) if both.any() else 0.0
    return held(np.where(taken, ahead, pitch), voiced | taken), voiced | taken, agreement


def bridged(pitch: np.ndarray, voiced: np.ndarray, loudness: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pitch (F,) and where it is voiced, with tones of less than four frames taken out.

    Between two tones the pitch is the first one's until the sound, loudness (F,) in dB, is softest; then the other's.
    """
    notes = np.where(voiced, 1200 * np.log2(np.maximum(pitch, 1)), -1e6)
    lasting = voiced.copy()
    for tone in np.split(np.arange(len(pitch)), 1 + np.flatnonzero(np.abs(np.diff(notes)) > 2 * NEAR)):
        if len(tone) < BRIEF:
            lasting[tone] = False
    whole = held(pitch, lasting)
    changes = np.diff(lasting.astype(int))
    starts = np.flatnonzero(changes == 1) + 1
    for end in np.flatnonzero(changes == -1) + 1:
        for start in starts[starts > end][:1]:
            softest = end + int(np.argmin(loudness[end:start]))
            whole[softest:start] = pitch[start]
    return whole, lasting


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
    """Pitch in Hz, held where there is none, and where it is sure of it, as SwiftF0 has them at times in s."""
    from swift_f0 import SwiftF0

    heard = SwiftF0(threads=1).detect(samples.astype(np.float32), rate)
    steady = np.log2(held(heard.pitch_hz, heard.confidence > SURE))
    sure = np.interp(times, heard.timestamps, heard.confidence) > SURE
    return held(2 ** np.interp(times, heard.timestamps, steady), sure), sure
