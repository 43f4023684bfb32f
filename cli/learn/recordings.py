"""Recordings as arguments: FILE, or FILE@START-END for a part of it, in seconds.

FILE may be a pattern such as guitar/*.wav, since not every shell expands it, a folder: all recordings in it and in
the folders in it, hidden files left out; or the mapping of a library such as piano.sfz: the recordings that it maps.
"""

import argparse
import contextlib
import fnmatch
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cli.recording_part import parse_part
from engine.preset import redistribution
from engine.sound_file import reader
from engine.sound_file.suffixes import SYSTEM_FOLDERS, find_sound_files, is_sound_file
from engine.sound_file.wav_writer import WavWriter
from train.mapping import mapping_file

MAX_STEM_CHARACTERS = 24  # of the name of a temporary file, at either end
_PATTERN = re.compile(r"[*?[]")


def expand(texts: Sequence[str]) -> list[str]:
    """The files that patterns and folders match, in alphabetical order; what matches none stays as it is."""
    return [name for text in texts for name in _matching(text) or [text]]


def readable(texts: Sequence[str]) -> list[str]:
    """Of several recordings those that can be read; each of the others is left out and named on the error stream.

    Mappings stay. ValueError if there is none, or if one that was named is missing.
    """
    if len(texts) < 2:
        return list(texts)
    found: list[str] = []
    faults: list[str] = []
    for text in texts:
        file = parse_part(text)[0]
        try:
            if not mapping_file.is_mapping(file):
                reader.check(file)
            found.append(text)
        except reader.RecordingError as error:
            if not Path(file).exists():
                raise
            faults.append(str(error))
    if not found:
        raise ValueError(f"none of {len(texts)} recordings can be read: {faults[0]}")
    for fault in faults:
        print(f"left out: {fault}", file=sys.stderr)
    return found


@contextlib.contextmanager
def part_files(texts: Sequence[str], start: float = 0.0, length: float | None = None) -> Iterator[list[str]]:
    """Give a file for each recording; for a part of one a temporary file, whose name tells the times.

    start, length: of the only recording. ValueError if there are several.
    """
    if (start or length is not None) and len(texts) > 1:
        raise ValueError("--start and --length take a part of one recording; of several, name each as FILE@START-END")
    with tempfile.TemporaryDirectory() as folder:
        yield [_file(Path(folder), *parse_part(text, start, length)) for text in texts]


def is_mapping_text(text: str) -> bool:
    """Whether a recording as an argument is a mapping. ValueError if it is a part of one, which there is not."""
    file, start, length = parse_part(text)
    if mapping_file.is_mapping(file) and (start or length is not None):
        raise ValueError(f"{text}: a mapping has no times; learn it as a whole, or name recordings")
    return mapping_file.is_mapping(file)


def replace_mappings(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Recordings with each mapping replaced by those that it maps to struck keys, and what it left out, for the user.

    ValueError for a mapping that cannot be used.
    """
    found, messages = [], []
    for text in texts:
        if is_mapping_text(text):
            mapping = mapping_file.read_mapping(text)
            found += list(dict.fromkeys(str(region.path) for region in mapping.attacks))
            messages += mapping.messages()
        else:
            found.append(text)
    return found, messages


def summary(texts: Sequence[str]) -> str:
    """The names of the recordings, or the number of them with the first and the last."""
    names = sorted(Path(text).name for text in texts)
    if len(names) <= 2:
        return " and ".join(names)
    return f"{len(names)} recordings, {names[0]} to {names[-1]}"


def header_fields(args: argparse.Namespace, path: Path) -> dict[str, Any]:
    """Header fields of a preset at a path that are not learned: name, source, and what the user says of it."""
    source = {"recording": summary(args.recordings), "attribution": args.attribution}
    words = {key: getattr(args, key) for key in ("description", "author", "licence", redistribution.KEY)}
    return {"name": path.stem, "source": source, "tags": args.tag, **words}


def _matching(text: str) -> list[str]:
    """The files that a text matches, each with its times; none if it is the name of a file, or no pattern.

    ValueError for a folder without a recording.
    """
    file = parse_part(text)[0]
    times = text[len(file) :]
    if os.path.isdir(file):
        inside = find_sound_files(Path(file))
        if not inside:
            raise ValueError(f"there is no recording in the folder {file}, nor in the folders in it")
        mappings = sorted(name for name in os.listdir(file) if mapping_file.is_mapping(name) and name[0] != ".")
        if mappings:
            message = f"the keys are read from the names of the files; those of a mapping: learn {file}/{mappings[0]}"
            print(message, file=sys.stderr)
        return [f"{path}{times}" for path in inside]
    if os.path.exists(file) or not _PATTERN.search(file):
        return []
    matches = _matching_paths(file)
    folders = {os.path.realpath(match): match for match in matches if match.is_dir() and not match.is_symlink()}
    inside = [path for folder in folders.values() for path in find_sound_files(folder)]
    files = [match for match in matches if match.is_file()]
    sounds = [path for path in files if is_sound_file(path)]
    return [f"{path}{times}" for path in sorted({*inside, *(sounds or files)})]


def _matching_paths(pattern: str) -> list[Path]:
    """Files and folders that match a pattern; a part that is the name of one stands for it, brackets or not."""
    path = Path(pattern)
    found = [Path(path.anchor)]
    for part in path.parts[1:] if path.anchor else path.parts:
        found = [match for base in found for match in _matches(base, part)]
    return found


def _matches(base: Path, part: str) -> list[Path]:
    """What is in a folder and matches one part of a pattern; `**` is the folder and all folders in it."""
    if (base / part).exists():
        return [base / part]
    if part == "**":
        folders = [base / name for name in _names(base) if (base / name).is_dir() and not (base / name).is_symlink()]
        return [base, *(inner for folder in folders for inner in _matches(folder, part))]
    return [base / name for name in fnmatch.filter(_names(base, part), part)]


def _names(folder: Path, part: str = "") -> list[str]:
    """The names in a folder, hidden ones only for a part that begins as these; none of what is no folder."""
    try:
        names = (name for name in os.listdir(folder) if name not in SYSTEM_FOLDERS)
        return sorted(name for name in names if not name.startswith(".") or part.startswith("."))
    except OSError:
        return []


def _file(folder: Path, path: str, start: float, length: float | None) -> str:
    if not start and length is None:
        return path
    sound = reader.read(path, None, start, length)
    for notice in sound.notices:
        print(notice, file=sys.stderr)
    stem = Path(path).stem
    if len(stem) > 2 * MAX_STEM_CHARACTERS:  # of up to four bytes each; a key may stand at either end
        stem = stem[:MAX_STEM_CHARACTERS] + stem[-MAX_STEM_CHARACTERS:]
    file = folder / f"{stem}@{start:g}-{start + sound.seconds:g}.wav"
    with contextlib.closing(WavWriter(file, sound.rate, True, channels=len(sound.samples))) as writer:
        writer.write(sound.samples)
    return str(file)
