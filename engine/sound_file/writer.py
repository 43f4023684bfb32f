"""Writer of sound files, whole or not at all."""

import contextlib
import os
from collections.abc import Callable, Iterator
from functools import partial
from os import PathLike
from pathlib import Path

import numpy as np

from engine.atomic_write import DiskFullError, atomic_path, is_full

from .wav_layout import MAX_RIFF_BYTES
from .wav_writer import WavWriter

FORMATS = {".wav": "WAV", ".flac": "FLAC"}


@contextlib.contextmanager
def sound_writer(
    path: str | PathLike[str], rate: float, float32: bool = False, max_riff_bytes: int = MAX_RIFF_BYTES
) -> Iterator[Callable[[np.ndarray], None]]:
    """Give a function that appends audio (2, T); the file appears at the end.

    24 bit, or 32-bit float where the format has it. max_riff_bytes: size from which on a WAV file is RF64. Raises
    ValueError for a suffix or a rate that cannot be written, OSError for a folder that cannot and for a full disk.
    """
    path = Path(path)
    kind = _check(path, rate, float32)
    with contextlib.ExitStack() as stack:
        try:
            draft = stack.enter_context(atomic_path(path))
        except DiskFullError:
            raise
        except OSError as error:
            raise OSError(f"{path} cannot be written: {error.strerror or error}") from None
        if kind == "WAV":
            file = stack.enter_context(contextlib.closing(WavWriter(draft, round(rate), float32, max_riff_bytes)))
            yield partial(_write, file, path)
        else:
            yield stack.enter_context(_flac_writer(draft, path, round(rate)))


@contextlib.contextmanager
def live_sound_writer(
    path: str | PathLike[str], rate: float, float32: bool = False
) -> Iterator[Callable[[np.ndarray], None]]:
    """As `sound_writer`, but the file, a new WAV file, is there from the beginning and grows.

    If the program is killed, it can be read up to its last second.
    """
    path = Path(path)
    if _check(path, rate, float32) != "WAV":
        raise ValueError(f"{path.name}: only .wav can be written while it is played")
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        file = WavWriter(path, round(rate), float32)
    except FileExistsError:
        raise
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        if is_full(error):
            raise DiskFullError(path) from error
        raise OSError(f"{path} cannot be written: {error.strerror or error}") from None
    with contextlib.closing(file):
        yield partial(_write, file, path)


def _check(path: Path, rate: float, float32: bool) -> str:
    """The format of a file; ValueError or FileNotFoundError if it cannot be written."""
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise ValueError(f"{path}: the ending must be {' or '.join(FORMATS)}")
    if float32 and kind != "WAV":
        raise ValueError(f"{path.name}: only .wav can hold 32-bit float")
    if rate != round(rate):
        raise ValueError(f"a sound file needs a whole number of Hz, not {rate}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {str(path.parent)!r} to write {path.name} to")
    return kind


def _write(file: WavWriter, path: Path, audio: np.ndarray) -> None:
    """Append audio (2, T) to a file that will be at a path."""
    try:
        file.write(audio)
    except OSError as error:
        raise DiskFullError(path, error.errno or 0) if is_full(error) else error from None


def write_sound(path: str | PathLike[str], samples: np.ndarray, rate: int) -> None:
    """Write samples (C, T) to a WAV file of 24 bits, whole or not at all. OSError, DiskFullError where it is full."""
    with atomic_path(path) as draft, contextlib.closing(WavWriter(draft, rate, channels=len(samples))) as file:
        _write(file, Path(path), samples)


@contextlib.contextmanager
def _flac_writer(draft: Path, path: Path, rate: int) -> Iterator[Callable[[np.ndarray], None]]:
    """Give a function that appends audio (2, T) to a FLAC file of 24 bit. DiskFullError, the only one it can have."""
    import soundfile

    try:
        with soundfile.SoundFile(draft, "w", rate, 2, "PCM_24", format="FLAC") as file:
            yield lambda audio: file.write(audio.T)
    except (soundfile.SoundFileError, AssertionError):  # soundfile asserts that all is written
        raise DiskFullError(path) from None
