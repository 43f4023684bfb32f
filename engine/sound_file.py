"""Sound files: written whole or not at all."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from os import PathLike
from pathlib import Path

import numpy as np

FORMATS = {".wav": "WAV", ".flac": "FLAC"}


@contextlib.contextmanager
def writing(path: str | PathLike[str], rate: float, float32: bool = False) -> Iterator[Callable[[np.ndarray], None]]:
    """Give a function that appends audio (2, T); the file appears when all is written.

    24 bit, or 32-bit float where the format has it. Raises ValueError for an ending or a rate that cannot be
    written, OSError when the folder cannot.
    """
    import soundfile

    path = Path(path)
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise ValueError(f"{path}: the ending must be {' or '.join(FORMATS)}")
    if float32 and kind != "WAV":
        raise ValueError(f"{path.name}: only .wav can hold 32-bit float")
    if rate != round(rate):
        raise ValueError(f"a sound file needs a whole number of Hz, not {rate}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {str(path.parent)!r} to write {path.name} to")
    try:
        handle, part = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".part", dir=path.parent)
    except OSError as error:
        raise OSError(f"{path} cannot be written: {error.strerror or error}") from None
    os.close(handle)
    try:
        subtype = "FLOAT" if float32 else "PCM_24"
        with soundfile.SoundFile(part, "w", round(rate), 2, subtype, format=kind) as file:
            yield lambda audio: file.write(audio.T)
        os.chmod(part, 0o666 & ~_umask())
        os.replace(part, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part)


def _umask() -> int:
    """What new files may not allow; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
