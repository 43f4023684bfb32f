"""Recordings: the samples of sound files, and their fingerprints."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from engine.sound_file.reader import RecordingError, read

__all__ = ["MIN_SECONDS", "SILENCE_PEAK_DBFS", "RecordingError", "fingerprint", "load", "load_all", "read"]

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


def load_all(
    parts: Sequence[tuple[str | Path, float, float | None]], rate: float
) -> tuple[list[tuple[str, np.ndarray]], list[str]]:
    """File and samples (N,) of each recording, its channels mixed, and lines for the user; parts: as of `load`.

    Of several those that cannot be read, or are silent, are left out. RecordingError if none is left.
    """
    found: list[tuple[str, np.ndarray]] = []
    lines: list[str] = []
    for path, start, seconds in parts:
        try:
            sound = read(path, rate, start, seconds)
            mono = sound.samples.mean(axis=0)
            if float(np.abs(mono).max()) < 10 ** (SILENCE_PEAK_DBFS / 20):
                raise RecordingError(f"{path}: The recording is silent.")
        except RecordingError as error:
            if len(parts) == 1:
                raise
            lines.append(f"left out: {error}")
            continue
        lines += sound.notices
        found.append((str(path), mono))
    if not found:
        raise RecordingError(f"none of {len(parts)} recordings can be used: {lines[0].removeprefix('left out: ')}")
    return found, lines


def fingerprint(sounds: Iterable[np.ndarray]) -> str:
    """A hash of sounds, their shapes and types: 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for sound in sounds:
        digest.update(repr((sound.dtype.str, sound.shape)).encode())
        digest.update(np.ascontiguousarray(sound).tobytes())
    return digest.hexdigest()[:16]
