"""Recordings as they are named to the command: FILE, or FILE@START-END for a part of it, in seconds.

FILE may be a pattern such as guitar/*.wav, since not every shell makes names of it, or a folder: all its recordings.
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

SOUNDS = (".wav", ".flac", ".aif", ".aiff", ".ogg", ".mp3")  # endings of what is taken of a folder
_TIMES = re.compile(r"(?P<file>.+)@(?P<start>\d+(\.\d+)?)-(?P<end>\d+(\.\d+)?)")


def expanded(texts: Sequence[str]) -> list[str]:
    """Every pattern as the files that it stands for, in alphabetical order; as it is where it stands for none."""
    return [name for text in texts for name in _matching(text) or [text]]


def part(text: str, start: float = 0.0, length: float | None = None) -> tuple[str, float, float | None]:
    """The file, where to begin, and how many seconds to take, None for all; start and length: where it says neither.

    ValueError when it ends before it begins.
    """
    times = None if Path(text).is_file() else _TIMES.fullmatch(text)
    if times is None:
        return text, start, length
    begin, end = float(times["start"]), float(times["end"])
    if end <= begin:
        raise ValueError(f"{text}: the end ({end:g} s) must come after the start ({begin:g} s)")
    return times["file"], begin, end - begin


@contextlib.contextmanager
def files(texts: Sequence[str], start: float = 0.0, length: float | None = None) -> Iterator[list[str]]:
    """A file for each recording; where a part of one is asked for, a file of that part, under a name that says so.

    start, length: of the only recording. ValueError when there are several.
    """
    if (start or length is not None) and len(texts) > 1:
        raise ValueError("--start and --length take a part of one recording; of several, name each as FILE@START-END")
    with tempfile.TemporaryDirectory() as place:
        yield [_file(Path(place), *part(text, start, length)) for text in texts]


def named(texts: Sequence[str]) -> str:
    """The recordings in a few words."""
    names = sorted(Path(text).name for text in texts)
    if len(names) <= 2:
        return " and ".join(names)
    return f"{len(names)} recordings, {names[0]} to {names[-1]}"


def about(args: argparse.Namespace, path: Path) -> dict[str, Any]:
    """What the header of a preset at a path says beside what was learned: where it is from, and the user's words."""
    source = {"recording": named(args.recordings), "attribution": args.attribution}
    words = {key: getattr(args, key) for key in ("description", "author", "licence")}
    return {"name": path.stem, "source": source, "tags": args.tag, **words}


def _matching(text: str) -> list[str]:
    """The files that a text stands for, each with the times that it says; none if it names one, or is no pattern."""
    file = part(text)[0]
    if Path(file).is_dir():
        inside = (str(path) for path in Path(file).iterdir() if path.suffix.lower() in SOUNDS)
        return [found + text[len(file) :] for found in sorted(inside)]
    if Path(file).is_file() or not glob.has_magic(file):
        return []
    return [found + text[len(file) :] for found in sorted(glob.glob(file, recursive=True)) if Path(found).is_file()]


def _file(place: Path, path: str, start: float, length: float | None) -> str:
    from train import recording

    if not start and length is None:
        return path
    samples, rate = recording.load(path, None, start, length)
    whole = place / f"{Path(path).stem}@{start:g}-{start + samples.shape[1] / rate:g}.wav"
    soundfile.write(whole, samples.T, rate, "FLOAT")
    return str(whole)
