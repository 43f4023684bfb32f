"""Options of the playing and rendering commands: instrument, chain and parameter values; builds a host from them."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.effects import EFFECTS, ROOM
from engine.foreign import Format, Outputs, SideChain, check_installed, is_foreign, parse
from engine.kinds import ONNX_KIND, kind_of
from session import patch_lookup
from session.patch import OWN_ROOM, PLUGIN, Chain, Patch

from . import voice_options
from .number_ranges import integer, number

if TYPE_CHECKING:
    from engine.standard_chain import StandardChain
    from session.rack import Rack

MAX_NAMED = 48  # knobs or presets in a message
COMPLETED_WORDS = {"EFFECT": tuple(EFFECTS)}  # of arguments, by their metavar
DEFAULT_RATE = 48000.0  # Hz, where no device has its own
DEFAULT_ROOM = "violin"  # whose room `--with room` takes where the instrument has none
INSTRUMENT_HELP = "an instrument, or a saved patch, by name or path; also an ONNX decoder, or a CLAP plugin"


@dataclass
class HostedRack:
    """A host and the rack that it plays."""

    host: "StandardChain"
    rack: "Rack"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that playing and rendering share."""
    parser.add_argument("--rate", type=number(8000, 384000, "Hz"), metavar="HZ", help="the sample rate")
    parser.add_argument("--block", type=integer(1, 4096, "frames"), metavar="N", help="frames computed at once")
    parser.add_argument("--seconds", type=number(0.01, 86400, "s"), metavar="S", help="stop after this time")
    parser.add_argument("--a4", type=number(400, 480, "Hz"), metavar="HZ", help="the pitch of the A above middle C")
    parser.add_argument(
        "--seed", type=integer(0, 2**31 - 1), default=0, metavar="N", help="decides the noise of attacks"
    )
    parser.add_argument(
        "--channel", type=integer(1, 16), action="append", metavar="C",
        help="enable only this MIDI channel; may be given several times (otherwise all but 10 are enabled)",
    )  # fmt: skip
    add_chain_arguments(parser)


