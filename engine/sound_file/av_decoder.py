"""Decoder of m4a, aac and video files through PyAV, which is optional (extra `av`)."""

import shlex
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from .suffixes import AV_SUFFIXES

_MAGICS = (
    (4, b"ftyp"), (0, b"\x1aE\xdf\xa3"), (0, b"\xff\xf1"), (0, b"\xff\xf9"), (0, b"0&\xb2u"), (0, b"#!AMR"),
    (0, b"FLV"), (8, b"AVI "), (0, b"\0\0\1\xba"), (0, b"\x0bw"), (0, b"wvpk"), (0, b"MAC "), (0, b"DSD "),
    (4, b"moov"), (4, b"mdat"), (4, b"wide"), (4, b"free"),
)  # fmt: skip
"""Offsets and bytes that such files have there."""


def is_for_av(path: Path) -> bool:
    """Whether a file that libsndfile refuses is one of those that PyAV reads."""
    with path.open("rb") as file:
        head = file.read(16)
    return path.suffix.lower() in AV_SUFFIXES or any(head[at:].startswith(magic) for at, magic in _MAGICS)


def is_installed() -> bool:
    """Whether PyAV is there."""
    try:
        return find_spec("av") is not None
    except ValueError:  # it was imported as nothing
        return False


def conversion_hint(path: Path) -> str:
    """What to do where PyAV is not installed."""
    command = f"ffmpeg -i {shlex.quote(str(path))} {shlex.quote(path.stem + '.wav')}"
    return f"pip install 'luthier[av]' reads such files, or convert it first: {command}"


def decode(path: Path, start: float = 0.0, seconds: float | None = None) -> tuple[np.ndarray, int]:
    """Samples (T, C) float32 of the first sound in a file, and their rate in Hz; ValueError in one line.

    start, seconds: the part to take. What comes before damage is kept.
    """
    import av

    blocks: list[np.ndarray] = []
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise ValueError("it has no sound")
            stream = container.streams.audio[0]
            rate = int(stream.rate or stream.codec_context.sample_rate)
            first, wanted = int(start * rate), None if seconds is None else round(seconds * rate)
            resampler, frames = av.AudioResampler(format="fltp"), 0
            for packet in container.decode(stream):
                for frame in resampler.resample(packet):
                    blocks.append(frame.to_ndarray())
                    frames += frame.samples
                if wanted is not None and frames >= first + wanted:
                    break
    except av.FFmpegError as error:
        if not blocks:
            raise ValueError(str(error.strerror or error).splitlines()[0]) from None
    sound = np.concatenate(blocks, axis=1) if blocks else np.zeros((1, 0), np.float32)
    return np.ascontiguousarray(sound[:, first : None if wanted is None else first + wanted].T), rate
