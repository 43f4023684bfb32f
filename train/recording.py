"""Recordings: the samples of sound files, and their fingerprints."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import soundfile
import soxr

MIN_SECONDS = 0.3
"""Of a recording that can be learned from."""
SILENCE_PEAK_DBFS = -70.0
"""A recording with a lower peak counts as silent."""


class RecordingError(ValueError):
    """A file that cannot be used; the text is one line for the user."""


def load(
    path: str | Path, rate: float | None = None, start: float = 0.0, seconds: float | None = None
) -> tuple[np.ndarray, int]:
    """Samples (C, T) float32 of a sound file and their rate in Hz.

    rate: resample to this, None keeps the file's own. start, seconds: the part to take.
    Raises RecordingError with one line if the file is missing, is not a sound file, or has no samples in that part.
    """
    path = Path(path)
    if not path.is_file():
        raise RecordingError(f"no such recording: {path}")
    try:
        with soundfile.SoundFile(path) as file:
            own = file.samplerate
            file.seek(min(int(start * own), file.frames))
            samples = file.read(-1 if seconds is None else round(seconds * own), dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise RecordingError(f"not a sound file that can be read: {path} ({_first_line(error)})") from None
    if len(samples) == 0:
        raise RecordingError(f"nothing to hear in {path} from {start:g} s on")
    if not np.isfinite(samples).all():
        raise RecordingError(f"{path} contains samples that are no numbers")
    if rate and rate != own:
        samples = soxr.resample(samples, own, rate, "VHQ")
    return np.ascontiguousarray(samples.T, np.float32), int(rate or own)


def fingerprint(sounds: Iterable[np.ndarray]) -> str:
    """A hash of sounds, their shapes and types: 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for sound in sounds:
        digest.update(repr((sound.dtype.str, sound.shape)).encode())
        digest.update(np.ascontiguousarray(sound).tobytes())
    return digest.hexdigest()[:16]


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
