"""Load a recording from a file, and find its faults."""

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
    Raises RecordingError with one line if the file is missing, is no sound, or has nothing in that part.
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


def check(samples: np.ndarray, rate: float) -> list[str]:
    """Faults of samples (C, T) for learning, one sentence each."""
    found = []
    frames = samples.shape[1]
    peak = float(np.abs(samples).max(initial=0.0))
    if frames < MIN_SECONDS * rate:
        found.append(f"The recording is too short: {frames / rate:.2f} s, and at least {MIN_SECONDS:g} s are needed.")
    if peak < 10 ** (SILENCE_PEAK_DBFS / 20):
        return [*found, "The recording is silent."]
    if peak < 10 ** (-40 / 20):
        found.append(f"The recording is very soft: its peak is {_level(peak):.0f} dBFS, -40 or more is better.")
    clipped = _clipped(samples, peak)
    if clipped:
        found.append(f"The recording is clipped: {clipped} times several samples in a row stand at its peak.")
    offset = float(np.abs(samples.mean(axis=1)).max())
    if offset > 0.02 * peak:
        found.append(f"The recording is off centre by {100 * offset / peak:.0f} % of its peak (DC).")
    floor = noise_level(samples, rate)
    if floor > _level(peak) - 30:
        above = _level(peak) - floor
        found.append(
            f"The recording is noisy, or does not die away: its floor is only {above:.0f} dB below its peak."
        )
    return found


def check_usable(samples: np.ndarray, rate: float, path: str | Path) -> list[str]:
    """Faults of samples (C, T) of a file; RecordingError if nothing can be learned from them."""
    found = check(samples, rate)
    if samples.shape[1] < MIN_SECONDS * rate or np.abs(samples).max(initial=0.0) < 10 ** (SILENCE_PEAK_DBFS / 20):
        raise RecordingError(f"{Path(path).name}: {' '.join(found)}")
    return found


def fingerprint(sounds: Iterable[np.ndarray]) -> str:
    """A hash of sounds, their shapes and types: 16 hexadecimal digits."""
    found = hashlib.sha256()
    for sound in sounds:
        found.update(repr((sound.dtype.str, sound.shape)).encode())
        found.update(np.ascontiguousarray(sound).tobytes())
    return found.hexdigest()[:16]


def noise_level(samples: np.ndarray, rate: float) -> float:
    """Level in dBFS of the quietest twentieth of samples (C, T), digital silence left out."""
    step = max(int(0.02 * rate), 1)
    mono = samples.mean(axis=0)
    blocks = mono[: len(mono) // step * step].reshape(-1, step)
    levels = np.sqrt((blocks**2).mean(axis=1))
    audible = levels[levels > 1e-6]
    return _level(float(np.percentile(audible, 5))) if len(audible) else -120.0


def _clipped(samples: np.ndarray, peak: float) -> int:
    """How often three or more samples in a row are at the peak."""
    flat = np.abs(samples) >= peak * (1 - 1e-4)
    runs = flat[:, :-2] & flat[:, 1:-1] & flat[:, 2:]
    return int((runs[:, 1:] & ~runs[:, :-1]).sum() + runs[:, 0].sum()) if runs.size else 0


def _level(amplitude: float) -> float:
    return float(20 * np.log10(max(amplitude, 1e-6)))


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
