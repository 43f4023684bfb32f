"""luthier show PRESET: what an instrument is, what can be turned on it, and where it comes from."""

import argparse
import json
import textwrap
from pathlib import Path
from typing import Any

from engine.preset import library, preset_file
from engine.preset.preset_file import Preset

from . import preset_facts
from .terminal import plain

WIDE = 96  # columns that a text may fill


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The preset, and --json."""
    parser.add_argument("preset", metavar="PRESET", help="a name or a path")
    parser.add_argument("--json", action="store_true", help="everything but the tensors' values, as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print a page for players, or all of the header and the shapes of the tensors for programs."""
    path = library.find(args.preset)
    found = preset_file.read(path)
    if args.json:
        print(json.dumps(_everything(path, found), ensure_ascii=False))
    else:
        _print_page(path, found)
    return 0


def _everything(path: Path, found: Preset) -> dict[str, Any]:
    """The header, and what a program may want to know of the file."""
    return {
        **found.header,
        "path": str(path),
        "bytes": path.stat().st_size,
        "digest": found.digest,
        "tensors": {name: list(tensor.shape) for name, tensor in found.tensors.items()},
    }


def _print_page(path: Path, found: Preset) -> None:
    """Name and description, a line for each fact, and the knobs."""
    print(plain(found.header["name"]))
    description = plain(" ".join(str(found.header.get("description", "")).split()))
    for line in textwrap.wrap(description, WIDE):
        print(line)
    print()
    for name, text in preset_facts.of(found, path):
        _print_fact(name, plain(text))
    knobs = preset_facts.knobs(found)
    if knobs:
        print("\nKnobs")
    widths = [max(len(row[column]) for row in knobs) for column in range(4)] if knobs else []
    for row in knobs:
        cells = [cell.ljust(width) for cell, width in zip(row[:4], widths, strict=True)]
        print(f"  {'  '.join(cells)}  {row[4]}".rstrip())


def _print_fact(name: str, text: str) -> None:
    """A fact under its name, long ones over several lines."""
    first, *more = textwrap.wrap(text, WIDE - 14) or [""]
    print(f"{name:13} {first}")
    for line in more:
        print(f"{'':13} {line}")
