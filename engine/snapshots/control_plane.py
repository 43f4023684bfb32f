"""The control plane of an instrument, as views excite it: its dimensions on the pad, and those of the resonances."""

from dataclasses import dataclass

import numpy as np

from engine.instruments import Instrument
from engine.kinds.kind import load_member
from engine.plugin import Plugin


@dataclass(frozen=True)
class ControlPlane:
    """K control dimensions, which an instrument that plays as learned is excited by.

    energy: (K,), that excites each dimension at full force. pad: (K, 2), the energy of each for each axis of the pad;
    (0, 2) without a mapping of the pad. dimensions: (R,) int, the dimension that excites each of the learned modes'
    resonances most; (0,) of a kind without resonances.
    """

    energy: np.ndarray
    pad: np.ndarray
    dimensions: np.ndarray


def control_plane(instrument: Plugin) -> ControlPlane | None:
    """The control plane of an instrument; None of a kind or a preset that has none."""
    path = instrument.kind.control_plane if isinstance(instrument, Instrument) else ""
    found: ControlPlane | None = load_member(path)(instrument) if path else None
    return found
