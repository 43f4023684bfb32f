"""Layout of a WAV file: where its sound begins and ends, whatever the lengths in its header say; and such headers.

RIFF, RIFX (big-endian), and RF64 or BW64 with the sizes in a `ds64` chunk (EBU Tech 3306).
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

OPEN_SIZE = 2**32 - 1  # of a chunk whose end was not known when its header was written
MAX_RIFF_BYTES = 2**32 - 1
MAX_APPENDED_BYTES = 1 << 16  # unknown bytes after a complete file: fewer are no sound,
MAX_APPENDED_SHARE = 0.25  # nor are fewer than this share of the sound
SEARCH_BYTES = 1 << 16  # for a chunk that the sizes of others do not lead to
MAX_FORMAT_BYTES = 4096  # of a format chunk
TAGS = (b"ID3", b"TAG", b"APETAG", b"LYRICS", b"<?xml")
"""Beginnings of what programs append to a file that is complete."""
EXTENSIBLE, EXTENSIBLE_BYTES = 0xFFFE, 40  # format that an identifier tells, and the bytes of its chunk
KNOWN_IDENTIFIERS = (bytes.fromhex("000000001000800000aa00389b71"), bytes.fromhex("00002107d3118644c8c1ca000000"))
"""Of formats, without their first two bytes: Microsoft's, and those of ambisonic recordings."""
CHUNKS_AFTER_SOUND = (
    b"LIST", b"smpl", b"inst", b"cue ", b"bext", b"iXML", b"id3 ", b"ID3 ", b"PEAK", b"_PMX", b"JUNK", b"acid",
)  # fmt: skip
_MAGICS = (b"RIFF", b"RIFX", b"RF64", b"BW64")


@dataclass(frozen=True)
class WavLayout:
    """Format chunk and the bytes start … end − 1 of the sound.

    stated: bytes of sound by the header, None where it leaves that open. is_regular: whether any reader of WAV files
    comes to the same.
    """

    format_chunk: bytes
    start: int
    end: int
    stated: int | None
    is_big_endian: bool
    is_regular: bool

    @property
    def format_tag(self) -> int:
        """The format by its number: 1 PCM, 3 float, 0x55 MP3."""
        return self._number(self.format_chunk[:2])

    @property
    def bytes_per_second(self) -> int:
        """By the format chunk, at least 1."""
        return max(self._number(self.format_chunk[8:12]), 1)

    def header(self) -> bytes:
        """A header to be put before the sound, with the sizes that are true."""
        order = "big" if self.is_big_endian else "little"
        return make_header(self.format_chunk, self.end - self.start, order=order)

    def _number(self, data: bytes) -> int:
        return int.from_bytes(data, "big" if self.is_big_endian else "little")


def make_header(
    format_chunk: bytes, data_bytes: int, more: bytes = b"", frames: int = 0, max_bytes: int = MAX_RIFF_BYTES,
    order: str = "little",
) -> bytes:  # fmt: skip
    """RIFF header up to the first byte of sound; RF64 where the file would be larger than max_bytes.

    more: chunks between format and data. frames: for RF64. The length is the same in either case.
    """
    chunks = _chunk(b"fmt ", format_chunk, order) + more
    riff_bytes = 4 + 36 + len(chunks) + 8 + data_bytes + data_bytes % 2
    if riff_bytes + 8 <= max_bytes or order == "big":
        sizes, head = bytes(28), (b"RIFF" if order == "little" else b"RIFX")
        riff, data = min(riff_bytes, OPEN_SIZE), min(data_bytes, OPEN_SIZE)
        place = _chunk(b"JUNK", sizes, order)
    else:
        sizes = b"".join(number.to_bytes(8, "little") for number in (riff_bytes, data_bytes, frames)) + bytes(4)
        head, riff, data = b"RF64", OPEN_SIZE, OPEN_SIZE
        place = _chunk(b"ds64", sizes, order)
    return head + _size(riff, order) + b"WAVE" + place + chunks + b"data" + _size(data, order)


def find_layout(path: Path, offset: int = 0) -> WavLayout | None:
    """The layout of a WAV file that begins at a byte of a file; None where there is none, or no format and data."""
    size = os.path.getsize(path)
    with path.open("rb") as file:
        file.seek(offset)
        head = file.read(12)
        if head[:4] not in _MAGICS or head[8:] != b"WAVE":
            return None
        return _Walk(file, size, offset, head).layout()


