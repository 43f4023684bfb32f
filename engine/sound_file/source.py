"""What libsndfile is given to read of a file: the file itself, or its sound behind a header that is true.

Recorders that crashed leave lengths of 0, streams unknown ones, editors wrong ones, and some programs put tags or
other bytes before the first one that counts.
"""

import contextlib
import itertools
import mmap
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from . import chunk_lengths, mp3_frames, wav_layout
from .byte_window import ByteWindow

SEARCH_BYTES = 1 << 16  # for the beginning of a sound file in a file that begins otherwise
MIN_STATED_DIFFERENCE = 0.02  # share by which a stated length must differ from the true one to be reported
WRONG_LENGTH = "the length in its header is wrong: all that is there is taken"
CUT = "it has no end, as files that were cut: all that is there is taken"
OTHER_RATE = "it goes on at another rate or with other channels: what comes before is taken"
MACOS_PREFIX = "._"  # of the files that macOS puts beside others on foreign disks
OGG_PAGE_BYTES = 1 << 16  # of a page, at most
_TELLING_SUFFIXES = (".raw",)  # by which libsndfile would take a file for samples without a header
STREAM_TAGS = {0x50: "MPEG audio", 0x55: "MP3"}  # formats of WAV files that hold a file of another format
LAYER_WITH_TELLING_FRAME = 3
_WAV_MAGICS = (b"RIFF", b"RIFX", b"RF64", b"BW64")
_BEGINNINGS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        b"(RIFF|RIFX|RF64|BW64)....WAVE", b"FORM....AIF[FC]", b"fLaC[\0\x80]\0\0\x22", b"OggS\0\2",
        b"caff\0\1\0\0desc",
    )
)  # fmt: skip
"""Of sound files, wherever they stand in a file."""
_FLAC_FRAME = re.compile(b"\xff[\xf8\xf9][^\0\x0f]", re.DOTALL)
_OGG_PAGE = re.compile(b"OggS\\0([\\0-\\7])", re.DOTALL)
_OGG_FIRST_PAGE, _OGG_LAST_PAGE = 2, 4  # bits of the flags of a page
_FLAC_FIXED_BYTES = 42  # of a FLAC file: its name and the block that tells about the samples
_FLAC_TOTAL = slice(21, 26)  # of a FLAC file: the 36 bits of its number of samples are the last of these bytes
_CAF_CODEC = slice(28, 32)  # of a CAF file: its chunk "desc" comes first and names the codec after the rate
_MP3_SUFFIXES = (".mp3", ".mp2")


@dataclass(frozen=True)
class Source:
    """What to read: a file, or bytes start … end − 1 of it behind a header.

    notices: what was found wrong, without the file's name. is_mpeg: whether libmpg123 decodes it. is_alac:
    whether it is coded as ALAC. stated_frames: the length by a header that is replaced, None where libsndfile reads
    it itself. links: several files in this one, to be read one after the other.
    """

    path: Path
    header: bytes = b""
    start: int = 0
    end: int | None = None
    notices: tuple[str, ...] = ()
    is_mpeg: bool = False
    is_alac: bool = False
    stated_frames: int | None = None
    links: tuple["Source", ...] = ()

    @contextlib.contextmanager
    def open(self) -> Iterator[str | int | ByteWindow]:
        """Give what `soundfile.SoundFile` opens: a path, a file descriptor, or bytes. OSError."""
        if self.header or self.start or self.end is not None:
            with ByteWindow(self.path, self.header, self.start, self.end) as window:
                yield window
        elif self.is_mpeg or self.path.suffix.lower() in _TELLING_SUFFIXES or _has_fork(self.path):
            with self.path.open("rb") as file:
                yield file.fileno()
        else:
            yield str(self.path)


def _has_fork(path: Path) -> bool:
    """Whether a hidden file of macOS is beside one: by its path libsndfile would take that for a part of it."""
    return os.path.exists(path.with_name(MACOS_PREFIX + path.name))


def find_source(path: Path) -> Source:
    """The source of a sound file. OSError."""
    with path.open("rb") as file:
        head = file.read(SEARCH_BYTES)
    is_mpeg = head[:3] == b"ID3" or mp3_frames.parse_frame(head[:4]) or path.suffix.lower() in _MP3_SUFFIXES
    if is_mpeg and (source := _mp3_source(path)):
        return source
    offset = _beginning(head)
    magic = head[offset : offset + 4]
    if magic in _WAV_MAGICS:
        return _wav_source(path, offset)
    if magic == b"fLaC" and len(head) >= offset + _FLAC_FIXED_BYTES:
        return _flac_source(path, offset, head[offset:])
    if magic == b"OggS":
        return _ogg_source(path, offset)
    is_alac = magic == b"caff" and head[offset:][_CAF_CODEC] == b"alac"
    true = None if offset else chunk_lengths.find_header(path)
    if true:
        notices = (WRONG_LENGTH,) if true.is_told else ()
        return Source(path, true.header, true.start, notices=notices, is_alac=is_alac)
    return Source(path, start=offset, is_mpeg=bool(is_mpeg), is_alac=is_alac)


