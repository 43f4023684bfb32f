"""luthier export INSTRUMENT -o FILE: write an instrument, or its room, for other programs; the suffix says which."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from engine import impulse_response
from engine.preset import preset_file
from engine.preset.library import ONNX_SUFFIX
from engine.preset.preset_file import Preset, PresetError
from engine.preset.redistribution import check_exportable
from session import patch_lookup
from session.patch import Patch

EXAMPLE = "example: luthier export violin -o violin.onnx"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the instrument and the file to write."""
    parser.add_argument("preset", metavar="INSTRUMENT", help="an instrument, or a saved patch, by name or path")
    parser.add_argument(
        "-o", "--output", metavar="FILE", required=True,
        help="the file to write: .clap, a plugin for other programs; .html, a page that plays it in a browser; "
        ".onnx, a model from state to next state; .safetensors, the raw tensors; "
        ".wav, the learned room: a clap in it",
    )  # fmt: skip
    parser.add_argument(
        "--hands", action="store_true",
        help="with .html: the page can be played by a hand before the camera, for instruments learned from a piece; "
        "10 MB more",
    )  # fmt: skip
    parser.add_argument(
        "--hand-package", metavar="FILE.tgz", default="",
        help="the package of the hand tracker, where npm cannot fetch it",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.epilog = EXAMPLE


def run(args: argparse.Namespace) -> int:
    """Write the file, and print what is in it."""
    path = Path(args.output)
    write = WRITERS.get(path.suffix.lower())
    if args.hands or args.hand_package:
        write = _page_with_hand(path, args.hand_package)
    if write is None:
        raise ValueError(f"{path}: the ending must be {', '.join(list(WRITERS)[:-1])} or {list(WRITERS)[-1]}")
    patch = patch_lookup.resolve(Patch(patch_lookup.find(args.preset)))
    if patch.path.suffix.lower() == ONNX_SUFFIX:
        raise PresetError(f"{patch.path.name} is a decoder from elsewhere: only instruments can be exported")
    preset = preset_file.read(patch.path)
    check_exportable(preset.header)
    _check_path(path)
    content = write(patch, preset, path)
    result = {"path": args.output, "bytes": path.stat().st_size, "kind": preset.header["kind"]}
    print(json.dumps(result) if args.json else f"{args.output}: {content}; {result['bytes'] / 1e6:.2f} MB")
    return 0


def _check_path(path: Path) -> None:
    """PresetError if a path cannot be written; checked before anything is made for it."""
    if not path.parent.is_dir():
        raise PresetError(f"there is no folder {str(path.parent)!r} to write {path.name} to")
    if path.is_dir():
        raise PresetError(f"{path} is a folder")


def _clap(patch: Patch, preset: Preset, path: Path) -> str:
    from export.clap_plugin import write_clap

    return write_clap(path, patch, preset)


def _page(patch: Patch, preset: Preset, path: Path) -> str:
    from export.page.page import write_page

    return write_page(path, patch, preset)


def _page_with_hand(page: Path, package: str) -> Callable[[Patch, Preset, Path], str]:
    """A function that writes a page with the hand tracker; ValueError for other endings."""
    if page.suffix.lower() != ".html":
        raise ValueError(f"{page}: a hand plays a page, so the ending must be .html")

    def write(patch: Patch, preset: Preset, path: Path) -> str:
        from export.page.hand_tracker import load_tracker
        from export.page.page import check_hand_map, write_page

        check_hand_map(preset)
        return write_page(path, patch, preset, load_tracker(package))

    return write


def _onnx(_patch: Patch, preset: Preset, path: Path) -> str:
    from export.onnx import make_model
    from export.onnx.graph import write

    made = make_model(preset)
    write(path, made)
    inputs, outputs = (", ".join(value.name for value in values) for values in (made.graph.input, made.graph.output))
    return f"{inputs} → {outputs}"


def _tensors(_patch: Patch, preset: Preset, path: Path) -> str:
    preset_file.write(path, preset)
    return f"{len(preset.tensors)} tensors, {sum(tensor.size for tensor in preset.tensors.values())} numbers"


def _room(_patch: Patch, preset: Preset, path: Path) -> str:
    room = impulse_response.write_room(preset, path)
    return f"the room of {preset.header['name']}, {room.samples.shape[1] / room.rate:.2f} s"


WRITERS: dict[str, Callable[[Patch, Preset, Path], str]] = {
    ".clap": _clap, ".html": _page, ".onnx": _onnx, ".safetensors": _tensors, ".wav": _room,
}  # fmt: skip
