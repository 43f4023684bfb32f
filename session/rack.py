"""[engine thread] Rack: the live plugins of a patch, new ones or those that already play."""

import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.effects import ROOM
from engine.foreign import USUAL_ROUTING, Routing, SideChain, is_foreign, parse
from engine.kinds import ONNX_KIND, kind_of

from .crash_marker import LeftOutError
from .patch import NO_ROOM, OWN_ROOM, PLUGIN, Chain, Effect, Layer, Patch
from .translatable_message import Message, of_error

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from engine.effects.latency_alignment import LatencyAlignment
    from engine.foreign.foreign_plugin import ForeignPlugin
    from engine.foreign.microphone_tap import MicrophoneTap
    from engine.instruments import Instrument
    from engine.plugin import Param, Plugin
    from engine.preset.preset_file import Preset
    from engine.standard_chain import StandardChain

FOREIGN = "foreign"  # part of `engine.precompile`
ON = "on"  # the switch that every effect has
INSTRUMENT, LAYER, VOICE = "", "second", "voice"  # names of slots that hold no effect
LAYER_ROOM = f"{LAYER} {ROOM}"
Opening = Callable[[str], AbstractContextManager[object]]
"""Called with the name of a plugin from elsewhere, which is opened in its context, see `LoadingMarker.opening`."""


@dataclass(frozen=True)
class RackParameter:
    """A parameter of a plugin: its index there, and its name in a patch.

    slot: the name of the slot; of an effect see `Effect.slot`. The name begins with it, or with that of a plugin from
    elsewhere.
    """

    plugin: "Plugin"
    index: int
    name: str
    param: "Param"
    slot: str


@dataclass(frozen=True)
class Bus:
    """A send and its return: what is played before the send does not pass what stands between them."""

    send: "Plugin"
    back: "Plugin"


