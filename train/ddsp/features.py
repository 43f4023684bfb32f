"""Features of a recording for the decoder: pitch and loudness, every 10 ms.

Both are those of the engine's own tracker, its delay removed, since the decoder receives them when it is played. The
pitch is refined by the partials of the sound; otherwise high partials would be learned off their frequency. SwiftF0,
which is not causal, is the reference: where it is confident and steady and differs, its pitch is used, and the
agreement falls.
"""

from dataclasses import dataclass

import numpy as np
import scipy.signal

from engine.pitch_and_frequency import cents_of
from engine.voice import offline_tracking

MIN_CONFIDENCE = 0.5
"""Of SwiftF0, for a pitch."""
MAX_TRUSTED_HZ = 1900.0
"""Above it SwiftF0 is not reliable."""
AGREEMENT_CENTS = 50.0
"""Difference within which two pitches agree."""
STEADY_FRAMES = 2
"""Frames before and after, over which a steady pitch agrees with itself."""
MIN_TONE_FRAMES = 4
"""Duration of a tone, at least; a shorter one is a transition between two tones."""
PARTIAL_COUNT = 8
"""Partials that refine the pitch."""
WINDOW_SECONDS = 0.03
"""Of each partial."""
PHASE_GAP_SECONDS = 0.005
"""Between the two samples whose phases are compared."""
MAX_CORRECTION = 0.03
"""Share of the pitch that one round may correct."""


@dataclass(frozen=True)
class Features:
    """Frames at j·hop. pitch: (F,) Hz, held where there is none. voiced: (F,) bool. loudness: (F,) dB, A-weighted.

    agreement: share of the frames on which both trackers are within 50 cents, where both find a pitch and SwiftF0's
    is steady.
    """

    pitch: np.ndarray
    voiced: np.ndarray
    loudness: np.ndarray
    agreement: float


def extract_features(samples: np.ndarray, rate: int, hop: int) -> Features:
    """Features of samples (N,) at a rate in Hz, N // hop + 1 frames."""
    live = offline_tracking.track_recording(samples, rate, hop / rate)
    reference, is_confident = _detect_swiftf0(samples, rate, np.arange(len(live.pitch)) * hop / rate)
    pitch, voiced, agreement = check_pitch(live.pitch.astype(np.float64), live.voiced > 0, reference, is_confident)
    pitch, voiced = remove_short_tones(pitch, voiced, live.loudness)
    exact = np.where(voiced, refine_pitch(samples, rate, hop, pitch), pitch)
    return Features(exact, voiced, live.loudness, agreement)


