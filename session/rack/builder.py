"""[engine thread] Builder of racks: opens the plugins of a patch, or takes those that already play."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.effects import ROOM
from engine.foreign import is_foreign, parse
from engine.kinds import kind_of
from session.crash_marker import LeftOutError
from session.patch import NO_ROOM, OWN_ROOM, PLUGIN, Chain, Effect, Layer, Patch
from session.translatable_message import Message, of_error

from .rack import Bus, Rack, preset_of, set_values

if TYPE_CHECKING:
    from engine.plugin import Plugin
    from engine.standard_chain import StandardChain

Opening = Callable[[str], AbstractContextManager[object]]
"""Called with the name of a plugin from elsewhere, which is opened in its context, see `LoadingMarker.opening`."""


def load(host: "StandardChain", patch: Patch, seed: int = 0, follow_voice: bool = False) -> Rack:
    """Build the rack of a patch and play it with the patch's values.

    ValueError or OSError if any of it cannot be loaded. patch: of an instrument, see `patch_lookup.resolve`.
    """
    made, problems = build(patch.path, patch.chain or Chain(), follow_voice, seed)
    if problems:
        raise ValueError(str(problems[0]))
    if follow_voice and made.voice is None:
        _add_tracker(made)  # raises the reason
    host.play(made.plugins)
    made.drain_changes()  # of the states that were loaded
    set_values(host, made, patch.values)
    return made


def build(
    path: "Path", chain: Chain, follow_voice: bool, seed: int = 0, opening: Opening = nullcontext
) -> tuple[Rack, list[Message]]:
    """Build a new rack; the problems of what could not be loaded. PresetError if that is the instrument itself.

    follow_voice: with a tracker before an instrument that can follow a voice.
    """
    problems: list[Message] = []
    made = Rack(_open_instrument(problems, path, chain.state, seed, opening))
    preset = made.found_preset
    if follow_voice and preset is not None and kind_of(preset.header).follows_voice:
        _add_tracker(made)
    problems += _add_plugins(made, chain, None, seed, opening)
    made.route(chain)
    return made, problems


def rebuild(before: Rack, chain: Chain, opening: Opening = nullcontext) -> tuple[Rack, list[Message]]:
    """Build the rack of another chain with the instrument and the remaining plugins of `before`; as `build`.

    These are not routed yet: they may still sound.
    """
    made = Rack(before.instrument, before.voice, tap=before.tap)
    return made, _add_plugins(made, chain, before, 0, opening)


def layer_path(layer: Layer) -> Path:
    """The file of a second instrument, or the name of a foreign one. PresetError if there is none."""
    from engine.preset import library

    return Path(layer.path) if is_foreign(layer.path) else library.find(layer.path)


def _add_tracker(made: Rack) -> None:
    """Put a voice tracker before the instrument; ValueError if the instrument cannot follow one."""
    from engine.instrument_chain import follow_voice

    made.voice = follow_voice([made.instrument])[0]


def _add_plugins(made: Rack, chain: Chain, before: Rack | None, seed: int, opening: Opening) -> list[Message]:
    """Add layer, rooms and effects of a chain; the problems of what could not be loaded."""
    problems: list[Message] = []
    if chain.layer is not None:
        _load_or_report(problems, lambda: problems.extend(_add_layer(made, chain, before, seed, opening)))
    if made.layer is not None and Effect(ROOM) in chain.effects:
        _load_or_report(problems, lambda: _add_layer_room(made, before))
    _add_bus(made, before)
    for effect in chain.effects:
        plugin = before.effects.get(effect.place) if before is not None else None
        if plugin is None and effect.kind == PLUGIN:
            plugin = _load_or_report(problems, lambda effect=effect: _open_effect(problems, effect, opening))
        elif plugin is None:
            plugin = _load_or_report(problems, lambda effect=effect: _effect(effect, made))
        if plugin is not None:
            made.effects[effect.place] = plugin
    return problems


def _load_state(problems: list[Message], plugin: "Plugin", state: bytes) -> None:
    """Restore the state of a new plugin, if there is one; it stays as it is if it does not take it."""
    if state:
        _load_or_report(problems, lambda: plugin.load_state(state))


def _load_or_report(problems: list[Message], work: Any) -> Any:
    try:
        return work()
    except LeftOutError:  # the window asks
        return None
    except (ValueError, OSError) as error:
        problems.append(of_error(error))
        return None


def _add_layer(made: Rack, chain: Chain, before: Rack | None, seed: int, opening: Opening) -> list[Message]:
    """Add the second instrument, and before both the key zones that route the events to them; its problems."""
    from engine.midi.key_zones import ALL_CHANNELS, KeyZones, Zone

    assert chain.layer is not None
    problems: list[Message] = []
    path = layer_path(chain.layer)
    if before is not None and before.layer is not None and before.layer_path == str(path):
        made.layer = before.layer
    else:
        made.layer = _open_instrument(problems, path, chain.layer.state, seed, opening)
    made.layer_path = str(path)
    zones = [
        Zone(plugin, low, high, 1 << channel - 1 if channel else ALL_CHANNELS)
        for plugin, (low, high), channel in zip(
            (made.instrument, made.layer), chain.layer.keys, chain.layer.channels, strict=True
        )
    ]
    made.key_zones = KeyZones(zones)
    return problems


def _add_layer_room(made: Rack, before: Rack | None) -> None:
    """Add the room of the second instrument, if it has one."""
    from engine.instrument_chain import make_room

    assert made.layer is not None
    if before is not None and before.layer_room is not None and before.layer is made.layer:
        made.layer_room = before.layer_room
    else:
        made.layer_room = make_room(preset_of(made.layer))


def _add_bus(made: Rack, before: Rack | None) -> None:
    """Add a bus around the second instrument, if it needs one."""
    if made.layer is None:
        return
    has_latency = made.instrument.has_latency or made.layer.has_latency
    if made.layer_room is None and not has_latency:
        return
    if before is not None and before.bus is not None and before.layer is made.layer:
        made.bus = before.bus
        return
    from engine.effects.latency_alignment import LatencyAlignment
    from engine.effects.send_return import BusReturn, BusSend

    send = BusSend()
    back = LatencyAlignment(send, made.instrument, made.layer) if has_latency else BusReturn(send)
    made.bus = Bus(send, back)


def _open_instrument(problems: list[Message], path: "Path", state: bytes, seed: int, opening: Opening) -> "Plugin":
    """The instrument of a file with its state, which it may refuse. PresetError, PluginError or LeftOutError."""
    with opening(str(path)) if is_foreign(path) else nullcontext():
        plugin = _make_instrument(path, seed)
        _load_state(problems, plugin, state)
    return plugin


def _make_instrument(path: "Path", seed: int) -> "Plugin":
    """The instrument of a file, learned or foreign. PresetError or PluginError."""
    if is_foreign(path):
        from engine.foreign import load as load_plugin

        plugin = load_plugin(path)
        if not plugin.is_instrument:
            plugin.close()
            raise ValueError(f"{plugin.name} is an effect: play an instrument --with {parse(path)}")
        return plugin
    from engine.instrument_chain import make_instrument

    return make_instrument(path, seed)


def _open_effect(problems: list[Message], effect: Effect, opening: Opening) -> "Plugin":
    """An effect from elsewhere with its state, which it may refuse. ValueError or OSError if it cannot be loaded."""
    from engine.foreign import load as load_plugin

    with opening(effect.source):
        plugin = load_plugin(effect.source)
        _load_state(problems, plugin, effect.state)
    return plugin


def _effect(effect: Effect, made: Rack) -> "Plugin | None":
    """Make the plugin of an effect; None where there is no room. ValueError or OSError if it cannot be loaded."""
    from engine import effects
    from engine.instrument_chain import make_room
    from engine.plugin import set_label

    if effect.kind == ROOM and effect.source == NO_ROOM:
        return None
    if effect.kind == ROOM:
        plugin = make_room(made.found_preset, None if effect.source == OWN_ROOM else effect.source)
    else:
        plugin = effects.make(effect.kind)
    if plugin is not None and effect.number > 1:
        set_label(plugin, effect.slot)
    return plugin
