"""Decay of the learned room, as a filled curve."""

import numpy as np
from PyQt6.QtGui import QPaintEvent
from PyQt6.QtWidgets import QWidget

from engine.snapshots.harmonics import RoomEnvelope

from .loudness_strip import fill_below

ROOM_RANGE_DB = 50.0


class RoomDecay(QWidget):
    """Level of the learned room's impulse response over time; hidden without one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("The learned room"))
        self._shape: RoomEnvelope | None = None

    def set_shape(self, shape: RoomEnvelope | None) -> None:
        """Show a room; None: there is none."""
        self._shape = shape
        self.setVisible(shape is not None)
        if shape is not None:
            self.setAccessibleDescription(f"{shape.seconds:.1f} s")
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the curve, filled to the bottom."""
        if self._shape is not None:
            heights = np.clip(1 + self._shape.level / ROOM_RANGE_DB, 0, 1).tolist()
            points = [(i * self.width() / max(len(heights) - 1, 1), height) for i, height in enumerate(heights)]
            fill_below(self, points, self.tr("learned room, {0:.1f} s").format(self._shape.seconds))
