"""The contract of a plugin, an instrument or an effect: one record of memory, and four functions.

    prepare  [main thread, not playing]  size and tune the record to a sample rate
    reset    [main thread, not playing]  silence: clear all that sounds on
    handle   [audio thread]              apply one event
    process  [audio thread]              make or change a run of samples

An instrument adds its sound to `audio`, an effect changes it in place; the input at the head of the chain is silence,
or the microphone when a plugin of the chain listens.

Those of the audio thread are compiled by numba: `handle` of (state, event), `process` of (state, audio (2, T)).
A plugin that saves work by knowing the events of a block in advance has a third, `preprocess` of (state, queue,
count, own address), called before each block; it must not change the sound.
A C library has an `address` in their place: that of one C function of the signature C_PROCESS.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from types import new_class
from typing import TYPE_CHECKING, Any

import numpy as np

BURST = 1024  # most events of one block for a plugin
MAX_BLOCK_FRAMES = 4096  # rendered at once
UNLIMITED = 1 << 30  # frames

_REQUIRED = ("name", "params", "state", "prepare", "reset")


@dataclass(frozen=True)
class Param:
    """A parameter: its name, its unit, its range in that unit, and the MIDI controller that moves it.

    key: of a foreign plugin, what stays the same through its versions while names may not be unique. group: of
    parameters that are shown together. steps: between low and high, 0 where it is continuous. words: those of single
    values. is_logarithmic: whether equal ratios are shown as equal distances; of a range from
    0 on, all but its beginning.
    """

    name: str
    unit: str
    low: float
    high: float
    default: float
    cc: int | None = None
    help: str = ""
    key: str = ""
    group: str = ""
    steps: int = 0
    words: tuple[tuple[float, str], ...] = ()
    is_logarithmic: bool = False

    @property
    def value_names(self) -> tuple[str, ...]:
        """The words of all values where these are whole numbers from `low` to `high`, each with a word; else none."""
        names = dict(self.words)
        if not names or len(names) != self.high - self.low + 1:
            return ()
        values = [self.low + number for number in range(len(names))]
        return tuple(names[value] for value in values) if all(value in names for value in values) else ()

    def at(self, value: float) -> "Param":
        """The same parameter with another default, clamped to its range."""
        return replace(self, default=min(max(value, self.low), self.high))


@dataclass(frozen=True)
class KeptArray:
    """An array whose address is in a plugin's record, and whether the audio thread writes to it."""

    name: str
    array: np.ndarray
    is_written: bool


