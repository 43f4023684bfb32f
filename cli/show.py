"""luthier show PRESET: what a preset says of itself, and what is in it."""

import argparse
import json
from typing import Any

from engine import library, preset

from .text import plain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The preset, and --json."""
    parser.add_argument("preset", metavar="PRESET", help="a name or a path")
    parser.add_argument("--json", action="store_true", help="everything but the tensors' values, as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the header and the shapes of the tensors."""
    path = library.find(args.preset)
    found = preset.read(path)
    about = {
        **found.header,
        "path": str(path),
        "bytes": path.stat().st_size,
        "digest": found.digest,
        "tensors": {name: list(tensor.shape) for name, tensor in found.tensors.items()},
    }
    if args.json:
        print(json.dumps(about, ensure_ascii=False))
    else:
        _print_tree(about, "")
    return 0


def _print_tree(values: dict[str, Any], indent: str) -> None:
    """One line per value, objects indented, long lists by their length and ends."""
    for key, value in values.items():
        if isinstance(value, dict):
            print(f"{indent}{plain(key)}:")
            _print_tree(value, indent + "  ")
        else:
            print(f"{indent}{plain(key)}: {_shorten(value)}")


def _shorten(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, list) and len(value) > 12:
        return f"{len(value)} values, from {_shorten(value[0])} to {_shorten(value[-1])}"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return plain(text)
