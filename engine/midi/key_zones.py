"""Key zones of two instruments in one chain, split or layered: by number and channel of a key."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.events import Kind
from engine.kernel import njit
from engine.plugin import Param, Plugin, state_address

KEYS = 128
ALL_CHANNELS = 0xFFFF  # a bit each
ZONE_COUNT = 2

ZONE = np.dtype([("target", "u8"), ("low", "i4"), ("high", "i4"), ("mask", "i4")], align=True)
STATE = np.dtype([("zones", ZONE, (ZONE_COUNT,)), ("no_target", "u8")], align=True)


@dataclass(frozen=True)
class Zone:
    """The keys from low to high that play an instrument, on the MIDI channels of a mask, a bit each."""

    plugin: Plugin
    low: int = 0
    high: int = KEYS - 1
    mask: int = ALL_CHANNELS


class KeyZones(Plugin):
    """Placed before two instruments; addresses each event to those whose zone it is in.

    Events of the control plane and of the voice input go to the first of them only.
    """

    name = "zones"
    params: tuple[Param, ...] = ()

    def __init__(self, zones: Sequence[Zone]) -> None:
        """ValueError unless there are two."""
        if len(zones) != ZONE_COUNT:
            raise ValueError(f"{len(zones)} zones, not {ZONE_COUNT}")
        self.state = np.zeros(1, STATE)
        self.state["no_target"] = self.state.ctypes.data
        for record, zone in zip(self.state["zones"][0], zones, strict=True):
            record["target"], record["mask"] = state_address(zone.plugin), zone.mask
            record["low"], record["high"] = zone.low, zone.high
        self.handle, self.process = handle, process

    def prepare(self, rate: float) -> None:
        """[main thread] Nothing depends on the rate."""

    def reset(self) -> None:
        """[main thread] Nothing to silence."""


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Address an event that has no target."""
    kind = event.kind
    if kind == Kind.CONTROL or kind == Kind.DEFORM or kind == Kind.PITCH or kind == Kind.LOUDNESS:
        event.target = state.zones[0].target
    elif kind != Kind.NOTE_OFF and kind != Kind.CHOKE and kind != Kind.PARAM:  # these go to both
        first, second = _accepts(state.zones[0], event), _accepts(state.zones[1], event)
        if not (first and second):
            event.target = state.zones[0].target if first else state.zones[1].target if second else state.no_target


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] The sound passes unchanged."""


@njit(cache=True, error_model="numpy")
def _accepts(zone, event):
    """Whether a note, or a setting of its channel, is in an instrument's zone."""
    if not zone.mask >> (event.channel & 15) & 1:
        return False
    return event.kind != Kind.NOTE_ON or zone.low <= event.key <= zone.high