@dataclass
class Rack:
    """The plugins of a patch.

    layer_path: the file of the second instrument. bus: around it, where it has a room of its own or one of both
    instruments may have a latency. tap: where a side chain hears the microphone. effects: by their `Effect.place`.
    """

    instrument: "Plugin"
    voice: "Plugin | None" = None
    layer: "Plugin | None" = None
    key_zones: "Plugin | None" = None
    layer_room: "Plugin | None" = None
    bus: "Bus | None" = None
    layer_path: str = ""
    tap: "MicrophoneTap | None" = None
    effects: "dict[Effect, Plugin]" = field(default_factory=dict)

    @property
    def learned(self) -> "Instrument":
        """The instrument as one that was learned; ValueError for a foreign one."""
        from engine.instruments import Instrument

        if not isinstance(self.instrument, Instrument):
            raise ValueError(f"{self.instrument.name} is a plugin: this is for instruments that were learned")
        return self.instrument

    @property
    def preset(self) -> "Preset":
        """The preset of the instrument; ValueError for a foreign one, which has none."""
        return self.learned.preset

    @property
    def found_preset(self) -> "Preset | None":
        """The preset of the instrument; None for a foreign one."""
        return _preset_of(self.instrument)

    @property
    def plugins(self) -> "list[Plugin]":
        """All plugins in the order of processing."""
        ahead = [each for each in (self.tap, self.voice, self.key_zones) if each is not None]
        if self.layer is None:
            return [*ahead, self.instrument, *self.effects.values()]
        if self.bus is None:
            return [*ahead, self.instrument, self.layer, *self.effects.values()]
        rooms = [self.layer_room] if self.layer_room is not None else []
        own = [plugin for effect, plugin in self.effects.items() if rooms and effect == Effect(ROOM)]
        shared = [plugin for effect, plugin in self.effects.items() if not rooms or effect != Effect(ROOM)]
        return [*ahead, self.instrument, *own, self.bus.send, self.layer, *rooms, self.bus.back, *shared]

    @property
    def alignment(self) -> "LatencyAlignment | None":
        """What delays the earlier one of the two instruments; None where none of them has a latency."""
        from engine.effects.latency_alignment import LatencyAlignment

        back = self.bus.back if self.bus is not None else None
        return back if isinstance(back, LatencyAlignment) else None

    @property
    def switchable(self) -> "list[Plugin]":
        """The plugins that can be switched off, effects and rooms, in the order of processing."""
        return [plugin for plugin in self.plugins if any(param.name == ON for param in plugin.params)]

    @property
    def slots(self) -> "list[tuple[str, Plugin]]":
        """The slots that have parameters, by the name that those of their parameters begin with."""
        found: list[tuple[str, Plugin]] = [(VOICE, self.voice)] if self.voice else []
        found.append((INSTRUMENT, self.instrument))
        if self.layer is not None:
            found.append((LAYER, self.layer))
        if self.layer_room is not None:
            found.append((LAYER_ROOM, self.layer_room))
        return [*found, *self._named_effects]

    @property
    def routable(self) -> "dict[str, ForeignPlugin]":
        """The plugins whose side chains or outputs can be chosen, by slot; see `Effect.slot`."""
        from engine.foreign.foreign_plugin import ForeignPlugin

        slots = {INSTRUMENT: self.instrument, LAYER: self.layer}
        slots |= {effect.slot: plugin for effect, plugin in self.effects.items()}
        foreign = {slot: plugin for slot, plugin in slots.items() if isinstance(plugin, ForeignPlugin)}
        return {slot: plugin for slot, plugin in foreign.items() if plugin.has_choice}

    @property
    def parameters(self) -> list[RackParameter]:
        """Every parameter of the instruments, the voice and the effects."""
        slots = {id(plugin): effect.slot for effect, plugin in self.effects.items()}
        return [
            RackParameter(plugin, index, f"{name} {param.name}".strip(), param, slots.get(id(plugin), name))
            for name, plugin in self.slots
            for index, param in enumerate(plugin.params)
        ]

    @property
    def named_plugins(self) -> "list[tuple[str, Plugin]]":
        """All plugins in the order of processing: effects by their slots, the second of another name as `ddsp2`."""
        effects = {id(plugin): name for name, plugin in self._named_effects}
        others = [(plugin.name, plugin) for plugin in self.plugins if id(plugin) not in effects]
        names = effects | {id(plugin): name for name, plugin in _numbered(others, effects.values())}
        return [(names[id(plugin)], plugin) for plugin in self.plugins]

    def drain_changes(self) -> dict[str, float]:
        """The values that plugins have set themselves since the last call, by the names of the parameters."""
        changes = {id(plugin): dict(plugin.drain_changes()) for plugin in self.plugins}
        return {
            each.name: changes[id(each.plugin)][each.index]
            for each in self.parameters
            if each.index in changes.get(id(each.plugin), {})
        }

    def with_states(self, chain: Chain) -> Chain:
        """[engine thread] A chain with the states of the plugins that play; of one that does not, its last one."""
        effects = tuple(
            replace(each, state=_saved_state(self.effects[each.place], each.state))
            if each.place in self.effects
            else each
            for each in chain.effects
        )
        layer = chain.layer
        if layer is not None and self.layer is not None:
            layer = replace(layer, state=_saved_state(self.layer, layer.state))
        return replace(chain, effects=effects, layer=layer, state=_saved_state(self.instrument, chain.state))

    def find_rerouted(self, chain: Chain) -> "list[ForeignPlugin]":
        """The plugins whose side chains or outputs are not connected as a chain says."""
        return [plugin for slot, plugin in self.routable.items() if plugin.routing != routing_of(chain, slot)]

    def route(self, chain: Chain) -> None:
        """[engine thread] Connect side chains and outputs as a chain says, with the microphone where one hears it."""
        self.set_routings({slot: routing_of(chain, slot) for slot in self.routable})

    @property
    def routings(self) -> dict[str, Routing]:
        """How side chains and outputs are connected, by slot."""
        return {slot: plugin.routing for slot, plugin in self.routable.items()}

    def set_routings(self, routings: "Mapping[str, Routing]") -> None:
        """[engine thread] Connect side chains and outputs; the microphone, where one hears it, is one more plugin."""
        if SideChain.MICROPHONE not in [routing.side_chain for routing in routings.values()]:
            self.tap = None
        elif self.tap is None:
            from engine.foreign.microphone_tap import MicrophoneTap

            self.tap = MicrophoneTap(is_passed=self.voice is not None)
        plugins = self.routable
        for slot, routing in routings.items():
            tap = self.tap if routing.side_chain is SideChain.MICROPHONE else None
            plugins[slot].set_routing(routing, tap)

    def rename_values(self, values: "Mapping[str, float]", chain: Chain) -> dict[str, float]:
        """Values of its parameters by their names in another chain, without those of plugins that are not in it.

        Effects from elsewhere are numbered by their order where several have one name.
        """
        places = [effect.place for effect in chain.effects]
        before, after = self._names_of(self.effects), self._names_of([e for e in places if e in self.effects])
        owners = {effect.slot: effect for effect in before if effect.kind == PLUGIN}
        renamed: dict[str, str | None] = {}
        for each in self.parameters:
            effect = owners.get(each.slot)
            if effect is not None:
                renamed[each.name] = f"{after[effect]} {each.param.name}" if effect in after else None
        names = ((renamed.get(name, name), value) for name, value in values.items())
        return {name: value for name, value in names if name is not None}

    def named(self, owner: str) -> "list[Plugin]":
        """The plugins of a name, of a slot or of a plugin; all of them for an empty one."""
        named = [*self.slots, *self.named_plugins]
        return [plugin for name, plugin in named if name == owner] if owner else self.plugins

    @property
    def _named_effects(self) -> "list[tuple[str, Plugin]]":
        """The effects in their order, with the names of their slots; those from elsewhere have what name is left."""
        names = self._names_of(self.effects)
        return [(names[effect], plugin) for effect, plugin in self.effects.items()]

    def _names_of(self, effects: "Collection[Effect]") -> dict[Effect, str]:
        """What the names of the parameters of some of its effects begin with, were these all, in this order."""
        own = {effect: effect.slot for effect in effects if effect.kind != PLUGIN}
        foreign = [(self.effects[effect].name, effect) for effect in effects if effect not in own]
        return own | {effect: name for name, effect in _numbered(foreign, own.values())}


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


