"""Parameter model: the only owner of the parameter values of the rack that plays.

A value is changed here and sent to the engine; `poll` reads the values that the engine has changed by a MIDI
controller or an automation. Until the block that read the last change has ended, the older value in the engine is
ignored, so that it does not overwrite the change.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .patch import Chain, Patch

if TYPE_CHECKING:
    from engine.plugin import Plugin

    from .audio_thread_queue import Delivery, LiveInput
    from .engine_messages import Loaded
    from .rack import RackParameter


class Origin(Enum):
    """Where a change of a value comes from."""

    PLAYER = "player"  # the window: a gesture, undo, a recalled patch
    ENGINE = "engine"  # a MIDI controller or an automation


Listener = Callable[[int, float, Origin], object]  # index of the parameter, new value


class ParameterModel:
    """[main thread] Definitions and values of all parameters of a rack, and the patch that is being loaded."""

    def __init__(self) -> None:
        self.live_input: LiveInput | None = None  # until the engine is ready
        self.definitions: Sequence[RackParameter] = ()
        self.requested: Patch | None = None  # from the engine, not playing yet
        self._path: Path | None = None
        self._chain = Chain()
        self._values: list[float] = []
        self.missing_values = dict[str, float]()  # of what could not be loaded
        self._indices: dict[str, int] = {}
        self._deliveries: dict[int, Delivery] = {}
        self._meanwhile = dict[str, float]()  # what the player changed since another patch was requested
        self._plugins: list[Plugin] = []
        self._listeners: list[Listener] = []

    @property
    def patch(self) -> Patch | None:
        """The patch that plays, or is requested."""
        if self.requested is not None:
            meanwhile = self._meanwhile if self.requested.path == self._path else {}
            return replace(self.requested, values=self.requested.values | meanwhile)
        return Patch(self._path, self.values, self._chain) if self._path is not None else None

    @property
    def chain(self) -> Chain:
        """The chain of the patch that plays, or is requested."""
        return (self.requested.chain if self.requested is not None else None) or self._chain

    @property
    def values(self) -> dict[str, float]:
        """The value of every parameter that plays, by name, and those of what could not be loaded."""
        playing = {each.name: value for each, value in zip(self.definitions, self._values, strict=True)}
        return self.missing_values | playing

    def __contains__(self, name: str) -> bool:
        return name in self._indices

    def index(self, name: str) -> int:
        """The index of a parameter; KeyError without one of this name."""
        return self._indices[name]

    def value(self, name: str) -> float:
        """The value of a parameter; KeyError without one of this name."""
        return self._values[self._indices[name]]

    def range(self, name: str) -> tuple[float, float]:
        """The lowest and highest value of a parameter; KeyError without one of this name."""
        param = self.definitions[self._indices[name]].param
        return param.low, param.high

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` after every change of a single value."""
        self._listeners.append(listener)

    def set_value(self, index: int, value: float, origin: Origin = Origin.PLAYER) -> None:
        """Change a value, and send it to the engine unless it comes from there."""
        if origin is Origin.PLAYER:
            self._send(index, value)
            if self.requested is not None:
                self._meanwhile[self.definitions[index].name] = value
        else:
            self._values[index] = value
        for listener in self._listeners:
            listener(index, value, origin)

    def set_values(self, slot: str, values: Sequence[float], origin: Origin) -> None:
        """Change the first values of the plugin of a slot, where they are others."""
        for index, each in enumerate(self.definitions):
            if each.slot == slot and each.index < len(values) and self._values[index] != values[each.index]:
                self.set_value(index, values[each.index], origin)

    def poll(self) -> None:
        """Read the values that the engine has changed."""
        self._deliveries = {index: each for index, each in self._deliveries.items() if not each.is_applied()}
        if not self._plugins:
            return
        actual = np.concatenate([_values(plugin) for plugin in self._plugins])
        changed = np.isfinite(actual) & (actual != np.array(self._values, np.float32))
        for index in np.flatnonzero(changed).tolist():
            if index not in self._deliveries:
                self.set_value(index, float(actual[index]), Origin.ENGINE)

    def request(self, patch: Patch) -> Patch:
        """Store a patch as requested; the copy that is to be given to the engine."""
        self.requested = replace(patch, values=dict(patch.values))
        self._meanwhile = {}
        return self.requested

    def cancel(self, patch: Patch | None) -> None:
        """Discard the requested patch, if it is this one."""
        if patch is not None and patch == self.requested:
            self.requested = None

    def adopt_states(self, chain: Chain) -> None:
        """Take the states of foreign plugins from the chain that plays, unless that has changed."""
        if chain == self._chain:
            self._chain = chain

    def plays(self, path: Path) -> bool:
        """Whether an instrument plays and no other is requested."""
        return path == self._path and self.requested is None

    def load(self, now: "Loaded") -> bool:
        """Adopt the rack that plays now; False where another patch has been requested meanwhile."""
        requested = self.requested
        if requested is not None and (now.path != requested.path or requested.chain not in (None, now.chain)):
            return False
        meanwhile = self._meanwhile if now.path == self._path else {}
        self.requested, self._path, self._chain = None, now.path, now.chain
        self.definitions = now.parameters
        self._values = [now.values.get(each.name, each.param.default) for each in self.definitions]
        self._indices = {each.name: index for index, each in enumerate(self.definitions)}
        unknown = {name: value for name, value in now.values.items() if name not in self._indices}
        self.missing_values = unknown if now.missing else {}
        self._deliveries = dict.fromkeys(range(len(self._values)), now.delivery) if now.delivery is not None else {}
        self._plugins = [plugin for _, plugin in now.rack.slots]
        for name in meanwhile.keys() & self._indices.keys():
            self._send(self._indices[name], meanwhile[name])
        return True

    def _send(self, index: int, value: float) -> None:
        """Change a value here and in the engine."""
        self._values[index] = value
        if self.live_input is not None:
            definition = self.definitions[index]
            self._deliveries[index] = self.live_input.set_param(definition.plugin, definition.index, value)


def _values(plugin: "Plugin") -> np.ndarray:
    """The values that a plugin has (N,); NaN where they cannot be read."""
    from engine.plugin import param_values

    found = param_values(plugin)
    return found if found is not None else np.full(len(plugin.params), np.nan, np.float32)
