"""Modes as they are drawn: dots with a place, a strength and the resonance that each is of."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.snapshots.modes import Modes

MOST = 500  # dots that are lit at once, the loudest


@dataclass(frozen=True)
class Dots:
    """Modes, all (N,): Hz, 1/s, level 0..1, and the resonance each is of."""

    frequency: np.ndarray
    decay: np.ndarray
    level: np.ndarray
    resonance: np.ndarray

    @property
    def shares(self) -> np.ndarray:
        """The levels, 60 dB as 0..1."""
        return np.clip(1 + np.log10(np.maximum(self.level, 1e-9)) / 3, 0, 1)

    @property
    def radii(self) -> np.ndarray:
        """How large each is drawn, in pixels."""
        return 1.2 + 5.5 * self.shares**1.5

    def loudest(self) -> "Dots":
        """At most MOST of them, the loudest last so that they lie on top."""
        order = np.argsort(self.level)[-MOST:]
        return Dots(self.frequency[order], self.decay[order], self.level[order], self.resonance[order])


def dots(modes: "Modes", gain: float = 1.0) -> Dots:
    """What the engine sees, as the view takes it: levels 0..1."""
    return Dots(modes.frequency, modes.decay, np.minimum(gain * modes.level, 1.0), modes.resonance)
