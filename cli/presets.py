"""luthier presets: list the instruments and saved patches that have a name."""

import argparse
import json
from pathlib import Path
from typing import Any

from engine.preset import library, preset_file
from session import patch_file, patch_lookup

from .printable_text import make_printable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add --json."""
    parser.add_argument("--json", action="store_true", help="one JSON object per line instead of a table")


def run(args: argparse.Namespace) -> int:
    """Print a line for each instrument and saved patch; one that cannot be read is listed with the error."""
    rows = [_row(name, path) for name, path in patch_lookup.all_paths().items()]
    if args.json:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
        return 0
    if not rows:
        print(f"no instruments yet: `luthier learn` makes them; they are kept in {library.user_folder()}")
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        name, text = make_printable(row["name"]), make_printable(row["text"])
        print(f"{name:{width}}  {row['kind']:9}  {row['origin']:7}  {text}")
    return 0


def _row(name: str, path: Path) -> dict[str, Any]:
    """The fields of one line."""
    row = {"name": name, "origin": "factory" if library.is_factory(path) else "user", "path": str(path)}
    try:
        if patch_file.is_patch(path):
            return {**row, "kind": "patch", "text": f"of {patch_file.read(path).path.stem}"}
        header = preset_file.read(path).header
    except preset_file.PresetError as error:
        return {**row, "kind": "broken", "text": str(error)}
    return {**row, "kind": header["kind"], "text": " ".join(header.get("description", "").split())}
