"""The curves of a recording, as the live tracker hears them: pitch, voice or none, loudness."""

from dataclasses import dataclass

import numpy as np
from numba import njit

from engine.voice.pitch_tracker import hear, lateness, new_ear
from engine.voice.pitch_tracker.state import HIGHEST, LOWEST

RATE = 48_000.0  # Hz at which every recording is heard
GATE = -60.0  # dB
TAIL = 0.1  # seconds of silence after a recording, in which its end is heard


@dataclass(frozen=True)
class Followed:
    """Frames (F,) at t = j · hop: pitch in Hz, voiced 0 or 1, loudness in dB.

    Where nothing is voiced the pitch is the last one, at the beginning the first one, and 0 if there is none at all.
    """

    pitch: np.ndarray
    voiced: np.ndarray
    loudness: np.ndarray


def follow(
    samples: np.ndarray,
    rate: float,
    hop_seconds: float = 0.01,
    low: float = LOWEST,
    high: float = HIGHEST,
    gate: float = GATE,
) -> Followed:
    """Follow samples (N,) at a rate in Hz: F = N / (rate · hop) + 1 frames, the tracker's delays taken off.

    low, high: Hz, where a pitch is looked for. gate: dB below which nothing is voiced.
    """
    time = np.arange(int(len(samples) / (rate * hop_seconds) + 1e-9) + 1) * hop_seconds
    heard, loudness_delay, rows = looks(samples, rate, low, high, gate)
    pitch, voiced, late, loudness = rows
    first = int(np.argmax(voiced))
    pitch[:first] = pitch[first]
    at = np.clip(np.searchsorted(np.maximum.accumulate(heard - late), time), 0, len(heard) - 1)
    level = np.interp(time, heard - loudness_delay, loudness)
    return Followed(pitch[at].astype(np.float32), voiced[at].astype(np.float32), level.astype(np.float32))


def looks(
    samples: np.ndarray, rate: float, low: float = LOWEST, high: float = HIGHEST, gate: float = GATE
) -> tuple[np.ndarray, float, np.ndarray]:
    """All that the tracker says, look by look.

    When it says it, in seconds (T,); by how many seconds the loudness is late; and the rows (4, T): pitch in Hz,
    voiced, by how many seconds the pitch is late, loudness in dB.
    """
    sound = np.asarray(samples, np.float32)
    if rate != RATE:
        import soxr

        sound = soxr.resample(sound, rate, RATE).astype(np.float32)
    ear = new_ear(RATE, low, high, gate)
    hop = int(ear["hop"][0])
    count = -(-(len(sound) + round(TAIL * RATE)) // hop)
    rows = np.zeros((4, count))
    _follow(ear[0], np.concatenate((sound, np.zeros(count * hop - len(sound), np.float32))), rows)
    return (np.arange(count) + 1) * hop / RATE, float(ear["loudness_delay"][0]), rows


@njit(cache=True, error_model="numpy")
def _follow(ear, sound, rows):
    at = 0
    for t in range(rows.shape[1]):
        at += hear(ear, sound[at:])
        rows[0, t], rows[1, t], rows[2, t], rows[3, t] = ear.pitch, ear.voiced, lateness(ear), ear.loudness