def check_pitch(
    pitch: np.ndarray, voiced: np.ndarray, reference: np.ndarray, is_confident: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Check a pitch (F,) in Hz and where it is voiced by the pitch of SwiftF0 and where that is confident.

    Returns both after the check, the pitch held where there is none; and the agreement.
    """
    steady = is_confident & _steady(reference) & (reference < MAX_TRUSTED_HZ)
    is_near = np.abs(cents_of(np.maximum(pitch, 1) / reference)) < AGREEMENT_CENTS
    both = steady & voiced
    is_replaced = steady & ~is_near
    agreement = float(is_near[both].mean()) if both.any() else 0.0
    return hold_pitch(np.where(is_replaced, reference, pitch), voiced | is_replaced), voiced | is_replaced, agreement


def remove_short_tones(pitch: np.ndarray, voiced: np.ndarray, loudness: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pitch (F,) and where it is voiced, without tones of less than four frames.

    Between two tones the pitch is the first one's until the sound, loudness (F,) in dB, is softest; then the other's.
    """
    notes = np.where(voiced, cents_of(np.maximum(pitch, 1)), -1e6)
    is_stable = voiced.copy()
    for tone in np.split(np.arange(len(pitch)), 1 + np.flatnonzero(np.abs(np.diff(notes)) > 2 * AGREEMENT_CENTS)):
        if len(tone) < MIN_TONE_FRAMES:
            is_stable[tone] = False
    held = hold_pitch(pitch, is_stable)
    changes = np.diff(is_stable.astype(int))
    starts = np.flatnonzero(changes == 1) + 1
    for end in np.flatnonzero(changes == -1) + 1:
        for start in starts[starts > end][:1]:
            softest = end + int(np.argmin(loudness[end:start]))
            held[softest:start] = pitch[start]
    return held, is_stable


def hold_pitch(pitch: np.ndarray, voiced: np.ndarray) -> np.ndarray:
    """Pitch (F,) where it is voiced, else the last one before, or the first of all; 220 Hz where there is none."""
    if not voiced.any():
        return np.full(len(pitch), 220.0)
    last = np.maximum.accumulate(np.where(voiced, np.arange(len(pitch)), -1))
    return pitch[np.where(last < 0, int(np.argmax(voiced)), last)]


def refine_pitch(samples: np.ndarray, rate: int, hop: int, pitch: np.ndarray, rounds: int = 2) -> np.ndarray:
    """Refine a pitch (F,) in Hz at j·hop of samples (N,) by the phases of its partials, at most 3 % a round.

    Each of the lowest partials is shifted to 0 Hz by the known pitch; the frequency that is left is the error of the
    pitch. Partials are weighted by energy and by their number squared: a high one is more exact.
    """
    positions = np.arange(len(samples))
    frequency = np.interp(positions, np.arange(len(pitch)) * hop, pitch)
    for _ in range(rounds):
        deviation = _deviation(samples, rate, frequency)
        frequency = frequency + np.clip(deviation, -MAX_CORRECTION * frequency, MAX_CORRECTION * frequency)
    return frequency[np.minimum(np.arange(len(pitch)) * hop, len(samples) - 1)]


def _steady(pitch: np.ndarray) -> np.ndarray:
    """Where a pitch (F,) is within 50 cents of what it was two frames before and will be two frames later."""
    notes = np.pad(cents_of(pitch), STEADY_FRAMES, mode="edge")
    middle = notes[STEADY_FRAMES:-STEADY_FRAMES]
    before, after = np.abs(notes[: -2 * STEADY_FRAMES] - middle), np.abs(notes[2 * STEADY_FRAMES :] - middle)
    return (after < AGREEMENT_CENTS) & (before < AGREEMENT_CENTS)


def _detect_swiftf0(samples: np.ndarray, rate: int, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pitch in Hz by SwiftF0, held where there is none, and where it is confident, at times in s."""
    from swift_f0 import SwiftF0

    detected = SwiftF0(threads=1).detect(samples.astype(np.float32), rate)
    steady = np.log2(hold_pitch(detected.pitch_hz, detected.confidence > MIN_CONFIDENCE))
    is_confident = np.interp(times, detected.timestamps, detected.confidence) > MIN_CONFIDENCE
    return hold_pitch(2 ** np.interp(times, detected.timestamps, steady), is_confident), is_confident


def _deviation(samples: np.ndarray, rate: int, frequency: np.ndarray) -> np.ndarray:
    """Error in Hz (N,) of a frequency (N,) of the fundamental."""
    window = np.hanning(int(WINDOW_SECONDS * rate) | 1)
    half = max(int(PHASE_GAP_SECONDS * rate / 2), 1)
    phase = 2j * np.pi * np.cumsum(frequency) / rate
    total, weight = np.zeros(len(samples)), np.full(len(samples), 1e-12)
    for k in range(1, PARTIAL_COUNT + 1):
        slow = scipy.signal.fftconvolve(samples * np.exp(-k * phase), window, "same")
        rotation = np.zeros(len(samples), complex)
        rotation[half:-half] = slow[2 * half :] * np.conj(slow[: -2 * half])
        strength = k * k * np.abs(rotation) * (k * frequency < 0.48 * rate)
        total += strength * np.angle(rotation) / k
        weight += strength
    return total / weight * rate / (4 * np.pi * half)