class _Walk:
    """The way through the chunks of a WAV file."""

    def __init__(self, file: BinaryIO, size: int, offset: int, head: bytes) -> None:
        self._file, self._size, self._offset = file, size, offset
        self._is_big_endian = head[:4] == b"RIFX"
        self._riff_bytes = self._number(head[4:8])
        self._long_sizes = b""  # content of ds64
        self._is_regular = offset == 0 and head[:4] != b"BW64"  # libsndfile does not know the younger name of RF64

    def layout(self) -> WavLayout | None:
        """See `find_layout`."""
        found = self._find(b"fmt ", self._offset + 12)
        if found is None:
            return None
        start, length = found
        length = min(length, MAX_FORMAT_BYTES, self._size - start)
        self._file.seek(start)
        format_chunk = self._file.read(length)
        data = self._find(b"data", start + length + length % 2) or self._find(b"data", self._offset + 12)
        if data is None or length < 16:
            return None
        if self._has_unknown_extension(format_chunk):
            self._is_regular, format_chunk = False, self._without_extension(format_chunk)
        start, stated = data
        if stated == OPEN_SIZE and self._long_sizes:
            stated = int.from_bytes(self._long_sizes[8:16], "little")
        end = self._end(start, stated)
        is_open = stated == OPEN_SIZE
        regular = self._is_regular and (is_open or end - start == stated)
        return WavLayout(format_chunk, start, end, None if is_open else stated, self._is_big_endian, regular)

    def _find(self, name: bytes, position: int) -> tuple[int, int] | None:
        """First byte and stated size of the content of a chunk: by the sizes of those before, or by its name."""
        first = position
        while position + 8 <= self._size:
            found, length = self._chunk(position)
            if found == name:
                return position + 8, length
            if not _is_name(found):
                break
            if found == b"ds64":
                self._long_sizes = self._file.read(min(length, 28))
            position += 8 + length + length % 2
        self._is_regular = False
        self._file.seek(first)
        place = self._file.read(SEARCH_BYTES).find(name)
        return None if place < 0 else (first + place + 8, self._chunk(first + place)[1])

    def _has_unknown_extension(self, format_chunk: bytes) -> bool:
        """Whether a format is told by an identifier that no list has; some writers leave it empty."""
        is_extensible = self._number(format_chunk[:2]) == EXTENSIBLE and len(format_chunk) >= EXTENSIBLE_BYTES
        return is_extensible and not self._is_big_endian and format_chunk[26:40] not in KNOWN_IDENTIFIERS

    def _without_extension(self, format_chunk: bytes) -> bytes:
        """The plain format chunk of PCM, or of what the beginning of the identifier says."""
        tag = self._number(format_chunk[24:26]) or 1
        return tag.to_bytes(2, "little") + format_chunk[2:16]

    def _end(self, start: int, stated: int) -> int:
        """The end of the sound: as stated if the file goes on there as after sound, otherwise the end of the file."""
        there, is_complete = self._size - start, self._offset + 8 + self._riff_bytes == self._size
        if stated == 0:
            return start if is_complete and self._is_closed(start, 0) else self._size
        while stated < there:
            if self._is_closed(start + stated, stated):
                return start + stated
            stated += 2**32  # some writers state a larger one modulo this
        return self._size

    def _is_closed(self, end: int, stated: int) -> bool:
        """Whether a file goes on at `end` as after so many bytes of sound: with chunks or tags, or hardly."""
        self._file.seek(end)
        after = self._file.read(9)
        if after.startswith(TAGS) or after[1:].startswith(TAGS):
            return True
        position = end + end % 2
        while position < self._size:
            name, length = self._chunk(position)
            if name in (b"fmt ", b"data"):
                self._is_regular = False  # libsndfile would take the last one
            if name in CHUNKS_AFTER_SOUND and position + 8 + length > self._size:
                return True  # it was cut there
            if not _is_name(name) or position + 8 + length > self._size:
                break
            position += 8 + length + length % 2
        ends = (end, end + end % 2, position, self._size)
        is_complete = self._offset + 8 + self._riff_bytes in ends
        max_appended_bytes = min(MAX_APPENDED_BYTES, MAX_APPENDED_SHARE * stated)
        return position >= self._size or (is_complete and self._size - position <= max_appended_bytes)

    def _chunk(self, position: int) -> tuple[bytes, int]:
        """Name and size of a chunk."""
        self._file.seek(position)
        head = self._file.read(8)
        return head[:4], self._number(head[4:])

    def _number(self, data: bytes) -> int:
        return int.from_bytes(data, "big" if self._is_big_endian else "little")


def _is_name(name: bytes) -> bool:
    """Whether four bytes can be the name of a chunk."""
    return len(name) == 4 and all(32 <= letter < 127 for letter in name)


def _chunk(name: bytes, content: bytes, order: str) -> bytes:
    return name + _size(len(content), order) + content + bytes(len(content) % 2)


def _size(number: int, order: str) -> bytes:
    return number.to_bytes(4, "big" if order == "big" else "little")