def set_values(host: "StandardChain", made: Rack, values: "Mapping[str, float]") -> dict[str, float]:
    """Set the parameters that have a value; return the values, those of parameters within their ranges."""
    found = dict(values)
    for parameter in made.parameters:
        if parameter.name in values:
            param = parameter.param
            found[parameter.name] = min(max(values[parameter.name], param.low), param.high)
            host.set_param(parameter.plugin, param.name, values[parameter.name])
    return found


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


def find_displaced_effects(before: Rack, after: Rack) -> "list[Plugin]":
    """The effects that are removed, or change their slots."""
    old, new = before.switchable, after.switchable
    order, other = [id(plugin) for plugin in old], [id(plugin) for plugin in new]  # `==` may compare the contents
    moved = [each for each in order if each in other] != [each for each in other if each in order]
    return [plugin for plugin in old if moved or id(plugin) not in other]


def routing_of(chain: Chain, slot: str) -> Routing:
    """What is chosen for the plugin of a slot."""
    if slot == INSTRUMENT:
        return chain.routing
    if slot == LAYER:
        return chain.layer.routing if chain.layer is not None else USUAL_ROUTING
    return next((effect.routing for effect in chain.effects if effect.slot == slot), USUAL_ROUTING)


def with_routing(chain: Chain, slot: str, routing: Routing) -> Chain:
    """A chain with another choice for the plugin of a slot."""
    if slot == INSTRUMENT:
        return replace(chain, routing=routing)
    if slot == LAYER:
        return replace(chain, layer=chain.layer and replace(chain.layer, routing=routing))
    effects = (replace(each, routing=routing) if each.slot == slot else each for each in chain.effects)
    return replace(chain, effects=tuple(effects))


def engine_parts(patch: Patch, follow_voice: bool) -> set[str]:
    """The parts of `engine.precompile` that play a patch of an instrument. PresetError if a preset is damaged."""
    from engine.preset import library
    from engine.preset.preset_file import read

    chain = patch.chain or Chain()
    paths = [patch.path] if chain.layer is None else [patch.path, _layer_path(chain.layer)]
    parts = {"voice"} if follow_voice else set[str]()
    for path in paths:
        if is_foreign(path):
            parts.add(FOREIGN)
            continue
        kind = ONNX_KIND if path.suffix.lower() == library.ONNX_SUFFIX else kind_of(read(path).header)
        parts.add(kind.name)
        if kind.has_room:
            parts.add(ROOM)
    if any(effect.kind == ROOM and effect.source not in (OWN_ROOM, NO_ROOM) for effect in chain.effects):
        parts.add(ROOM)
    if any(effect.kind == PLUGIN and is_foreign(effect.source) for effect in chain.effects):
        parts.add(FOREIGN)
    if chain.layer is not None or set(chain.kinds) - {ROOM, PLUGIN}:
        parts.add("effects")
    return parts


def _numbered(plugins: "list[tuple[str, Any]]", taken: "Iterable[str]") -> "list[tuple[str, Any]]":
    """The same with unique names that are not taken: the second of a name ends with 2, and so on."""
    names, found = set(taken), list[tuple[str, Any]]()
    for name, plugin in plugins:
        numbered = (f"{name}{number}" for number in itertools.count(2))
        unique = next(each for each in itertools.chain([name], numbered) if each not in names)
        names.add(unique)
        found.append((unique, plugin))
    return found


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


def _saved_state(plugin: "Plugin", before: bytes) -> bytes:
    """The state of a plugin; `before` if it cannot save it, nothing if it has none."""
    try:
        return plugin.save_state() or b""
    except ValueError:
        return before


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
    path = _layer_path(chain.layer)
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


def _layer_path(layer: Layer) -> Path:
    """The file of a second instrument, or the name of a foreign one. PresetError if there is none."""
    from engine.preset import library

    return Path(layer.path) if is_foreign(layer.path) else library.find(layer.path)


def _add_layer_room(made: Rack, before: Rack | None) -> None:
    """Add the room of the second instrument, if it has one."""
    from engine.instrument_chain import make_room

    assert made.layer is not None
    if before is not None and before.layer_room is not None and before.layer is made.layer:
        made.layer_room = before.layer_room
    else:
        made.layer_room = make_room(_preset_of(made.layer))


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


def _preset_of(plugin: "Plugin") -> "Preset | None":
    """What an instrument was learned as; None for a foreign one."""
    from engine.instruments import Instrument

    return plugin.preset if isinstance(plugin, Instrument) else None


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
