"""What a file is that is no sound file, by its first bytes, and what to do with it."""

import shlex
from pathlib import Path

_HEAD_BYTES = 512
_ARCHIVE = "an archive: unpack it, and learn from the recordings, or the mapping, in it"
_SCORE = "a score: `luthier render INSTRUMENT` plays it"
_SAMPLES = "a bank of sounds: write these to WAV files or to SFZ first, with a program such as Polyphone"
_DESCRIPTIONS = (
    (0, b"PK\x03\x04", _ARCHIVE), (0, b"7z\xbc\xaf", _ARCHIVE), (0, b"Rar!", _ARCHIVE), (0, b"\x1f\x8b", _ARCHIVE),
    (257, b"ustar", _ARCHIVE), (0, b"MThd", _SCORE), (8, b"RMID", _SCORE), (8, b"sfbk", _SAMPLES),
    (8, b"DLS ", _SAMPLES), (0, b"%PDF", "a PDF document"), (0, b"\x89PNG", "a picture"),
    (0, b"\xff\xd8\xff", "a picture"),
)  # fmt: skip
"""Offset of bytes that files have there, and what these are."""


def describe(path: Path) -> str:
    """What a file is, as `it is an archive: …`; empty if that is not known. OSError."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    found = next((words for at, magic, words in _DESCRIPTIONS if head[at:].startswith(magic)), "")
    if not found and head.lstrip()[:14].lower().startswith((b"<html", b"<!doctype html")):
        found = "a web page, not the recording that it shows: download that"
    if not found and not any(head):
        found = "empty: there are only zeros in it"
    if not found and path.suffix.lower() == ".raw":
        found = f"raw samples, which tell no rate: convert them first, as by {_conversion(path)}"
    return f"it is {found}" if found else ""


def _conversion(path: Path) -> str:
    """A command that gives raw samples a header."""
    return f"ffmpeg -f s16le -ar 44100 -ac 2 -i {shlex.quote(str(path))} {shlex.quote(path.stem + '.wav')}"
