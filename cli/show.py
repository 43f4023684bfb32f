"""luthier show NAME: the facts about an instrument, a saved patch, an effect or a plugin; and its parameters."""

import argparse
import json
import textwrap
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.effects import EFFECTS, effect_class
from engine.foreign import is_foreign
from engine.preset import preset_file
from engine.preset.preset_file import Preset
from session import patch_file, patch_lookup
from session.patch import Patch

from . import patch_facts, preset_facts
from .printable_text import make_printable

if TYPE_CHECKING:
    from engine.plugin import Plugin

PAGE_COLUMNS, NAME_COLUMNS = 96, 14
PLUGIN_RATE = 48_000.0  # Hz, at which a foreign plugin tells its latency


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the instrument, and --json."""
    parser.add_argument(
        "preset", metavar="NAME",
        help="an instrument or a saved patch, by name or path, an effect by name, or a plugin of CLAP or LV2",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="everything but the tensors' values, as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print a page, or all of the header and the shapes of the tensors as JSON."""
    if args.preset in EFFECTS and args.preset not in patch_lookup.all_paths():
        _print_effect(args.preset, args.json)
        return 0
    if is_foreign(args.preset):
        _print_plugin(args.preset, args.json)
        return 0
    path = patch_lookup.find(args.preset)
    patch = patch_lookup.resolve(Patch(path))
    preset = preset_file.read(patch.path) if not is_foreign(patch.path) else None
    if args.json:
        print(json.dumps(_as_json(path, patch, preset), ensure_ascii=False))
    else:
        _print_page(path, patch, preset)
    return 0


def _as_json(path: Path, patch: Patch, preset: Preset | None) -> dict[str, Any]:
    """The header, facts about the file, and the patch, if there is one. preset: None of a foreign instrument."""
    values: dict[str, Any] = {"path": str(path), "bytes": path.stat().st_size}
    if preset is not None:
        tensors = {name: list(tensor.shape) for name, tensor in preset.tensors.items()}
        values = {**preset.header, **values, "digest": preset.digest, "tensors": tensors}
    if patch.chain is not None:
        routings = {patch_facts.name_slot(slot): asdict(each) for slot, each in patch_facts.routings(patch).items()}
        missing = {patch_facts.name_slot(slot): why for slot, why in patch_facts.find_missing(patch).items()}
        facts = {"instrument": str(patch.path), "parameters": patch.values, "routing": routings, "missing": missing}
        values["patch"] = facts | patch.chain.plain()
    return values


def _print_page(path: Path, patch: Patch, preset: Preset | None) -> None:
    """Print name and description, a line for each fact, and the parameters. preset: None of a foreign instrument."""
    saved = patch_file.is_patch(path)
    print(make_printable(path.stem if saved or preset is None else preset.header["name"]))
    description = str(preset.header.get("description", "")) if preset is not None else ""
    for line in textwrap.wrap(make_printable(" ".join(description.split())), PAGE_COLUMNS):
        print(line)
    print()
    facts = [("Patch", str(path))] if saved else []
    own = preset_facts.of(preset, patch.path) if preset is not None else [("Plugin", str(patch.path))]
    for name, text in [*facts, *patch_facts.of(patch), *own]:
        _print_fact(name, make_printable(text))
    if preset is not None:
        _print_parameters(preset_facts.parameters(preset))


def _print_effect(name: str, as_json: bool) -> None:
    """Print what an effect does, and its parameters."""
    effect = effect_class(name)
    if as_json:
        print(json.dumps({"name": name, "help": effect.help, "params": [asdict(param) for param in effect.params]}))
        return
    print(f"{name}\n{effect.help}")
    _print_parameters(preset_facts.rows(effect.params))


def _print_plugin(name: str, as_json: bool) -> None:
    """Print what a foreign plugin tells of itself, and its parameters. PluginError."""
    from engine.foreign import load

    plugin = load(name)
    plugin.prepare(PLUGIN_RATE)
    latency, has_state = plugin.latency, plugin.save_state() is not None
    presets, fault = _find_presets(plugin)
    plugin.close()
    if as_json:
        params = [asdict(param) for param in plugin.params]
        facts = {"name": plugin.name, "path": name, "latency": latency, "has_state": has_state, "params": params}
        print(json.dumps(facts | {"presets": presets}, ensure_ascii=False))
        return
    print(make_printable(plugin.name))
    print()
    milliseconds = 1000 * latency / PLUGIN_RATE
    _print_fact("Latency", f"{latency} frames at {PLUGIN_RATE:g} Hz, {milliseconds:.1f} ms" if latency else "none")
    _print_fact("Saved", "its own state" if has_state else "the values of its parameters")
    _print_fact("Plugin", make_printable(name))
    if presets or fault:
        _print_fact("Presets", make_printable(fault or ", ".join(presets.values())))
    _print_parameters(preset_facts.plugin_rows(plugin.params))


def _find_presets(plugin: "Plugin") -> tuple[dict[str, str], str]:
    """The presets of a plugin, names by identifiers, and why they cannot be listed, empty if they can."""
    try:
        return plugin.find_presets(), ""
    except ValueError as error:
        return {}, str(error)


def _print_parameters(rows: list[tuple[str, str, str, str, str]]) -> None:
    """Print a table of parameters, if there are any."""
    if not rows:
        return
    print("\nParameters")
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:4], widths, strict=True)]
        print(f"  {'  '.join(cells)}  {row[4]}".rstrip())


def _print_fact(name: str, text: str) -> None:
    """Print the name of a fact, and beside it its text on as many lines as it needs."""
    first, *more = textwrap.wrap(text, PAGE_COLUMNS - NAME_COLUMNS) or [""]
    print(f"{name:13} {first}")
    for line in more:
        print(f"{'':13} {line}")
