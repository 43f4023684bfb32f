"""Patch: an instrument, its parameter values, effects in their order and a second instrument."""

import base64
import binascii
import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engine.effects import EFFECTS, ROOM
from engine.foreign import USUAL_ROUTING, Outputs, Routing, SideChain

PLUGIN = "plugin"  # kind of an external effect: a foreign one, an installed Python plugin, or a C library
OWN_ROOM, NO_ROOM = "", "none"  # sources of a room: the one that the instrument was learned in; none
STATE_KEY, SIDE_CHAIN_KEY, OUTPUTS_KEY = "state", "side_chain", "outputs"
NO_SPLIT = -1  # both instruments on all keys


@dataclass(frozen=True)
class Effect:
    """One effect, `number` of its kind in the chain.

    source: of a room OWN_ROOM, NO_ROOM, a sound file or an instrument with a room; of a PLUGIN its name or its path.
    state: what it saved beside its values, see `Plugin.save_state`; two that differ in it alone are the same effect.
    routing: of a foreign one.
    """

    kind: str
    source: str = OWN_ROOM
    number: int = 1
    state: bytes = field(default=b"", compare=False)
    routing: Routing = USUAL_ROUTING

    @property
    def slot(self) -> str:
        """The name of its slot, with which the names of its parameters begin: "delay", of the second one "delay2"."""
        return self.kind if self.number == 1 else f"{self.kind}{self.number}"

    @property
    def place(self) -> "Effect":
        """The effect without what may change while its plugin stays: by this the plugins of a rack are known."""
        return Effect(self.kind, self.source, self.number)


