"""What stands beside and behind an instrument: a second one, and effects in their order. Plain values only."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

ROOM = "room"
KINDS = ("tone", "chorus", "compressor", ROOM)
OWN, NO_ROOM = "", "none"  # sources of a room: the one that the instrument was learned in; none
LAYERED = -1  # the place of a split that is none


@dataclass(frozen=True)
class Effect:
    """One effect; of a room the source is OWN, NO_ROOM, a sound file or an instrument with a room."""

    kind: str
    source: str = OWN


@dataclass(frozen=True)
class Second:
    """A second instrument, on all keys (LAYERED) or from the key `split` on: above it, or below.

    channels: the MIDI channels of the first and the second one, counted from 1; 0: all that are heard.
    """

    path: str
    split: int = LAYERED
    above: bool = False
    channels: tuple[int, int] = (0, 0)

    @property
    def keys(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """The lowest and highest key of the first one and of the second."""
        if self.split == LAYERED:
            return (0, 127), (0, 127)
        low, high = (0, self.split - 1), (self.split, 127)
        return (low, high) if self.above else (high, low)


@dataclass(frozen=True)
class Chain:
    """There is always one room among the effects, though it may be none; every other kind is there once at most."""

    effects: tuple[Effect, ...] = (Effect(ROOM),)
    second: Second | None = None

    @property
    def kinds(self) -> list[str]:
        """What is there, in order."""
        return [effect.kind for effect in self.effects]

    def with_effect(self, kind: str, source: str = OWN) -> "Chain":
        """With one more effect at the end; a room changes its source where it stands."""
        if kind in self.kinds:
            changed = tuple(Effect(kind, source) if each.kind == kind else each for each in self.effects)
            return replace(self, effects=changed)
        return replace(self, effects=(*self.effects, Effect(kind, source)))

    def without(self, kind: str) -> "Chain":
        """Without an effect."""
        if kind == ROOM:
            return self.with_effect(ROOM, NO_ROOM)
        return replace(self, effects=tuple(effect for effect in self.effects if effect.kind != kind))

    def ordered(self, kinds: Iterable[str]) -> "Chain":
        """With those of these kinds in this order; others keep their places."""
        wanted = {kind: effect for effect in self.effects for kind in (effect.kind,)}
        order = iter([wanted[kind] for kind in kinds])
        chosen = set(kinds)
        return replace(self, effects=tuple(next(order) if each.kind in chosen else each for each in self.effects))

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        found: dict[str, Any] = {"effects": [{"kind": each.kind, "source": each.source} for each in self.effects]}
        if self.second is not None:
            two = self.second
            found["second"] = {
                "path": two.path, "split": two.split, "above": two.above, "channels": list(two.channels),
            }  # fmt: skip
        return found


@dataclass(frozen=True)
class Setting:
    """An instrument, where its knobs stand, and what stands beside it; None: as its file says, or by itself."""

    path: Path
    values: dict[str, float] = field(default_factory=dict)
    chain: Chain | None = None


def from_plain(plain: object) -> Chain:
    """The chain that JSON values say; what cannot be read is left out."""
    if not isinstance(plain, dict):
        return Chain()
    effects: list[Effect] = []
    for each in plain.get("effects", ()) if isinstance(plain.get("effects"), list) else ():
        kind, source = (each.get("kind"), each.get("source", OWN)) if isinstance(each, dict) else (None, OWN)
        if kind in KINDS and isinstance(source, str) and kind not in [effect.kind for effect in effects]:
            effects.append(Effect(kind, source))
    if ROOM not in [effect.kind for effect in effects]:
        effects.insert(0, Effect(ROOM))
    return Chain(tuple(effects), _second(plain.get("second")))


def _second(plain: object) -> Second | None:
    if not isinstance(plain, dict) or not isinstance(plain.get("path"), str):
        return None
    split, above, channels = plain.get("split", LAYERED), plain.get("above", False), plain.get("channels", [0, 0])
    if type(split) is not int or not (split == LAYERED or 0 < split < 128) or type(above) is not bool:
        return None
    if not isinstance(channels, list) or len(channels) != 2:
        return None
    if not all(type(channel) is int and 0 <= channel <= 16 for channel in channels):
        return None
    return Second(plain["path"], split, above, (channels[0], channels[1]))
