"""Writer of sound files, whole or not at all."""

import contextlib
from collections.abc import Callable, Iterator
from os import PathLike
from pathlib import Path

import numpy as np

from engine.atomic_write import atomic_path

FORMATS = {".wav": "WAV", ".flac": "FLAC"}


@contextlib.contextmanager
def sound_writer(
    path: str | PathLike[str], rate: float, float32: bool = False
) -> Iterator[Callable[[np.ndarray], None]]:
    """Give a function that appends audio (2, T); the file appears at the end.

    24 bit, or 32-bit float where the format has it. Raises ValueError for a suffix or a rate that cannot be written,
    OSError for a folder that cannot.
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
    with contextlib.ExitStack() as stack:
        try:
            draft = stack.enter_context(atomic_path(path))
        except OSError as error:
            raise OSError(f"{path} cannot be written: {error.strerror or error}") from None
        subtype = "FLOAT" if float32 else "PCM_24"
        with soundfile.SoundFile(draft, "w", round(rate), 2, subtype, format=kind) as file:
            yield lambda audio: file.write(audio.T)