class Plugin:
    """Base class of what the host can hold in a slot: the members it must have, and defaults of the optional ones.

    A class written elsewhere needs the required ones only, see `with_defaults`. Each member may be an attribute of
    the class or of the instance, a slot or a property.
    """

    __slots__ = ()

    name: str
    params: tuple[Param, ...]
    state: np.ndarray  # one record of the plugin's own dtype, at an address that never changes

    handle: Any = None
    process: Any = None
    preprocess: Any = None
    address: int = 0  # of a C function in their place; 0: none
    listens: bool = False  # whether it reads the microphone
    source: str = ""  # what a foreign plugin was opened by, see `engine.foreign.load`
    has_latency: bool = False  # whether its latency may be other than 0, now or later
    label: str = ""  # its name in a chain that has another of its kind, such as "delay2"; empty: `name`

    def prepare(self, rate: float) -> None:
        """[main thread, not playing] Size and tune the record to a rate in Hz."""
        raise NotImplementedError

    def reset(self) -> None:
        """[main thread, not playing] Silence: clear all that sounds on."""
        raise NotImplementedError

    def arrays(self) -> Iterable[KeptArray]:
        """The arrays whose addresses are in its record: with it, all memory that the audio thread reaches."""
        return ()

    @property
    def live_values(self) -> np.ndarray | None:
        """The values of its parameters as they are now, (N,) float32 at an address that stays; None: not known."""
        names = self.state.dtype.names or ()
        values: np.ndarray | None = self.state["param"][0] if "param" in names else None
        return values

    def catch_up(self) -> None:
        """[offline driver, between two blocks] Wait until the worker threads have handled all requests."""

    def switch_off(self) -> None:
        """[main thread, before it plays] Begin switched off: of an effect that has a parameter `on`."""
        self.state["param"][0, [param.name for param in self.params].index("on")] = 0

    def poll(self) -> None:
        """[main thread, many times a second while it plays] Handle what the audio thread has asked for."""

    def reset_meters(self) -> None:
        """[main thread] Count anew what goes wrong in it."""

    def drain_changes(self) -> list[tuple[int, float]]:
        """[main thread] The parameters that it set itself since the last call: index and value, the last one last."""
        return []

    def save_state(self) -> bytes | None:
        """[main thread] All that makes it sound as it does; None where the values of its parameters say it all."""
        return None

    def load_state(self, state: bytes) -> None:
        """[main thread] Restore what `save_state` returned; ValueError if it cannot be taken."""
        raise ValueError(f"{self.name} keeps nothing but the values of its parameters")

    def find_presets(self) -> dict[str, str]:
        """[main thread] The presets that it brings along: names by identifiers, in order of name. ValueError."""
        return {}

    def load_preset(self, identifier: str) -> None:
        """[main thread] Load a preset of `find_presets`, also while it plays; ValueError if there is none."""
        raise ValueError(f"{self.name} has no preset {identifier!r}")

    def close(self) -> None:
        """[main thread, once no block uses it] Free what it holds outside its record; it is not used any more."""

    if TYPE_CHECKING:  # a subclass may compute what the base class, at run time, has as plain attributes

        @property
        def voices(self) -> int:
            """How many notes sound."""

        @property
        def is_busy(self) -> bool:
            """Whether the audio thread is within a foreign plugin."""

        @property
        def catch_up_frames(self) -> int:
            """Frames that may be rendered offline between two calls of `catch_up`."""

        @property
        def is_instrument(self) -> bool:
            """Whether it adds a sound of its own, so that its latency is not that of what passes it."""

        @property
        def latency(self) -> int:
            """Frames from its input to its output."""

        @property
        def max_pause_seconds(self) -> float:
            """The longest silence that may lie within its sound, as between echoes."""

        @property
        def late(self) -> int:
            """Frames that a worker thread delivered too late."""

        @property
        def failure(self) -> str:
            """Why a worker thread has stopped; empty while it works."""

    else:  # a property without a setter would hide the attribute that an instance sets
        voices, catch_up_frames, max_pause_seconds, late, failure = 0, UNLIMITED, 0.0, 0, ""
        is_instrument, is_busy, latency = False, False, 0


def with_defaults(plugin: Any) -> Plugin:
    """A plugin whose class may not derive from `Plugin`, with the defaults of the members that it lacks.

    TypeError names a required member that is missing.
    """
    if isinstance(plugin, Plugin):
        return plugin
    if not all(hasattr(plugin, name) for name in _REQUIRED):
        raise TypeError("lacks one of name, params, state, prepare and reset")
    kind = type(plugin)
    names = {"__slots__": (), "__module__": kind.__module__, "__qualname__": kind.__qualname__}
    derived = new_class(kind.__name__, (kind, Plugin), exec_body=lambda space: space.update(names))
    object.__setattr__(plugin, "__class__", derived)  # a frozen dataclass refuses its own __setattr__
    assert isinstance(plugin, Plugin)
    return plugin


def numbered_words(names: Iterable[str]) -> tuple[tuple[float, str], ...]:
    """The words of the values 0, 1, 2 and so on of a parameter."""
    return tuple((float(number), name) for number, name in enumerate(names))


def set_label(plugin: Plugin, label: str) -> None:
    """[main thread] Give an effect of Luthier the name that it has in its chain."""
    object.__setattr__(plugin, "label", label)  # the base class has no slot for it


def label_of(plugin: Plugin) -> str:
    """The name of a plugin in its chain: that of its kind, unless it has one of its own."""
    return plugin.label or plugin.name


def state_address(plugin: Plugin) -> int:
    """The address of a plugin's record: the target of an event meant for it alone."""
    return int(plugin.state.ctypes.data)