def add_chain_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options for effects and parameter values."""
    parser.add_argument(
        "--room", metavar="ROOM",
        help="none, a sound file of a clap in a room, or an instrument whose room to play in; its own otherwise",
    )  # fmt: skip
    parser.add_argument(
        "--with", dest="plugins", action="append", default=[], metavar="EFFECT",
        help=f"append an effect: {', '.join(EFFECTS)}; the name of an installed plugin; one of CLAP, FILE.clap or "
        "FILE.clap#ID, or of LV2, lv2:URI; or a C library. May be given "
        f"several times, in the order of processing. `{ROOM}` is the instrument's own, or else that of the "
        f"{DEFAULT_ROOM}; {ROOM}=FILE.wav or {ROOM}=INSTRUMENT is another",
    )  # fmt: skip
    parser.add_argument(
        "--set", dest="params", action="append", default=[], metavar="PARAM=VALUE",
        help="set a parameter, as `luthier show NAME` names those of an instrument; of an effect EFFECT.PARAM=VALUE "
        "(chorus.mix=0.4, room.level=-6), of the second one of a name chorus2.mix, of a second instrument "
        "second.PARAM; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--plugin-preset", dest="plugin_presets", action="append", default=[], metavar="[PLUGIN=]NAME",
        help="load a preset that a plugin brings along, as `luthier show lv2:URI` lists them, before --set; may be "
        "given several times",
    )  # fmt: skip
    _add_routing_arguments(parser)


def _add_routing_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--side-chain", dest="side_chains", action="append", default=[], metavar="[PLUGIN=]SOURCE",
        help="what the side chain of a plugin of CLAP or LV2 hears: input, what comes before it (as usual), "
        "microphone or silence; of all plugins, or of the one that is named as for --set; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--plugin-outputs", dest="outputs", action="append", default=[], metavar="[PLUGIN=]WHICH",
        help="which outputs of a plugin that has more than two are heard: all, added up (as usual), or first, the "
        "first pair alone; may be given several times",
    )  # fmt: skip


def build(args: argparse.Namespace) -> HostedRack:
    """A host that plays args.preset with the effects and values of the options. ValueError, OSError."""
    patch = _patch(args, patch_lookup.find(args.preset))
    from session.rack import engine_parts

    _compile(engine_parts(patch, _follows_voice(args)))  # a damaged file is refused before anything is compiled
    from engine.standard_chain import StandardChain

    host = StandardChain(args.rate or DEFAULT_RATE, getattr(args, "channel", None))
    hosted = HostedRack(host, _load(host, args, patch))
    if getattr(args, "a4", None) is not None:
        host.set_param(host.interpreter, "a4", args.a4)
    return hosted


def load(hosted: HostedRack, args: argparse.Namespace, path: Path) -> None:
    """Load another instrument or patch, with the effects and values of the options. Errors as of `build`."""
    hosted.rack = _load(hosted.host, args, _patch(args, path))


def _load(host: "StandardChain", args: argparse.Namespace, patch: Patch) -> "Rack":
    from session import rack

    made = rack.load(host, patch, args.seed, _follows_voice(args))
    if made.voice is not None:
        voice_options.apply(host, made.voice, args)
    _route(host, made, args)
    _load_presets(made, getattr(args, "plugin_presets", []))
    _set_params(host, made, args.params)
    return made


def _patch(args: argparse.Namespace, path: Path) -> Patch:
    """What a file holds, with the room and the effects of the options; ValueError if there is no such effect."""
    patch = patch_lookup.resolve(Patch(path))
    if is_foreign(patch.path):
        check_installed(patch.path)
    chain = patch.chain or Chain()
    if args.room is not None:
        chain = chain.with_effect(ROOM, args.room)
    for index, text in enumerate(args.plugins):
        name, equals, source = text.partition("=")
        if name == ROOM and (equals or name == text):
            first = ROOM not in [each.partition("=")[0] for each in args.plugins[:index]]
            chain = _with_room(chain, source if equals else _room_of(patch.path), first)
        elif text in EFFECTS:
            chain = chain.with_another(text)
        else:
            _check_plugin(text)
            chain = chain.with_another(PLUGIN, text)
    return replace(patch, chain=chain)


def _with_room(chain: Chain, source: str, first: bool) -> Chain:
    """A chain with a room at its end: the one that it has anyway, or one more if that was moved there before."""
    if first:
        chain = replace(chain, effects=tuple(effect for effect in chain.effects if effect.slot != ROOM))
    return chain.with_another(ROOM, source)


def _room_of(path: Path) -> str:
    """The source of the room that an instrument gets where none is named."""
    from engine.preset import library, preset_file

    if is_foreign(path):
        return DEFAULT_ROOM
    kind = ONNX_KIND if path.suffix.lower() == library.ONNX_SUFFIX else kind_of(preset_file.read(path).header)
    return OWN_ROOM if kind.has_room else DEFAULT_ROOM


def _check_plugin(name: str) -> None:
    """ValueError if there is no plugin of this name, with the names that there are."""
    from engine.plugin import external

    check_installed(name)
    known = external.installed()
    if parse(name).format is Format.PACKAGE and name not in known:
        names = ", ".join([*EFFECTS, *sorted(known)])
        raise ValueError(
            f"no effect {name!r}; there are {names}, what `luthier plugins` lists, and C libraries by their path"
        )


def _route(host: "StandardChain", rack: "Rack", args: argparse.Namespace) -> None:
    """Connect plugins as `--side-chain` and `--plugin-outputs` say. ValueError if one has no such choice."""
    routings = rack.routings
    for text in args.side_chains:
        for slot, word in _choices("--side-chain", text, rack, "has_side_chain", list(SideChain)):
            routings[slot] = replace(routings[slot], side_chain=SideChain(word))
    for text in args.outputs:
        for slot, word in _choices("--plugin-outputs", text, rack, "has_further_outputs", list(Outputs)):
            routings[slot] = replace(routings[slot], outputs=Outputs(word))
    before = rack.plugins
    rack.set_routings(routings)
    if rack.tap not in (None, *before):
        host.edit_chain(rack.plugins)


def _choices(option: str, text: str, rack: "Rack", ability: str, words: Sequence[str]) -> list[tuple[str, str]]:
    """The slots that an option concerns, each with the word that is chosen; ability: what their plugins must have."""
    owner, _, word = text.rpartition("=")
    able = {slot: plugin for slot, plugin in rack.routable.items() if getattr(plugin, ability)}
    if word not in words:
        raise ValueError(f"{option} {text}: {word!r} is none of {', '.join(words)}")
    chosen = rack.named(owner)
    found = [slot for slot, plugin in able.items() if any(plugin is each for each in chosen)]
    if not able:
        raise ValueError(f"{option} {text}: no plugin of the chain has such a choice")
    if not found:
        names = {id(plugin): name for name, plugin in rack.named_plugins}
        known = ", ".join(names[id(plugin)] for plugin in able.values())
        raise ValueError(f"{option} {text}: {owner!r} has no such choice; these have: {known}")
    return [(slot, word) for slot in found]


def _load_presets(rack: "Rack", wanted: list[str]) -> None:
    """Load presets of plugins as `--plugin-preset` says; ValueError if there is no such preset."""
    for text in wanted:
        owner, _, rest = text.partition("=")
        plugins, name = (rack.named(owner), rest) if rest and rack.named(owner) else (rack.plugins, text)
        presets = [(plugin, uri, title) for plugin in plugins for uri, title in plugin.find_presets().items()]
        found = next(((plugin, uri) for plugin, uri, title in presets if name in (title, uri)), None)
        if found is None:
            known = _join([title for _, _, title in presets]) or "none"
            raise ValueError(f"--plugin-preset {text}: there is no preset {name!r}; there are {known}")
        plugin, uri = found
        plugin.load_preset(uri)
    rack.drain_changes()  # those of the presets


def _set_params(host: "StandardChain", rack: "Rack", assignments: list[str]) -> None:
    """Set parameters as `--set` says; ValueError if there is no such parameter or the value is out of its range."""
    for text in assignments:
        name, _, value_text = text.partition("=")
        owner, _, param_name = name.strip().rpartition(".")
        found = [
            (plugin, param) for plugin in rack.named(owner.replace(".", " "))
            for param in plugin.params if param.name == param_name
        ]  # fmt: skip
        if not found:
            raise ValueError(f"--set {text}: there is no knob {name!r}; there are {_list_knobs(rack, owner)}")
        plugin, param = found[0]
        words = {word: value for value, word in param.words}
        try:
            value = words[value_text] if value_text in words else float(value_text)
        except ValueError:
            named = f", or one of {', '.join(words)}" if words else ""
            raise ValueError(f"--set {text}: {value_text!r} is no number; say {name}=VALUE{named}") from None
        if not param.low <= value <= param.high:
            raise ValueError(f"--set {text}: {name} goes from {param.low:g} to {param.high:g} {param.unit}".rstrip())
        host.set_param(plugin, param_name, value)


def _list_knobs(rack: "Rack", owner: str) -> str:
    """The knobs of a plugin for a message, or of all plugins where none has that name."""
    owned = {id(plugin) for plugin in rack.named(owner.replace(".", " "))} if owner else set[int]()
    names = [
        f"{slot}.{param.name}" for slot, plugin in rack.named_plugins if not owned or id(plugin) in owned
        for param in plugin.params
    ]  # fmt: skip
    return _join(names)


def _join(names: list[str]) -> str:
    """The first ones of many names, and how many more there are."""
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    return ", ".join(names[:MAX_NAMED]) + more


def _follows_voice(args: argparse.Namespace) -> bool:
    """Whether a microphone drives the instrument."""
    return bool(getattr(args, "mic", False))


def _compile(parts: set[str]) -> None:
    """Compile the parts of the engine that play, if that was not done before, with a progress bar."""
    from engine.precompile import compile_parts, is_compiled

    if is_compiled(parts):
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("compiling for this processor, once")
        for number, total, name in compile_parts(parts):
            progress.update(task, total=total, completed=number, description=f"compiling, once: {name}")
        progress.update(task, completed=total)
