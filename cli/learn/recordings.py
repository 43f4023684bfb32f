"""Recordings as arguments: FILE, or FILE@START-END for a part of it, in seconds.

FILE may be a pattern such as guitar/*.wav, since not every shell expands it, a folder: all recordings in it, or the
mapping of a library such as piano.sfz, which stands for its recordings.
"""

import argparse
import contextlib
import glob
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import soundfile

from train.mapping import mapping_file

SOUND_SUFFIXES = (".wav", ".flac", ".aif", ".aiff", ".ogg", ".mp3")  # of the recordings in a folder
_PART = re.compile(r"(?P<file>.+)@(?P<start>\d+(\.\d+)?)-(?P<end>\d+(\.\d+)?)")


def expand(texts: Sequence[str]) -> list[str]:
    """The files that patterns and folders match, in alphabetical order; what matches none stays as it is."""
    return [name for text in texts for name in _matching(text) or [text]]


def parse_part(text: str, start: float = 0.0, length: float | None = None) -> tuple[str, float, float | None]:
    """File, start and length in seconds, None for all of it; start, length: where the text gives neither.

    ValueError if the end comes before the start.
    """
    times = None if Path(text).is_file() else _PART.fullmatch(text)
    if times is None:
        return text, start, length
    start, end = float(times["start"]), float(times["end"])
    if end <= start:
        raise ValueError(f"{text}: the end ({end:g} s) must come after the start ({start:g} s)")
    return times["file"], start, end - start


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
    words = {key: getattr(args, key) for key in ("description", "author", "licence")}
    return {"name": path.stem, "source": source, "tags": args.tag, **words}


def _matching(text: str) -> list[str]:
    """The files that a text matches, each with its times; none if it is the name of a file, or no pattern."""
    file = parse_part(text)[0]
    if Path(file).is_dir():
        inside = (str(path) for path in Path(file).iterdir() if path.suffix.lower() in SOUND_SUFFIXES)
        return [found + text[len(file) :] for found in sorted(inside)]
    if Path(file).is_file() or not glob.has_magic(file):
        return []
    return [found + text[len(file) :] for found in sorted(glob.glob(file, recursive=True)) if Path(found).is_file()]


def _file(folder: Path, path: str, start: float, length: float | None) -> str:
    from train import recording

    if not start and length is None:
        return path
    samples, rate = recording.load(path, None, start, length)
    file = folder / f"{Path(path).stem}@{start:g}-{start + samples.shape[1] / rate:g}.wav"
    soundfile.write(file, samples.T, rate, "FLOAT")
    return str(file)
