"""[deck's thread] The row of an instrument with all that stands beside it, built anew or from what plays already."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .patch import NO_ROOM, OWN, ROOM, Chain, Effect
from .user_message import Message, of_error

if TYPE_CHECKING:
    from pathlib import Path

    from engine.instruments import Instrument
    from engine.plugin import Param, Plugin
    from engine.preset.preset_file import Preset

ON = "on"  # the switch that every effect has
FIRST, SECOND, VOICE = "", "second", "voice"  # links that are no effects
SECOND_ROOM = f"{SECOND} {ROOM}"


@dataclass(frozen=True)
class Knob:
    """A parameter of a row: whose it is, its place there, its name there, and the link of the chain it is part of."""

    plugin: "Plugin"
    index: int
    name: str
    param: "Param"
    link: str


@dataclass(frozen=True)
class Alcove:
    """The room that the second instrument has for itself, and what keeps the sound of the first one out of it."""

    room: "Plugin"
    aside: "Plugin"
    back: "Plugin"


@dataclass
class Rack:
    """What plays: the links in the order of their knobs. `title` names the second instrument."""

    instrument: "Instrument"
    voice: "Plugin | None" = None
    second: "Instrument | None" = None
    zones: "Plugin | None" = None
    alcove: "Alcove | None" = None
    title: str = ""
    effects: "dict[Effect, Plugin]" = field(default_factory=dict)

    @property
    def preset(self) -> "Preset":
        """What the instrument was made of."""
        return self.instrument.preset

    @property
    def row(self) -> "list[Plugin]":
        """All of it, from the head of the row on."""
        ahead = [each for each in (self.voice, self.zones) if each is not None]
        if self.second is None:
            return [*ahead, self.instrument, *self.effects.values()]
        if self.alcove is None:
            return [*ahead, self.instrument, self.second, *self.effects.values()]
        own = [plugin for effect, plugin in self.effects.items() if effect.kind == ROOM]
        shared = [plugin for effect, plugin in self.effects.items() if effect.kind != ROOM]
        aside, room, back = self.alcove.aside, self.alcove.room, self.alcove.back
        return [*ahead, self.instrument, *own, aside, self.second, room, back, *shared]

    @property
    def switched(self) -> "list[Plugin]":
        """All that can be switched off, effects and rooms, in the order of the row."""
        return [plugin for plugin in self.row if any(param.name == ON for param in plugin.params)]

    @property
    def links(self) -> "list[tuple[str, Plugin]]":
        """What has knobs, by name."""
        found: list[tuple[str, Plugin]] = [(VOICE, self.voice)] if self.voice else []
        found.append((FIRST, self.instrument))
        if self.second is not None:
            found.append((SECOND, self.second))
        if self.alcove is not None:
            found.append((SECOND_ROOM, self.alcove.room))
        return [*found, *((effect.kind, plugin) for effect, plugin in self.effects.items())]

    @property
    def knobs(self) -> list[Knob]:
        """Every parameter; those of all but the first instrument bear the name of their link as well."""
        return [
            Knob(plugin, index, f"{link} {param.name}".strip(), param, link)
            for link, plugin in self.links
            for index, param in enumerate(plugin.params)
        ]


def build(path: "Path", chain: Chain, sung: bool) -> tuple[Rack, list[Message]]:
    """A new lineup, and what of it could not be had, in words; PresetError where it is the instrument itself."""
    from engine.chain import follow, make_row
    from engine.instruments import Instrument

    (instrument,) = make_row(path, room=NO_ROOM)
    assert isinstance(instrument, Instrument)
    made = Rack(instrument)
    if sung and made.preset.header["kind"] == "ddsp":
        made.voice = follow([made.instrument])[0]
    return made, _complete(made, chain, None)


def rebuild(before: Rack, chain: Chain) -> tuple[Rack, list[Message]]:
    """The lineup that follows one that plays, which has the same instrument and what else stays; as `build`."""
    made = Rack(before.instrument, before.voice)
    return made, _complete(made, chain, before)


def displaced(before: Rack, after: Rack) -> "list[Plugin]":
    """The effects that go, or change their places."""
    old, new = before.switched, after.switched
    moved = [plugin for plugin in old if plugin in new] != [plugin for plugin in new if plugin in old]
    return [plugin for plugin in old if moved or plugin not in new]


def switch_off(effect: "Plugin") -> None:
    """Let an effect that does not play yet begin switched off."""
    effect.state["param"][0, [param.name for param in effect.params].index(ON)] = 0


def _complete(made: Rack, chain: Chain, before: Rack | None) -> list[Message]:
    """Add what a chain has beside the instrument; what of it could not be had."""
    problems: list[Message] = []
    if chain.second is not None:
        _try(problems, lambda: _stand_beside(made, chain, before))
    if made.second is not None and Effect(ROOM) in chain.effects:
        _try(problems, lambda: _give_room(made, before))
    for effect in chain.effects:
        old = before.effects.get(effect) if before is not None else None
        plugin = old or _try(problems, lambda effect=effect: _effect(effect, made.preset))
        if plugin is not None:
            made.effects[effect] = plugin
    return problems


def _try(problems: list[Message], work: Any) -> Any:
    try:
        return work()
    except (ValueError, OSError) as error:
        problems.append(of_error(error))
        return None


def _stand_beside(made: Rack, chain: Chain, before: Rack | None) -> None:
    """Put a second instrument into a lineup, and before both what tells them apart."""
    from engine.instruments import make
    from engine.midi.key_zones import CHANNELS, Zone, Zones
    from engine.preset.library import find
    from engine.preset.preset_file import read

    assert chain.second is not None
    path = find(chain.second.path)
    if before is not None and before.second is not None and before.title == str(path):
        made.second = before.second
    else:
        made.second = make(read(path))
    made.title = str(path)
    zones = [
        Zone(plugin, low, high, 1 << channel - 1 if channel else CHANNELS)
        for plugin, (low, high), channel in zip(
            (made.instrument, made.second), chain.second.keys, chain.second.channels, strict=True
        )
    ]
    made.zones = Zones(zones)


def _give_room(made: Rack, before: Rack | None) -> None:
    """Let the second instrument stand in its own room, if it has one; the first one stays in its."""
    from engine.effects.bus import BusReturn, BusSend

    assert made.second is not None
    if before is not None and before.alcove is not None and before.second is made.second:
        made.alcove = before.alcove
        return
    room = _effect(Effect(ROOM), made.second.preset)
    if room is not None:
        aside = BusSend()
        made.alcove = Alcove(room, aside, BusReturn(aside))


def _effect(effect: Effect, preset: "Preset") -> "Plugin | None":
    """The plugin of an effect; None for a room that is none. ValueError or OSError where it cannot be had."""
    if effect.kind != ROOM:
        from engine.effects import EFFECTS

        return EFFECTS[effect.kind]()
    from engine import impulse_response
    from engine.effects.convolution_reverb import ConvolutionReverb

    if effect.source == NO_ROOM:
        return None
    response = impulse_response.of_preset(preset) if effect.source == OWN else impulse_response.room(effect.source)
    if response is None or (response.dry == 1 and not response.samples.any()):
        return None
    return ConvolutionReverb(response.samples, response.rate, response.dry)
