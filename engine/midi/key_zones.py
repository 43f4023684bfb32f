"""Two instruments in one row: which of them a key plays, by its place on the keyboard and by its channel."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numba import njit

from engine.events import Kind
from engine.plugin import Param, Plugin, state_address

KEYS = 128
CHANNELS = 0xFFFF  # all of them, a bit each
MOST = 2  # instruments

ZONE = np.dtype([("target", "u8"), ("low", "i4"), ("high", "i4"), ("mask", "i4")], align=True)
STATE = np.dtype([("zones", ZONE, (MOST,)), ("nobody", "u8")], align=True)


@dataclass(frozen=True)
class Zone:
    """The keys from low to high that play an instrument, on the MIDI channels of a mask, a bit each."""

    plugin: Plugin
    low: int = 0
    high: int = KEYS - 1
    mask: int = CHANNELS


class Zones(Plugin):
    """Stands before two instruments, and gives each event to those that it concerns.

    What the learned control plane and a voice are told is for the first of them alone.
    """

    name = "zones"
    params: tuple[Param, ...] = ()

    def __init__(self, zones: Sequence[Zone]) -> None:
        """ValueError unless there are two."""
        if len(zones) != MOST:
            raise ValueError(f"{len(zones)} zones, not {MOST}")
        self.state = np.zeros(1, STATE)
        self.state["nobody"] = self.state.ctypes.data
        for record, zone in zip(self.state["zones"][0], zones, strict=True):
            record["target"], record["mask"] = state_address(zone.plugin), zone.mask
            record["low"], record["high"] = zone.low, zone.high
        self.handle, self.process = handle, process

    def prepare(self, rate: float) -> None:
        """[main thread] Nothing depends on the rate."""

    def reset(self) -> None:
        """[main thread] Nothing rings."""


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Address an event that was meant for everyone."""
    kind = event.kind
    if kind == Kind.CONTROL or kind == Kind.DEFORM or kind == Kind.PITCH or kind == Kind.LOUDNESS:
        event.target = state.zones[0].target
    elif kind != Kind.NOTE_OFF and kind != Kind.CHOKE and kind != Kind.PARAM:  # an end is for whoever began
        first, second = _concerns(state.zones[0], event), _concerns(state.zones[1], event)
        if not (first and second):
            event.target = state.zones[0].target if first else state.zones[1].target if second else state.nobody


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] The sound passes as it is."""


@njit(cache=True, error_model="numpy")
def _concerns(zone, event):
    """Whether an instrument hears of a note, or of what its channel is set to."""
    if not zone.mask >> (event.channel & 15) & 1:
        return False
    return event.kind != Kind.NOTE_ON or zone.low <= event.key <= zone.high