def _beginning(head: bytes) -> int:
    """The byte of a file where its sound file begins; 0 where none is found."""
    places = [found.start() for pattern in _BEGINNINGS if (found := pattern.search(head))]
    return min(places, default=0)


def _ogg_source(path: Path, offset: int) -> Source:
    """An Ogg file, or the files that follow each other in one; where the last page ends no stream that is told."""
    with path.open("rb") as file:
        file.seek(max(os.path.getsize(path) - 2 * OGG_PAGE_BYTES, offset))
        *_, flags = (0, *(page[1][0] for page in _OGG_PAGE.finditer(file.read())))
    notices = () if flags & _OGG_LAST_PAGE else (CUT,)
    links = _ogg_links(path, offset)
    if len(links) > 1:
        return Source(path, links=(*links[:-1], replace(links[-1], notices=notices)))
    return Source(path, start=offset, notices=notices)


def _ogg_links(path: Path, offset: int) -> tuple[Source, ...]:
    """The files that follow each other in an Ogg file; each begins with the first pages of its streams."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        starts, was_first = list[int](), False
        for page in _OGG_PAGE.finditer(data, offset):
            is_first = bool(page[1][0] & _OGG_FIRST_PAGE)
            if is_first and not was_first:
                starts.append(page.start())
            was_first = is_first
        return tuple(Source(path, start=a, end=b) for a, b in itertools.pairwise([*starts, len(data)]))


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
    """The frames of a FLAC file behind a header without the number of samples: then all that are there are read."""
    number = int.from_bytes(head[_FLAC_TOTAL], "big")
    total = number % (1 << 36)
    info = head[8 : _FLAC_TOTAL.start] + (number - total).to_bytes(5, "big") + head[_FLAC_TOTAL.stop : 42]
    header = b"fLaC\x80" + len(info).to_bytes(3, "big") + info
    return Source(path, header, _first_flac_frame(path, offset, head), stated_frames=total or None)


def _first_flac_frame(path: Path, offset: int, head: bytes) -> int:
    """The byte of the first frame of a FLAC file: after its blocks, or the first one where these have wrong lengths.

    head: the first bytes of the FLAC file, which begins at `offset`.
    """
    place, is_last = offset + 4, False
    with path.open("rb") as file:
        while not is_last and file.seek(place) and len(block := file.read(4)) == 4:
            is_last = bool(block[0] & 0x80)
            place += 4 + int.from_bytes(block[1:], "big")
        file.seek(place)
        if _FLAC_FRAME.match(file.read(4)):
            return place
    found = _FLAC_FRAME.search(head, _FLAC_FIXED_BYTES)
    return offset + found.start() if found else place


def _mp3_source(path: Path) -> Source | None:
    """An MP3 file; with another first frame where its own tells a wrong number of frames, or none and they vary.

    None if there are no frames. libmpg123 would estimate their number by the length of the first one.
    """
    layout = mp3_frames.find_layout(path)
    if layout is None:
        return None
    start = 0 if layout.start == layout.tags_end else layout.start
    seconds = layout.frame.samples / layout.frame.rate
    there, notices = layout.counted * seconds, tuple[str, ...]()
    if layout.other_bytes:
        notices = (OTHER_RATE,)
    holes = [gap for gap in layout.gaps if gap[1] < path.stat().st_size]
    if holes:
        return _mp3_source_without(path, layout, holes, notices)
    if layout.other_bytes:
        pass
    elif layout.stated and differ(layout.stated * seconds, there):
        notices = (difference(layout.stated * seconds, there),)
    elif layout.stated is not None or layout.is_even:
        return Source(path, start=start, is_mpeg=True)
    header = layout.first_frame() if layout.frame.layer == LAYER_WITH_TELLING_FRAME else b""
    return Source(path, header, layout.sound_start, notices=notices, is_mpeg=True)


def _mp3_source_without(
    path: Path, layout: mp3_frames.Mp3Layout, holes: list[tuple[int, int]], notices: tuple[str, ...]
) -> Source:
    """An MP3 file without the bytes in it that are no frames."""
    data, place, parts = path.read_bytes(), layout.sound_start, []
    last = len(data) - layout.other_bytes
    for first, end in [*holes, (last, last)]:
        parts.append(data[place:first])
        place = end
    first_frame = layout.first_frame() if layout.frame.layer == LAYER_WITH_TELLING_FRAME else b""
    skipped = sum(end - first for first, end in holes)
    notices = (f"{skipped} bytes in it are no MP3 and are passed over", *notices)
    return Source(path, first_frame + b"".join(parts), len(data), notices=notices, is_mpeg=True)


def differ(stated_seconds: float, there_seconds: float) -> bool:
    """Whether a stated length is worth a line."""
    return abs(stated_seconds - there_seconds) > MIN_STATED_DIFFERENCE * max(there_seconds, 0.05)


def difference(stated_seconds: float, there_seconds: float) -> str:
    """The line about a wrong length."""
    return f"its header says {stated_seconds:.2f} s, {there_seconds:.2f} s are there and are taken"
