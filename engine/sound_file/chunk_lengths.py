"""Lengths in the headers of AIFF, CAF, AU and Wave64 files, made true where they are not."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

HEADER_BYTES = 1 << 20  # at most, before the sound
CAF_OPEN_SIZE = 2**64 - 1  # of a sound whose end was not known
AU_OPEN_SIZE = b"\xff" * 4  # the same
_W64_END = bytes.fromhex("f3acd3118cd100c04f8edb8a")  # of the identifiers of Wave64, after a name of four letters
_W64_RIFF = b"riff" + bytes.fromhex("2e91cf11a5d628db04c10000")
_W64_DATA = b"data" + _W64_END
_W64_HEAD_BYTES = 24  # of a chunk: its identifier and its size, which counts these too
_W64_ALIGNMENT_BYTES = 8


@dataclass(frozen=True)
class TrueHeader:
    """A header with the true length, for the bytes from `start` on; is_told: whether a wrong one was stated."""

    header: bytes
    start: int
    is_told: bool


def find_header(path: Path) -> TrueHeader | None:
    """The true header of a file; None where its own is true, or where it is of no such format."""
    size = os.path.getsize(path)
    with path.open("rb") as file:
        magic = file.read(12)
        if magic[:4] in (b".snd", b"dns."):
            return _au(file, size)
        if magic[:4] == b"FORM" and magic[8:] in (b"AIFF", b"AIFC"):
            return _chunks(file, size, 12, 4, b"SSND")
        if magic == _W64_RIFF[:12]:
            return _w64(file, size)
        if magic[:4] == b"caff":
            return _chunks(file, size, 8, 8, b"data")
    return None


def _au(file: BinaryIO, size: int) -> TrueHeader | None:
    file.seek(0)
    head = file.read(24)
    order = "big" if head[:4] == b".snd" else "little"
    start, stated = (int.from_bytes(head[at : at + 4], "big" if order == "big" else "little") for at in (4, 8))
    if head[8:12] == AU_OPEN_SIZE or start + stated == size or not 24 <= start <= min(size, HEADER_BYTES):
        return None
    return TrueHeader(head[:8] + AU_OPEN_SIZE + head[12:] + file.read(start - 24), start, True)


def _w64(file: BinaryIO, size: int) -> TrueHeader | None:
    """The header of a Wave64 file up to its sound; None where the length there is true."""
    position = _W64_HEAD_BYTES + 16  # behind the size of the file and the second identifier
    while position + _W64_HEAD_BYTES <= min(size, HEADER_BYTES):
        file.seek(position)
        head = file.read(_W64_HEAD_BYTES)
        length, start = int.from_bytes(head[16:], "little"), position + _W64_HEAD_BYTES
        if head[:16] == _W64_DATA:
            if length >= _W64_HEAD_BYTES and _is_w64_followed(file, size, position + length):
                return None
            file.seek(0)
            header = file.read(position + 16) + (size - position).to_bytes(8, "little")
            return TrueHeader(header[:16] + size.to_bytes(8, "little") + header[24:], start, True)
        position += max(-(-length // _W64_ALIGNMENT_BYTES) * _W64_ALIGNMENT_BYTES, _W64_HEAD_BYTES)
    return None


def _is_w64_followed(file: BinaryIO, size: int, end: int) -> bool:
    """Whether a chunk ends with the file, or another one follows it."""
    end = -(-end // _W64_ALIGNMENT_BYTES) * _W64_ALIGNMENT_BYTES
    file.seek(min(end, size))
    return size <= end < size + _W64_ALIGNMENT_BYTES or file.read(16)[4:] == _W64_END


def _chunks(file: BinaryIO, size: int, position: int, width: int, name: bytes) -> TrueHeader | None:
    """The header of a file of chunks whose sizes have so many bytes; name: of the chunk of the sound."""
    while position + 4 + width <= min(size, HEADER_BYTES):
        found, length = _chunk(file, position, width)
        start = position + 4 + width
        if found == name:
            if _is_followed(file, size, start + length, width):
                return None
            file.seek(0)
            true = min(size - start, (1 << 8 * width - 1) - 1 if width == 8 else (1 << 32) - 1)
            return TrueHeader(file.read(position + 4) + true.to_bytes(width, "big"), start, length != CAF_OPEN_SIZE)
        position = start + length + (length % 2 if width == 4 else 0)
    return None


def _is_followed(file: BinaryIO, size: int, end: int, width: int) -> bool:
    """Whether the sound ends with the file, or another chunk follows it."""
    if end >= size - 1:
        return end <= size
    for position in (end, end + end % 2):
        name, length = _chunk(file, position, width)
        is_name = len(name) == 4 and all(32 <= letter < 127 for letter in name)
        if is_name and position + 4 + width + length <= size:
            return True
    return False


def _chunk(file: BinaryIO, position: int, width: int) -> tuple[bytes, int]:
    """Name and size of a chunk."""
    file.seek(position)
    head = file.read(4 + width)
    return head[:4], int.from_bytes(head[4:], "big")
