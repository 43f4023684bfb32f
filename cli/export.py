"""luthier export PRESET -o FILE: an instrument, or its room, for other programs; the ending of the file chooses."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from engine import impulse_response
from engine.preset import library, preset_file
from engine.preset.preset_file import Preset, PresetError

EXAMPLE = "example: luthier export violin -o violin.onnx"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which instrument, and to which file."""
    parser.add_argument("preset", metavar="PRESET", help="a name or a path")
    parser.add_argument(
        "-o", "--output", metavar="FILE", required=True,
        help="the file to write: .onnx, a model that takes its state and gives the next one; .safetensors, the raw "
        "tensors; .wav, the learned room: a clap in it",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="tell the result as JSON")
    parser.epilog = EXAMPLE


def run(args: argparse.Namespace) -> int:
    """Write the file, and tell what is in it."""
    path = Path(args.output)
    write = WAYS.get(path.suffix.lower())
    if write is None:
        raise ValueError(f"{path.name}: the ending must be {', '.join(list(WAYS)[:-1])} or {list(WAYS)[-1]}")
    found = preset_file.read(library.find(args.preset))
    _check_place(path)
    said = write(found, path)
    told = {"path": args.output, "bytes": path.stat().st_size, "kind": found.header["kind"]}
    print(json.dumps(told) if args.json else f"{args.output}: {said}; {told['bytes'] / 1e6:.2f} MB")
    return 0


def _check_place(path: Path) -> None:
    """Refuse a place that cannot be written before anything is made for it."""
    if not path.parent.is_dir():
        raise PresetError(f"there is no folder {str(path.parent)!r} to write {path.name} to")
    if path.is_dir():
        raise PresetError(f"{path} is a folder")


def _onnx(found: Preset, path: Path) -> str:
    from export.onnx import model
    from export.onnx.graph import save

    made = model(found)
    save(path, made)
    given, taken = (", ".join(value.name for value in part) for part in (made.graph.input, made.graph.output))
    return f"{given} → {taken}"


def _tensors(found: Preset, path: Path) -> str:
    preset_file.write(path, found)
    return f"{len(found.tensors)} tensors, {sum(tensor.size for tensor in found.tensors.values())} numbers"


def _room(found: Preset, path: Path) -> str:
    impulse_response.save(found, path)
    return f"the room of {found.header['name']}, {len(found.tensors['room']) / found.header['rate']:.2f} s"


WAYS: dict[str, Callable[[Preset, Path], str]] = {".onnx": _onnx, ".safetensors": _tensors, ".wav": _room}
