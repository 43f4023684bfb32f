"""The curves of a recording, as the live tracker hears them: pitch, voice or none, loudness."""

from dataclasses import dataclass

import numpy as np
from numba import njit

from .tracker import hear, new_ear
from .tracker.record import HIGHEST, LOWEST

RATE = 48_000.0  # Hz at which every recording is heard
LAG = 0.006  # seconds that a pitch is late: the low pass, and half of what it is measured over


@dataclass(frozen=True)
class Followed:
    """Frames (F,) at t = j · hop: pitch in Hz (the last one where none is voiced), voiced 0 or 1, loudness in dB."""

    pitch: np.ndarray
    voiced: np.ndarray
    loudness: np.ndarray


def follow(
    samples: np.ndarray,
    rate: float,
    hop_seconds: float = 0.01,
    low: float = LOWEST,
    high: float = HIGHEST,
    gate: float = -60.0,
) -> Followed:
    """Follow samples (N,) at a rate in Hz: F = N / (rate · hop) + 1 frames, the tracker's delays taken off.

    low, high: Hz, where a pitch is looked for. gate: dB below which nothing is voiced.
    """
    sound = np.asarray(samples, np.float32)
    frames = int(len(sound) / (rate * hop_seconds)) + 1
    if rate != RATE:
        import soxr

        sound = soxr.resample(sound, rate, RATE).astype(np.float32)
    ear = new_ear(RATE, low, high, gate)
    hop = int(ear["hop"][0])
    looks = -(-len(sound) // hop) + round(0.1 * RATE / hop)
    rows = np.zeros((3, looks))
    _looks(ear[0], np.concatenate((sound, np.zeros(looks * hop - len(sound), np.float32))), rows)
    pitch, voiced, loudness = rows
    heard = (np.arange(looks) + 1) * hop / RATE
    time = np.arange(frames) * hop_seconds
    nearest = np.clip(np.searchsorted(heard - LAG, time), 0, looks - 1)
    return Followed(
        pitch[nearest].astype(np.float32),
        voiced[nearest].astype(np.float32),
        np.interp(time, heard - float(ear["loudness_delay"][0]), loudness).astype(np.float32),
    )


@njit(cache=True, error_model="numpy")
def _looks(ear, sound, rows):
    """Pitch, voice and loudness at every look: rows (3, T)."""
    at = 0
    for t in range(rows.shape[1]):
        at += hear(ear, sound[at:])
        rows[0, t], rows[1, t], rows[2, t] = ear.pitch, ear.voiced, ear.loudness
