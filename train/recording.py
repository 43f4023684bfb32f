"""Recordings: the samples of sound files, and their fingerprints."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from engine.sound_file.reader import RecordingError, read

__all__ = ["MIN_SECONDS", "SILENCE_PEAK_DBFS", "RecordingError", "fingerprint", "load", "read"]

MIN_SECONDS = 0.3
"""Of a recording that can be learned from."""
SILENCE_PEAK_DBFS = -70.0
"""A recording with a lower peak counts as silent."""


def load(
    path: str | Path, rate: float | None = None, start: float = 0.0, seconds: float | None = None
) -> tuple[np.ndarray, int]:
    """Samples (C, T) and rate in Hz of a sound file, as `read` gives them, where its notices were shown before."""
    sound = read(path, rate, start, seconds)
    return sound.samples, sound.rate


def fingerprint(sounds: Iterable[np.ndarray]) -> str:
    """A hash of sounds, their shapes and types: 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for sound in sounds:
        digest.update(repr((sound.dtype.str, sound.shape)).encode())
        digest.update(np.ascontiguousarray(sound).tobytes())
    return digest.hexdigest()[:16]
