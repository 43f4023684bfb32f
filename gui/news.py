"""What the deck has to tell the window."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .hands import Hands

if TYPE_CHECKING:
    from engine.plugin import Param, Plugin

    from .decoded import Shape


@dataclass(frozen=True)
class Compiling:
    """The engine is compiled for this processor; step `number` of `total` begins."""

    number: int
    total: int
    what: str


@dataclass(frozen=True)
class Ready:
    """It can be played."""

    hands: Hands


@dataclass(frozen=True)
class Loaded:
    """An instrument plays."""

    path: Path
    header: dict[str, Any]
    tensors: Any
    row: "list[Plugin]"  # the instrument first, but for a tracker
    values: dict[str, float]  # of its knobs, as they were asked for
    room: "Shape | None" = None  # the one that it was learned in
    digest: str = ""  # of the instrument's content

    @property
    def plugin(self) -> "Plugin":
        """The instrument."""
        return self.row[self.sung]

    @property
    def sung(self) -> bool:
        """Whether a voice plays it: the tracker then comes first."""
        return _listens(self.row[0])

    @property
    def knobs(self) -> "list[Knob]":
        """Every parameter of the row; those of effects bear the effect's name as well."""
        return knobs(self.row)


@dataclass(frozen=True)
class Knob:
    """A parameter of a row: whose it is, its place there, and the name under which it is remembered."""

    plugin: "Plugin"
    index: int
    name: str
    param: "Param"


@dataclass(frozen=True)
class Failed:
    """Something that was asked for cannot be had; the message is one line."""

    message: str


@dataclass(frozen=True)
class Answer:
    """What came of `ask`."""

    take: Callable[[Any], object]
    result: Any


def knobs(row: "list[Plugin]") -> list[Knob]:
    """See `Loaded.knobs`."""
    instrument = row[_listens(row[0])]
    return [
        Knob(plugin, index, param.name if plugin is instrument else f"{plugin.name} {param.name}", param)
        for plugin in row
        for index, param in enumerate(plugin.params)
    ]


def _listens(plugin: "Plugin") -> bool:
    return bool(getattr(plugin, "listens", False))


News = Compiling | Ready | Loaded | Failed | Answer
