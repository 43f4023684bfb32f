"""What the sub-commands that sound have in common: a row of plugins in a rig."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from . import voice_options
from .argument_types import number, whole

if TYPE_CHECKING:
    from engine.plugin import Plugin
    from engine.rig import Rig

RATE = 48000.0  # Hz, where no device has its own


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that playing and rendering share."""
    parser.add_argument("--rate", type=number(8000, 384000, "Hz"), metavar="HZ", help="the sample rate")
    parser.add_argument(
        "--block", type=whole(1, 4096, "frames"), metavar="N", help="frames that are computed at once"
    )
    parser.add_argument("--seconds", type=number(0.01, 86400, "s"), metavar="S", help="stop after this time")
    parser.add_argument("--a4", type=number(400, 480, "Hz"), metavar="HZ", help="the pitch of the A above middle C")
    parser.add_argument(
        "--seed", type=whole(0, 2**31 - 1), default=0, metavar="N", help="decides the noise of attacks"
    )
    parser.add_argument(
        "--channel", type=whole(1, 16), action="append", metavar="C",
        help="hear only this MIDI channel; may be given several times (otherwise all but 10 are heard)",
    )  # fmt: skip
    add_row_arguments(parser)


def add_row_arguments(parser: argparse.ArgumentParser) -> None:
    """What stands in the row beside the instrument."""
    parser.add_argument(
        "--room", metavar="ROOM",
        help="none, a sound file of a clap in a room, or an instrument whose room to play in; its own otherwise",
    )  # fmt: skip
    parser.add_argument(
        "--set", dest="knobs", action="append", default=[], metavar="KNOB=VALUE",
        help="turn a knob, as `luthier show PRESET` names it; may be given several times (room.level=-6)",
    )  # fmt: skip
    parser.add_argument(
        "--with", dest="plugins", action="append", default=[], metavar="PLUGIN",
        help="a plugin to append to the instrument, by name or as a C library; may be given several times",
    )  # fmt: skip


def build(args: argparse.Namespace) -> "Rig":
    """The rig that plays args.preset, given by name or path, with its plugins. PresetError if there is none."""
    from engine.preset import library, preset_file

    path = library.find(args.preset)
    kind = "ddsp"
    if path.suffix.lower() != library.ONNX:
        kind = preset_file.read(path).header["kind"]  # a damaged file is refused before anything is compiled
    _compile({kind, *(["room"] if kind == "ddsp" or args.room else []), *(["voice"] if _sings(args) else [])})
    from engine.rig import Rig

    rig = Rig(args.rate or RATE, getattr(args, "channel", None))
    rig.play(row(args, path))
    settle(rig, args)
    if getattr(args, "a4", None) is not None:
        rig.set(rig.interpreter, "a4", args.a4)
    return rig


def row(args: argparse.Namespace, path: Path) -> "list[Plugin]":
    """The instrument of a preset, its room, and the plugins that were asked for; with args.mic it follows a voice."""
    from engine.chain import follow, make_row
    from engine.plugin.external import load as load_plugin

    made = make_row(path, args.seed, args.room)
    return [*(follow(made) if _sings(args) else made), *map(load_plugin, args.plugins)]


def settle(rig: "Rig", args: argparse.Namespace) -> None:
    """Lay what was asked for on a new row; ValueError when it cannot be."""
    if _sings(args):
        voice_options.lay(rig, args)
    turn(rig, args)


def turn(rig: "Rig", args: argparse.Namespace) -> None:
    """Turn the knobs that were asked for; ValueError when the row has no such knob or it goes not so far."""
    for word in args.knobs:
        name, _, text = word.partition("=")
        owner, _, knob = name.strip().rpartition(".")
        found = [
            (plugin, param) for plugin in rig.row if owner in ("", plugin.name)
            for param in plugin.params if param.name == knob
        ]  # fmt: skip
        if not found:
            names = ", ".join(f"{plugin.name}.{param.name}" for plugin in rig.row for param in plugin.params)
            raise ValueError(f"--set {word}: there is no knob {name!r}; there are {names}")
        plugin, param = found[0]
        try:
            value = float(text)
        except ValueError:
            raise ValueError(f"--set {word}: {text!r} is no number; say {name}=VALUE") from None
        if not param.low <= value <= param.high:
            raise ValueError(f"--set {word}: {name} goes from {param.low:g} to {param.high:g} {param.unit}".rstrip())
        rig.set(plugin, knob, value)


def _sings(args: argparse.Namespace) -> bool:
    """Whether a microphone drives the instrument."""
    return bool(getattr(args, "mic", False))


def _compile(parts: set[str]) -> None:
    """Compile what plays, the first time, and show how far it is."""
    from engine.precompile import is_warm, warm

    if is_warm(parts):
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("compiling for this processor, once")
        for number, total, name in warm(parts):
            progress.update(task, total=total, completed=number, description=f"compiling, once: {name}")
        progress.update(task, completed=total)
