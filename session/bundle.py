"""An instrument with its setting in one file: the knobs, the effects, the second instrument that it plays with.

The setting stands in the header of the .luthier, under a key that the engine passes over. What of it is no part of
the program, the sound file of a room or a second instrument of the player's own, goes into files beside it.
"""

import json
import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.preset import library
from engine.preset.container import LONGEST_HEADER
from engine.preset.preset_file import SUFFIX, Preset, read, write

from . import patch_file
from .patch import NO_ROOM, OWN, Chain, Effect, Setting, from_plain

KEY = "setting"


def bundle(source: Path, path: Path, setting: Setting | None) -> list[Path]:
    """[deck's thread] Write an instrument with a setting, its own without one; every file that was written, it first.

    PresetError or OSError where the instrument, or what stands beside it, cannot be had or written.
    """
    if patch_file.is_saved(source):
        kept = patch_file.load(source)
        setting = setting or Setting(source, kept.values, kept.chain)
        source = patch_file.model(source, kept)
    preset, setting = read(source), setting or look(source)
    header, beside = dict(preset.header), dict[Path, Path]()
    if setting is not None:
        chain, beside = _portable(setting.chain or Chain(), path)
        own = {name: setting.values[name] for name in sorted(setting.values) if " " not in name}
        header["params"] = {**header.get("params", {}), **own}  # for programs that know nothing of settings
        header[KEY] = {"parameters": setting.values, "row": chain.plain()}
    for copy, origin in beside.items():
        if copy.resolve() != origin.resolve():
            shutil.copyfile(origin, copy)
    write(path, Preset(json.loads(json.dumps(header)), preset.tensors))
    return [path, *beside]


def look(path: Path) -> Setting | None:
    """The setting in a file, read without the instrument and so without judging it; None where there is none."""
    if path.suffix.lower() != SUFFIX:
        return None
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            outer = json.loads(file.read(min(length, LONGEST_HEADER)))
        plain: Any = json.loads(outer["__metadata__"]["luthier"])[KEY]
        values = {str(name): float(value) for name, value in plain["parameters"].items()}
        chain = from_plain(plain["row"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    finite = {name: value for name, value in values.items() if math.isfinite(value)}
    return Setting(path, finite, _with_sources(chain, lambda source: _beside(path, source)))


def _portable(chain: Chain, path: Path) -> tuple[Chain, dict[Path, Path]]:
    """A chain that another computer understands, and what must be copied for it: copy, original."""
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
    """A chain whose rooms and second instrument come from elsewhere."""
    effects = tuple(
        each if each.source in (OWN, NO_ROOM) else Effect(each.kind, change(each.source)) for each in chain.effects
    )
    second = chain.second and replace(chain.second, path=change(chain.second.path))
    return Chain(effects, second)


def _beside(path: Path, source: str) -> str:
    """A file of this name beside another one, where there is one."""
    near = path.with_name(Path(source).name)
    return str(near) if near.name == source and near.is_file() else source
