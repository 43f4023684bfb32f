"""Lengths in the headers of AIFF, CAF and AU files, made true where they are not."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

HEADER_BYTES = 1 << 20  # at most, before the sound
CAF_OPEN_SIZE = 2**64 - 1  # of a sound whose end was not known
AU_OPEN_SIZE = b"\xff" * 4  # the same


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
