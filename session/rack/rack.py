"""[engine thread] Rack: the live plugins of a patch, by the names of their slots and parameters."""

import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from engine.effects import ROOM
from engine.foreign import Routing, SideChain
from session.patch import PLUGIN, Chain, Effect

from .slots import INSTRUMENT, LAYER, LAYER_ROOM, ON, VOICE, routing_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from engine.effects.latency_alignment import LatencyAlignment
    from engine.foreign.foreign_plugin import ForeignPlugin
    from engine.foreign.microphone_tap import MicrophoneTap
    from engine.instruments import Instrument
    from engine.plugin import Param, Plugin
    from engine.preset.preset_file import Preset
    from engine.standard_chain import StandardChain


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
        return preset_of(self.instrument)

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
    def foreign(self) -> "dict[str, ForeignPlugin]":
        """The foreign plugins by slot; see `Effect.slot`."""
        from engine.foreign.foreign_plugin import ForeignPlugin

        slots = {INSTRUMENT: self.instrument, LAYER: self.layer}
        slots |= {effect.slot: plugin for effect, plugin in self.effects.items()}
        return {slot: plugin for slot, plugin in slots.items() if isinstance(plugin, ForeignPlugin)}

    @property
    def routable(self) -> "dict[str, ForeignPlugin]":
        """The foreign plugins whose side chains or outputs can be chosen, by slot."""
        return {slot: plugin for slot, plugin in self.foreign.items() if plugin.has_choice}

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


def set_values(host: "StandardChain", made: Rack, values: "Mapping[str, float]") -> dict[str, float]:
    """Set the parameters that have a value; return the values, those of parameters within their ranges."""
    found = dict(values)
    for parameter in made.parameters:
        if parameter.name in values:
            param = parameter.param
            found[parameter.name] = min(max(values[parameter.name], param.low), param.high)
            host.set_param(parameter.plugin, param.name, values[parameter.name])
    return found


def find_displaced_effects(before: Rack, after: Rack) -> "list[Plugin]":
    """The effects that are removed, or change their slots."""
    old, new = before.switchable, after.switchable
    order, other = [id(plugin) for plugin in old], [id(plugin) for plugin in new]  # `==` may compare the contents
    moved = [each for each in order if each in other] != [each for each in other if each in order]
    return [plugin for plugin in old if moved or id(plugin) not in other]


def preset_of(plugin: "Plugin") -> "Preset | None":
    """What an instrument was learned as; None for a foreign one."""
    from engine.instruments import Instrument

    return plugin.preset if isinstance(plugin, Instrument) else None


def _saved_state(plugin: "Plugin", before: bytes) -> bytes:
    """The state of a plugin; `before` if it cannot save it, nothing if it has none."""
    try:
        return plugin.save_state() or b""
    except ValueError:
        return before


def _numbered(plugins: "list[tuple[str, Any]]", taken: "Iterable[str]") -> "list[tuple[str, Any]]":
    """The same with unique names that are not taken: the second of a name ends with 2, and so on."""
    names, found = set(taken), list[tuple[str, Any]]()
    for name, plugin in plugins:
        numbered = (f"{name}{number}" for number in itertools.count(2))
        unique = next(each for each in itertools.chain([name], numbered) if each not in names)
        names.add(unique)
        found.append((unique, plugin))
    return found
