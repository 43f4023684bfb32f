"""What the deck has to tell the window."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .live_input import Hands
from .patch import Chain
from .rack import Knob, Rack
from .user_message import Message

if TYPE_CHECKING:
    from engine.plugin import Plugin
    from engine.snapshots.harmonics import Shape


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
    """An instrument plays, with what stands beside it."""

    path: Path
    lineup: Rack
    chain: Chain  # as it was asked for; what could not be had is not in the lineup
    values: dict[str, float]  # of its knobs, as they were asked for
    room: "Shape | None" = None  # the one that it was learned in
    digest: str = ""  # of the instrument's content

    @property
    def header(self) -> dict[str, Any]:
        """What is known of the instrument."""
        return self.lineup.preset.header

    @property
    def tensors(self) -> Any:
        """What it has learned."""
        return self.lineup.preset.tensors

    @property
    def row(self) -> "list[Plugin]":
        """All plugins, in order."""
        return self.lineup.row

    @property
    def plugin(self) -> "Plugin":
        """The instrument."""
        return self.lineup.instrument

    @property
    def sung(self) -> bool:
        """Whether a voice plays it: the tracker then comes first."""
        return self.lineup.voice is not None

    @property
    def knobs(self) -> list[Knob]:
        """Every parameter of the row."""
        return self.lineup.knobs


@dataclass(frozen=True)
class Failed:
    """Something that was asked for cannot be had; the message is one line."""

    message: Message


@dataclass(frozen=True)
class Answer:
    """What came of `ask`."""

    take: Callable[[Any], object]
    result: Any


News = Compiling | Ready | Loaded | Failed | Answer
