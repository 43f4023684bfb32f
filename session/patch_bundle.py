"""Bundle: an instrument and its patch, with effects and second instrument, in one file.

The patch is in the header of the .luthier file, under a key that the engine ignores. Sound files of rooms and
second instruments that are not part of the program are copied beside the bundle.
"""

import json
import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.foreign import is_foreign
from engine.preset import library
from engine.preset.container import MAX_HEADER_BYTES
from engine.preset.preset_file import SUFFIX, Preset, read, write

from . import patch_file
from .patch import NO_ROOM, OWN_ROOM, PLUGIN, Chain, Patch, chain_from_json

KEY = "setting"


def write_bundle(source: Path, path: Path, patch: Patch | None) -> list[Path]:
    """[engine thread] Write an instrument with a patch, without one its own; the files written, the bundle first.

    PresetError or OSError where the instrument, or a file of the patch, cannot be read or written.
    """
    if patch_file.is_patch(source):
        saved = patch_file.read(source)
        patch = patch or Patch(source, saved.values, saved.chain)
        source = patch_file.find_instrument(source, saved)
    preset, patch = read(source), patch or read_patch(source)
    header, copies = dict(preset.header), dict[Path, Path]()
    if patch is not None:
        chain, copies = _portable(patch.chain or Chain(), path)
        own = {name: patch.values[name] for name in sorted(patch.values) if " " not in name}
        header["params"] = {**header.get("params", {}), **own}  # for programs that do not read the patch
        header[KEY] = {"parameters": patch.values, "row": chain.plain()}
    for copy, origin in copies.items():
        if copy.resolve() != origin.resolve():
            shutil.copyfile(origin, copy)
    write(path, Preset(json.loads(json.dumps(header)), preset.tensors))
    return [path, *copies]


def read_patch(path: Path) -> Patch | None:
    """The patch in a file, read without checking the instrument; None where there is none."""
    if path.suffix.lower() != SUFFIX:
        return None
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            outer = json.loads(file.read(min(length, MAX_HEADER_BYTES)))
        plain: Any = json.loads(outer["__metadata__"]["luthier"])[KEY]
        values = {str(name): float(value) for name, value in plain["parameters"].items()}
        chain = chain_from_json(plain["row"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    finite = {name: value for name, value in values.items() if math.isfinite(value)}
    return Patch(path, finite, _with_sources(chain, lambda source: _prefer_neighbour(path, source)))


def _portable(chain: Chain, path: Path) -> tuple[Chain, dict[Path, Path]]:
    """A chain that does not depend on this computer, and the files to be copied for it: copy, original."""
    copies: dict[Path, Path] = {}

    def name(source: str) -> str:
        origin = Path(source) if Path(source).is_file() else library.find(source)
        if library.is_factory(origin):
            return origin.stem
        copy = path.with_name(f"{path.stem} – {origin.name}")
        copies[copy] = origin
        return copy.name

    return _with_sources(chain, name), copies


def _with_sources(chain: Chain, change: Callable[[str], str]) -> Chain:
    """A chain with the sources of its rooms and of its second instrument replaced; plugins stay where they are."""
    effects = tuple(
        each
        if each.kind == PLUGIN or each.source in (OWN_ROOM, NO_ROOM)
        else replace(each, source=change(each.source))
        for each in chain.effects
    )
    layer = chain.layer
    if layer is not None and not is_foreign(layer.path):
        layer = replace(layer, path=change(layer.path))
    return replace(chain, effects=effects, layer=layer)


def _prefer_neighbour(path: Path, source: str) -> str:
    """The file of this name beside a path, if there is one; otherwise the source as it is."""
    near = path.with_name(Path(source).name)
    return str(near) if near.name == source and near.is_file() else source
