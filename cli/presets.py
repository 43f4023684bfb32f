"""luthier presets: list the instruments and saved patches that have a name."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from engine.kinds import KINDS
from engine.preset import library, preset_file
from session import patch_file, patch_lookup

from .printable_text import make_printable

PATCH = "patch"  # in place of the kind of a saved patch


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the filters, --json and --names."""
    parser.add_argument("--kind", choices=[*KINDS, PATCH], help="only those of a kind, or the saved patches")
    parser.add_argument(
        "--tag", action="append", default=[], metavar="TAG",
        help="only those that have a tag; may be given several times",
    )  # fmt: skip
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object per line instead of a table")
    form.add_argument("--names", action="store_true", help="the names alone, one per line")


def run(args: argparse.Namespace) -> int:
    """Print a line for each instrument and saved patch; one that cannot be read is listed with the error."""
    paths = patch_lookup.all_paths()
    is_filtered = bool(args.kind or args.tag)
    if args.names and not is_filtered:  # no file is opened
        rows = [{"name": name} for name in paths]
    else:
        rows = [row for name, path in paths.items() if _matches(row := _row(name, path), args)]
    if is_filtered and not rows:
        print(_nothing(args, paths), file=sys.stderr)
    elif not rows:
        print(f"no instruments yet: `luthier learn` makes them; they are kept in {library.user_folder()}")
    _print(rows, args)
    return 0


def _print(rows: list[dict[str, Any]], args: argparse.Namespace) -> None:
    """Print rows as JSON, as names or as a table."""
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        if args.json:
            print(json.dumps(row, ensure_ascii=False))
            continue
        name = make_printable(row["name"])
        if args.names:
            print(name)
        else:
            print(f"{name:{width}}  {row['kind']:9}  {row['origin']:7}  {make_printable(row['text'])}")


def _matches(row: dict[str, Any], args: argparse.Namespace) -> bool:
    """Whether a row has the kind and all the tags that are asked for; tags in any case."""
    tags = {str(tag).lower() for tag in row.get("tags", [])}
    return args.kind in (None, row["kind"]) and all(tag.lower() in tags for tag in args.tag)


def _nothing(args: argparse.Namespace, paths: dict[str, Path]) -> str:
    """The line for filters that nothing passes, with the tags that there are."""
    asked = [f"of kind {args.kind}"] if args.kind else []
    asked += [f"with the tag {tag}" for tag in args.tag]
    known = sorted({str(tag) for name, path in paths.items() for tag in _row(name, path).get("tags", [])})
    tags = f"; the tags are {', '.join(known)}" if args.tag and known else ""
    return make_printable(f"no instrument {' and '.join(asked)}{tags}")


def _row(name: str, path: Path) -> dict[str, Any]:
    """The fields of one line."""
    row = {"name": name, "origin": "factory" if library.is_factory(path) else "user", "path": str(path)}
    try:
        if patch_file.is_patch(path):
            return {**row, "kind": PATCH, "text": f"of {patch_file.read(path).path.stem}"}
        header = preset_file.read(path).header
    except preset_file.PresetError as error:
        return {**row, "kind": "broken", "text": str(error)}
    text = " ".join(header.get("description", "").split())
    return {**row, "kind": header["kind"], "text": text, "tags": header.get("tags", [])}
