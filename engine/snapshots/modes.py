"""Snapshots of modes: those that an instrument has learned, and those that sound now.

The audio thread is not stopped: it may write while a snapshot is taken.
"""

from dataclasses import dataclass

import numpy as np

from engine.instruments import Instrument
from engine.kinds.kind import load_member
from engine.plugin import Plugin

MIN_LEVEL = 1e-3  # relative to the strongest mode of its resonance


@dataclass(frozen=True)
class Modes:
    """Modes, all (N,): frequency in Hz, decay in 1/s, level linear, and the index of the resonance."""

    frequency: np.ndarray
    decay: np.ndarray
    level: np.ndarray
    resonance: np.ndarray

    def __len__(self) -> int:
        return len(self.frequency)


NO_MODES = Modes(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, np.int64))


def learned_modes(instrument: Plugin) -> Modes:
    """The learned modes of an instrument, undeformed and at its loudest; none of a kind that has no modes."""
    path = instrument.kind.learned_modes if isinstance(instrument, Instrument) else ""
    return _above(load_member(path)(instrument), MIN_LEVEL) if path else NO_MODES


def sounding_modes(instrument: Plugin, min_level: float = 1e-5) -> Modes:
    """The modes that sound now, with their present frequencies and levels."""
    if not isinstance(instrument, Instrument) or instrument.kind.display != "modes" or not instrument.kind.snapshot:
        return NO_MODES
    return _above(load_member(instrument.kind.snapshot)(instrument), min_level)


def key_of(instrument: Plugin, resonance: int) -> int:
    """The key that plays a resonance with the least transposition; -1 if none does."""
    path = instrument.kind.resonance_key if isinstance(instrument, Instrument) else ""
    return int(load_member(path)(instrument, resonance)) if path else -1


def _above(all_: Modes, min_level: float) -> Modes:
    """The modes above a level."""
    which = all_.level > min_level
    return Modes(all_.frequency[which], all_.decay[which], all_.level[which], all_.resonance[which])
