"""What `luthier learn` takes for granted where its arguments do not say: the kind, and the name of the instrument."""

import argparse
import difflib
import glob
import os
from collections.abc import Sequence
from pathlib import Path

from cli.recording_part import parse_part
from engine.kinds import KINDS

from .option_checks import LEARNABLE
from .recordings import replace_mappings


def take_kind(args: argparse.Namespace) -> None:
    """Move a first argument that is no kind to the recordings, if it may be one, and a kind from there to its place.

    ValueError (one line) if it may be neither.
    """
    if args.kind is None and args.recordings[0] in LEARNABLE and not Path(args.recordings[0]).exists():
        raise ValueError(f"learn {args.recordings[0]} from what? name at least one RECORDING")
    if args.kind is None or args.kind in LEARNABLE:
        return
    if not _may_be_recording(args.kind):
        near = difflib.get_close_matches(args.kind, LEARNABLE, n=1)
        hint = f": did you mean {near[0]}?" if near else ""
        raise ValueError(f"argument KIND: invalid choice: {args.kind!r} (choose from {', '.join(LEARNABLE)}){hint}")
    kind = next((word for word in args.recordings if word in LEARNABLE and not Path(word).exists()), None)
    args.recordings = [args.kind, *(word for word in args.recordings if word != kind)]
    args.kind = kind


def default_name(recordings: Sequence[str]) -> str:
    """The name of the only recording, or of the folder of several. ValueError if they come from several folders."""
    files = [Path(os.path.abspath(parse_part(text)[0])) for text in recordings]
    if len(files) == 1 and (files[0].exists() or not glob.has_magic(recordings[0])):
        return files[0].name if files[0].is_dir() else files[0].stem
    folders = {file.parent for file in files}
    if len(folders) > 1:
        raise ValueError("the recordings come from several folders: name the instrument, -o NAME")
    return folders.pop().name


def guess_kind(args: argparse.Namespace) -> tuple[str, str]:
    """The kind that fits the sound of the recordings, and a line that says which and why."""
    from train.sound_class import classify

    parts = [parse_part(text, args.start, args.length) for text in replace_mappings(args.recordings)[0]]
    found = classify(parts)
    name = next(name for name in LEARNABLE if found.name in KINDS[name].learn_sounds)
    others = " or ".join(other for other in LEARNABLE if other != name)
    what = Path(parts[0][0]).name if len(parts) == 1 else f"{len(parts)} recordings"
    return name, f"{what}: {found.reason}; learning it as {name} (say {others} before it if it is not)"


def _may_be_recording(text: str) -> bool:
    """Whether a word names a file or a folder, a pattern of them, or a path that does not exist."""
    file = parse_part(text)[0]
    return Path(file).exists() or glob.has_magic(file) or bool(Path(file).suffix) or os.sep in file
