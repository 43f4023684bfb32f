"""Messages from the engine thread to the window."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.foreign import is_foreign
from engine.foreign.scan import find_title
from engine.kinds import kind_of

from .audio_thread_queue import Delivery, LiveInput
from .patch import PLUGIN, Chain, Patch
from .rack import LAYER, Rack, RackParameter
from .translatable_message import Message

if TYPE_CHECKING:
    from engine.foreign.fault_counts import FaultCounts
    from engine.foreign.foreign_plugin import ForeignPlugin
    from engine.kinds import InstrumentKind
    from engine.plugin import Plugin
    from engine.snapshots.harmonics import RoomEnvelope


@dataclass(frozen=True)
class Compiling:
    """The engine is compiled for this processor: step `number` of `total` starts."""

    number: int
    total: int
    step: str


@dataclass(frozen=True)
class Ready:
    """The engine can be played; is_anew: another one, after a plugin hung, to which nothing was told yet."""

    live_input: LiveInput
    is_anew: bool = False


@dataclass(frozen=True)
class Loaded:
    """The rack that plays from now on."""

    path: Path  # of the instrument or the saved patch, as requested
    instrument: Path  # the file of the instrument
    rack: Rack
    chain: Chain  # as requested; the rack lacks what could not be loaded
    values: dict[str, float]  # of its parameters, as requested and within their ranges
    delivery: Delivery | None = None  # of these values to the audio thread
    room: "RoomEnvelope | None" = None  # of the learned room
    digest: str = ""  # of the instrument's content

    @property
    def title(self) -> str:
        """The name of what plays: that of its file, of a foreign plugin its own; it may be one of a file."""
        return self.plugin.name.replace("/", "-") if is_foreign(self.path) else self.path.stem

    @property
    def titles(self) -> dict[str, str]:
        """The names of the effects from elsewhere that could be loaded, by slot."""
        return {effect.slot: plugin.name for effect, plugin in self.rack.effects.items() if effect.kind == PLUGIN}

    @property
    def missing(self) -> dict[str, str]:
        """The names of the effects from elsewhere and the second instrument that could not be loaded, by slot."""
        plugins = (effect for effect in self.chain.effects if effect.kind == PLUGIN)
        gone = (effect for effect in plugins if effect.place not in self.rack.effects)
        found = {effect.slot: find_title(effect.source) for effect in gone}
        layer = self.chain.layer
        if layer is not None and self.rack.layer is None:
            found[LAYER] = find_title(layer.path) if is_foreign(layer.path) else Path(layer.path).stem
        return found

    @property
    def faults(self) -> "dict[str, FaultCounts]":
        """What has gone wrong of late in the foreign plugins that play, by slot; only those with faults."""
        counts = {slot: plugin.faults for slot, plugin in self.rack.foreign.items()}
        return {slot: count for slot, count in counts.items() if count}

    @property
    def routable(self) -> "dict[str, ForeignPlugin]":
        """The plugins whose side chains or outputs can be chosen, by slot."""
        return self.rack.routable

    @property
    def kind(self) -> "InstrumentKind | None":
        """What kind of instrument was learned; None for a foreign one."""
        preset = self.rack.found_preset
        return kind_of(preset.header) if preset is not None else None

    @property
    def keys(self) -> tuple[int, int]:
        """The lowest and the highest key of the instrument."""
        preset = self.rack.found_preset
        found = preset.header.get("keys", {}) if preset is not None else {}
        return found.get("low", 0), found.get("high", 127)

    @property
    def header(self) -> dict[str, Any]:
        """The header of the instrument's preset; ValueError for a foreign one."""
        return self.rack.preset.header

    @property
    def tensors(self) -> Any:
        """The tensors of the instrument's preset."""
        return self.rack.preset.tensors

    @property
    def plugin(self) -> "Plugin":
        """The instrument."""
        return self.rack.instrument

    @property
    def follows_voice(self) -> bool:
        """Whether the instrument follows the voice input."""
        return self.rack.voice is not None

    @property
    def parameters(self) -> list[RackParameter]:
        """Every parameter of the rack."""
        return self.rack.parameters


@dataclass(frozen=True)
class StatesSaved:
    """The chain that plays, with the states of its foreign plugins as they are now."""

    chain: Chain


@dataclass(frozen=True)
class PluginHung:
    """A plugin hangs; a new engine is about to begin without it."""

    title: str


@dataclass(frozen=True)
class Failed:
    """A request failed. patch: that could not be loaded, where it was one."""

    message: Message
    patch: Patch | None = None


@dataclass(frozen=True)
class Result:
    """The result of `EngineThread.request` or `request_in_background`."""

    callback: Callable[[Any], object]
    value: Any


EngineMessage = Compiling | Ready | Loaded | StatesSaved | PluginHung | Failed | Result
