"""Reader of sound files: every command and the window read recordings, voices and rooms with it.

It reads in blocks to the true end and believes no length in a header; what it mended is told in one line each.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import av_decoder, file_description, sample_faults, sndfile_decoder
from .sndfile_decoder import MAX_RATE, MIN_RATE, SMALL_BLOCK_FRAMES, Decoded, RecordingError, UnknownFormatError

__all__ = ["MAX_RATE", "MIN_RATE", "RecordingError", "Sound", "check", "read"]

MAX_RESAMPLED_BYTES = 300 << 20  # beyond four times the file


@dataclass(frozen=True)
class Sound:
    """Samples (C, T) float32 and their rate in Hz; notices: what was mended or is missing, a line each."""

    samples: np.ndarray
    rate: int
    notices: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """The length."""
        return self.samples.shape[1] / self.rate


def read(
    path: str | Path, rate: float | None = None, start: float = 0.0, seconds: float | None = None,
    is_mixed: bool = True,
) -> Sound:  # fmt: skip
    """The sound of a file, of a sound format or, where PyAV is installed, of a video.

    rate: resample to this, None keeps the file's own. start, seconds: the part to take. is_mixed: the channels
    will be mixed, so of sides that would cancel out one is taken.
    Raises RecordingError with one line if the file is missing, is not a sound file, or has no samples in that part.
    """
    path = Path(path)
    decoded = _decode(_checked(path), start, seconds)
    samples, notices = np.ascontiguousarray(decoded.samples.T), list(decoded.notices)
    if samples.shape[1] == 0:
        raise RecordingError(f"nothing to hear in {path} from {start:g} s on")
    mended, is_usable = sample_faults.mend_numbers(samples)
    if not is_usable:
        raise RecordingError(f"{path} is damaged: it contains samples that are no numbers")
    if is_mixed:
        samples, opposite = sample_faults.take_one_side(samples)
        mended += [opposite] if opposite else []
    lines = tuple(f"{path.name}: {notice}" for notice in [*notices, *mended])
    return Sound(_resample(path, samples, decoded.rate, rate), round(rate or decoded.rate), lines)


def check(path: str | Path) -> None:
    """Raise RecordingError with one line unless a file begins with sound."""
    _decode(_checked(Path(path)), 0.0, SMALL_BLOCK_FRAMES / MAX_RATE)


def _checked(path: Path) -> Path:
    """RecordingError unless there is a file with something in it."""
    try:
        size = os.path.getsize(path) if path.is_file() else -1
    except OSError as error:
        raise RecordingError(f"{path.name} cannot be read: {error.strerror}") from None
    if path.is_dir():
        raise RecordingError(f"{path} is a folder, with no recording in it that can be read")
    if size < 0:
        raise RecordingError(f"no such recording: {path}")
    if size == 0:
        raise RecordingError(f"not a sound file that can be read: {path} (it is empty)")
    return path


def _decode(path: Path, start: float, seconds: float | None) -> Decoded:
    """Decode a part of a file by libsndfile, or else by PyAV. RecordingError."""
    try:
        return sndfile_decoder.decode(path, start, seconds)
    except OSError as error:
        raise RecordingError(f"{path} cannot be read: {error.strerror or error}") from None
    except UnknownFormatError as error:
        reason = str(error)
    if not av_decoder.is_for_av(path):
        why = file_description.describe(path) or reason
        raise RecordingError(f"not a sound file that can be read: {path} ({why})")
    if not av_decoder.is_installed():
        raise RecordingError(f"{path.name} is in a format that needs PyAV: {av_decoder.conversion_hint(path)}")
    try:
        samples, rate = av_decoder.decode(path, start, seconds)
    except ValueError as error:
        raise RecordingError(f"not a sound file that can be read: {path} ({error})") from None
    return Decoded(samples, sndfile_decoder.checked_rate(path, rate))


def _resample(path: Path, samples: np.ndarray, own: int, rate: float | None) -> np.ndarray:
    """Samples (C, T) at another rate; RecordingError where they would take far more memory than their file."""
    if not rate or rate == own:
        return samples
    import soxr

    if rate > own and samples.nbytes * rate / own > MAX_RESAMPLED_BYTES + 4 * os.path.getsize(path):
        seconds = samples.shape[1] / own
        raise RecordingError(
            f"{path.name} lasts {seconds:.0f} s at {own} Hz, which is too long: take a part, as FILE@START-END"
        )
    return np.ascontiguousarray(soxr.resample(samples.T, own, rate, "VHQ").T, np.float32)
