"""What libsndfile is given to read of a file: the file itself, or its sound behind a header that is true.

Recorders that crashed leave lengths of 0, streams unknown ones, editors wrong ones, and some programs put tags or
other bytes before the first one that counts.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import mp3_frames, wav_layout
from .byte_window import ByteWindow

SEARCH_BYTES = 1 << 16  # for the beginning of a sound file in a file that begins otherwise
MIN_STATED_DIFFERENCE = 0.02  # share by which a stated length must differ from the true one to be reported
MACOS_PREFIX = "._"  # of the files that macOS puts beside others on foreign disks
STREAM_TAGS = {0x50: "MPEG audio", 0x55: "MP3"}  # formats of WAV files that hold a file of another format
LAYER_WITH_TELLING_FRAME = 3
_MAGICS = (b"fLaC", b"OggS", b"caff", b"FORM", b"RIFF", b"RIFX", b"RF64", b"BW64")
_FLAC_TOTAL = slice(21, 26)  # of a FLAC file: the 36 bits of its number of samples are the last of these bytes
_MP3_SUFFIXES = (".mp3", ".mp2")


@dataclass(frozen=True)
class Source:
    """What to read: a file, or bytes start … end − 1 of it behind a header.

    notices: what was found wrong, without the file's name. is_mpeg: whether libmpg123 decodes it. stated_frames: the
    length by a header that is replaced, None where libsndfile reads it itself.
    """

    path: Path
    header: bytes = b""
    start: int = 0
    end: int | None = None
    notices: tuple[str, ...] = ()
    is_mpeg: bool = False
    stated_frames: int | None = None

    @contextlib.contextmanager
    def open(self) -> Iterator[str | int | ByteWindow]:
        """Give what `soundfile.SoundFile` opens: a path, a file descriptor, or bytes. OSError."""
        if self.header or self.start or self.end is not None:
            with ByteWindow(self.path, self.header, self.start, self.end) as window:
                yield window
        elif self.is_mpeg or os.path.exists(self.path.with_name(MACOS_PREFIX + self.path.name)):
            with self.path.open("rb") as file:  # by its path libsndfile would look for a resource fork beside it
                yield file.fileno()
        else:
            yield str(self.path)


def find_source(path: Path) -> Source:
    """The source of a sound file. OSError."""
    with path.open("rb") as file:
        head = file.read(SEARCH_BYTES)
    offset = _beginning(head)
    magic = head[offset : offset + 4]
    if magic in (b"RIFF", b"RIFX", b"RF64", b"BW64"):
        return _wav_source(path, offset)
    if magic == b"fLaC" and len(head) >= offset + 42:
        return _flac_source(path, offset, head[offset : offset + 42])
    if not offset and (
        head[:3] == b"ID3" or mp3_frames.parse_frame(head[:4]) or path.suffix.lower() in _MP3_SUFFIXES
    ):
        return _mp3_source(path)
    return Source(path, start=offset)


def _beginning(head: bytes) -> int:
    """The byte of a file where its sound file begins; 0 where none is found."""
    if head.startswith(_MAGICS) or mp3_frames.parse_frame(head[:4]):
        return 0
    places = [place for magic in _MAGICS if (place := head.find(magic)) > 0]
    return min(places, default=0)


def _wav_source(path: Path, offset: int) -> Source:
    layout = wav_layout.find_layout(path, offset)
    if layout is None:
        return Source(path, start=offset)
    if layout.format_tag in STREAM_TAGS:
        return Source(path, start=layout.start, end=layout.end, is_mpeg=True)
    if layout.is_regular:
        return Source(path)
    there = (layout.end - layout.start) / layout.bytes_per_second
    stated = there if layout.stated is None else layout.stated / layout.bytes_per_second
    notices = (difference(stated, there),) if differ(stated, there) else ()
    return Source(path, layout.header(), layout.start, layout.end, notices)


def _flac_source(path: Path, offset: int, head: bytes) -> Source:
    """A FLAC file without its number of samples: then all that are there are read."""
    number = int.from_bytes(head[_FLAC_TOTAL], "big")
    total = number % (1 << 36)
    if total == 0:
        return Source(path, start=offset)
    header = head[: _FLAC_TOTAL.start] + (number - total).to_bytes(5, "big") + head[_FLAC_TOTAL.stop :]
    return Source(path, header, offset + len(header), stated_frames=total)


def _mp3_source(path: Path) -> Source:
    """An MP3 file; with another first frame where its own tells a wrong number of frames, or none and they vary.

    libmpg123 would estimate their number by the length of the first one.
    """
    layout = mp3_frames.find_layout(path)
    if layout is None:
        return Source(path, is_mpeg=True)
    seconds = layout.frame.samples / layout.frame.rate
    there, notices = layout.counted * seconds, tuple[str, ...]()
    holes = [gap for gap in layout.gaps if gap[1] < path.stat().st_size]
    if holes:
        return _mp3_source_without(path, layout, holes)
    if layout.stated and differ(layout.stated * seconds, there):
        notices = (difference(layout.stated * seconds, there),)
    elif layout.stated is not None or layout.is_even:
        return Source(path, is_mpeg=True)
    header = layout.first_frame() if layout.frame.layer == LAYER_WITH_TELLING_FRAME else b""
    return Source(path, header, layout.sound_start, notices=notices, is_mpeg=True)


def _mp3_source_without(path: Path, layout: mp3_frames.Mp3Layout, holes: list[tuple[int, int]]) -> Source:
    """An MP3 file without the bytes in it that are no frames."""
    data, place, parts = path.read_bytes(), layout.sound_start, []
    for first, end in [*holes, (len(data), len(data))]:
        parts.append(data[place:first])
        place = end
    first_frame = layout.first_frame() if layout.frame.layer == LAYER_WITH_TELLING_FRAME else b""
    skipped = sum(end - first for first, end in holes)
    notices = (f"{skipped} bytes in it are no MP3 and are passed over",)
    return Source(path, first_frame + b"".join(parts), len(data), notices=notices, is_mpeg=True)


def differ(stated_seconds: float, there_seconds: float) -> bool:
    """Whether a stated length is worth a line."""
    return abs(stated_seconds - there_seconds) > MIN_STATED_DIFFERENCE * max(there_seconds, 0.05)


def difference(stated_seconds: float, there_seconds: float) -> str:
    """The line about a wrong length."""
    return f"its header says {stated_seconds:.2f} s, {there_seconds:.2f} s are there and are taken"
