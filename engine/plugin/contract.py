"""What an instrument or an effect is: a record, and four verbs.

    prepare  [main thread, not playing]  size and tune the record to a sample rate
    reset    [main thread, not playing]  silence: forget all that rings
    handle   [audio thread]              take one event
    process  [audio thread]              make or change a run of samples

An instrument adds its sound to `audio`, an effect changes it in place; what comes in at the head
of the row is silence, or the microphone when a plugin of the row listens.

The two verbs of the audio thread are numba functions: `handle` of (state, event), `process` of (state, audio (2, T)).
One that can save work by knowing the events of a block before they happen has a third, `foresee` of (state, queue,
count, its own address); it changes nothing that is heard.
A plugin from elsewhere has an `address` in their place: that of one C function of the signature C_PROCESS.
"""

from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np

BURST = 1024  # events that one block may bring to a plugin


@dataclass(frozen=True)
class Param:
    """A knob: its name, its unit, its range in that unit, and the MIDI controller that moves it."""

    name: str
    unit: str
    low: float
    high: float
    default: float
    cc: int | None = None
    help: str = ""

    def at(self, value: float) -> "Param":
        """The same knob, that begins at a value, or at the bound beside it."""
        return replace(self, default=min(max(value, self.low), self.high))


@runtime_checkable
class Plugin(Protocol):
    """Anything the host can hold in a slot."""

    name: str
    params: tuple[Param, ...]
    state: np.ndarray  # one record of the plugin's own dtype, at an address that never changes

    def prepare(self, rate: float) -> None:
        """[main thread, not playing] Size and tune the record to a rate in Hz."""

    def reset(self) -> None:
        """[main thread, not playing] Silence: forget all that rings."""


def address(plugin: Plugin) -> int:
    """Where a plugin's record lies: the target of an event meant for it alone."""
    return int(plugin.state.ctypes.data)