@dataclass(frozen=True)
class Layer:
    """A second instrument, on all keys (NO_SPLIT) or from the key `split` on: above it, or below.

    channels: the MIDI channels of the first and the second one, counted from 1; 0: all that are enabled.
    state, routing: of a foreign one, as of an `Effect`.
    """

    path: str
    split: int = NO_SPLIT
    above: bool = False
    channels: tuple[int, int] = (0, 0)
    state: bytes = field(default=b"", compare=False)
    routing: Routing = USUAL_ROUTING

    @property
    def keys(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """The lowest and highest key of the first instrument and of the second."""
        if self.split == NO_SPLIT:
            return (0, 127), (0, 127)
        low, high = (0, self.split - 1), (self.split, 127)
        return (low, high) if self.above else (high, low)


@dataclass(frozen=True)
class Chain:
    """The effects in order, and the second instrument, if any.

    There is always a first room among the effects, though it may be NO_ROOM. An effect keeps its number, and so the
    names of its parameters, when others are moved or removed. state, routing: of a foreign first instrument, as of an
    `Effect`.
    """

    effects: tuple[Effect, ...] = (Effect(ROOM),)
    layer: Layer | None = None
    state: bytes = field(default=b"", compare=False)
    routing: Routing = USUAL_ROUTING

    @property
    def kinds(self) -> list[str]:
        """The kinds of the effects, in order."""
        return [effect.kind for effect in self.effects]

    @property
    def slots(self) -> list[str]:
        """The names of the slots of the effects, in order."""
        return [effect.slot for effect in self.effects]

    @property
    def states(self) -> list[bytes]:
        """The states of the first instrument, the second one and the effects."""
        layer = self.layer.state if self.layer is not None else b""
        return [self.state, layer, *(effect.state for effect in self.effects)]

    def with_effect(self, kind: str, source: str = OWN_ROOM) -> "Chain":
        """With a first effect of a kind: at the end, or the one that is there with another source."""
        if kind in self.slots:
            changed = tuple(Effect(kind, source) if each.slot == kind else each for each in self.effects)
            return replace(self, effects=changed)
        return replace(self, effects=(*self.effects, Effect(kind, source)))

    def with_another(self, kind: str, source: str = OWN_ROOM) -> "Chain":
        """With one more effect at the end, even if there is one of its kind: it has the first number that is free."""
        numbers = {effect.number for effect in self.effects if effect.kind == kind}
        return replace(self, effects=(*self.effects, Effect(kind, source, _first_free(numbers))))

    def without(self, slot: str) -> "Chain":
        """Without the effect of a slot."""
        if slot == ROOM:
            return self.with_effect(ROOM, NO_ROOM)
        return replace(self, effects=tuple(effect for effect in self.effects if effect.slot != slot))

    def ordered(self, slots: Iterable[str]) -> "Chain":
        """With the effects of these slots in this order; others keep their places."""
        by_slot = {effect.slot: effect for effect in self.effects}
        order = iter([by_slot[slot] for slot in slots])
        chosen = set(slots)
        return replace(self, effects=tuple(next(order) if each.slot in chosen else each for each in self.effects))

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        found: dict[str, Any] = {"effects": [_plain_effect(each) for each in self.effects]}
        if self.layer is not None:
            layer = self.layer
            found["second"] = {
                "path": layer.path, "split": layer.split, "above": layer.above, "channels": list(layer.channels),
                **_plain_state(layer.state), **_plain_routing(layer.routing),
            }  # fmt: skip
        return {**found, **_plain_state(self.state), **_plain_routing(self.routing)}


@dataclass(frozen=True)
class Patch:
    """The file of an instrument or of a saved patch, with parameter values and a chain that override its own.

    chain: None where nothing overrides it.
    """

    path: Path
    values: dict[str, float] = field(default_factory=dict)
    chain: Chain | None = None


def chain_from_json(plain: object) -> Chain:
    """Parse JSON values as a chain; invalid parts are left out."""
    if not isinstance(plain, dict):
        return Chain()
    effects: list[Effect] = []
    for each in plain.get("effects", ()) if isinstance(plain.get("effects"), list) else ():
        effect = _effect(each, effects)
        if effect is not None:
            effects.append(effect)
    if ROOM not in [effect.slot for effect in effects]:
        effects.insert(0, Effect(ROOM))
    return Chain(tuple(effects), _layer(plain.get("second")), _state(plain), _routing(plain))


def _effect(plain: object, before: Sequence[Effect]) -> Effect | None:
    """One effect; None where it is invalid, or has the place of one before."""
    if not isinstance(plain, dict) or not isinstance(plain.get("kind"), str):
        return None
    kind, source, number = plain["kind"], plain.get("source", OWN_ROOM), plain.get("number", 1)
    if not isinstance(source, str) or type(number) is not int or number < 1:
        return None
    taken = {effect.number for effect in before if effect.kind == kind}
    if kind == PLUGIN and source:
        number = number if number not in taken else _first_free(taken)
        return Effect(PLUGIN, source, number, _state(plain), _routing(plain))
    return Effect(kind, source, number) if kind in EFFECTS and number not in taken else None


def _first_free(numbers: Collection[int]) -> int:
    """The first number, from 1 on, that is not among some."""
    return next(each for each in itertools.count(1) if each not in numbers)


def _plain_state(state: bytes) -> dict[str, str]:
    """A state as JSON, where there is one."""
    return {STATE_KEY: base64.b64encode(state).decode("ascii")} if state else {}


def _state(plain: object) -> bytes:
    """The state in JSON values; empty where there is none."""
    text = plain.get(STATE_KEY) if isinstance(plain, dict) else None
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (ValueError, binascii.Error):
        return b""


def _plain_routing(routing: Routing) -> dict[str, str]:
    """A routing as JSON, where it is not the usual one."""
    values = {SIDE_CHAIN_KEY: routing.side_chain, OUTPUTS_KEY: routing.outputs}
    usual = {SIDE_CHAIN_KEY: USUAL_ROUTING.side_chain, OUTPUTS_KEY: USUAL_ROUTING.outputs}
    return {key: value.value for key, value in values.items() if value is not usual[key]}


def _routing(plain: dict[str, Any]) -> Routing:
    """The routing in JSON values; what is invalid is as usual."""
    side_chain, outputs = plain.get(SIDE_CHAIN_KEY), plain.get(OUTPUTS_KEY)
    return Routing(
        SideChain(side_chain) if side_chain in list(SideChain) else SideChain.INPUT,
        Outputs(outputs) if outputs in list(Outputs) else Outputs.ALL,
    )


def _plain_effect(effect: Effect) -> dict[str, Any]:
    """An effect as JSON values; a number only where it is not the first."""
    numbered = {"number": effect.number} if effect.number > 1 else {}
    return {
        "kind": effect.kind, "source": effect.source, **numbered, **_plain_state(effect.state),
        **_plain_routing(effect.routing),
    }  # fmt: skip


def _layer(plain: object) -> Layer | None:
    if not isinstance(plain, dict) or not isinstance(plain.get("path"), str):
        return None
    split, above, channels = plain.get("split", NO_SPLIT), plain.get("above", False), plain.get("channels", [0, 0])
    if type(split) is not int or not (split == NO_SPLIT or 0 < split < 128) or type(above) is not bool:
        return None
    if not isinstance(channels, list) or len(channels) != 2:
        return None
    if not all(type(channel) is int and 0 <= channel <= 16 for channel in channels):
        return None
    return Layer(plain["path"], split, above, (channels[0], channels[1]), _state(plain), _routing(plain))
