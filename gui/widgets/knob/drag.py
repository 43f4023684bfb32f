"""Mouse drag and wheel of a knob or slider: up and to the right increases, Shift or Ctrl makes it fine."""

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QWheelEvent

DRAG_PIXELS = 200  # of a drag from one end of the range to the other
WHEEL_NOTCHES = 100  # of a wheel, for the same
FINE_FACTOR = 10  # times as many of both with Shift or Ctrl


class KnobDrag:
    """One drag at a time; positions are shares of the knob's range, 0..1."""

    def __init__(self) -> None:
        self._last: tuple[QPointF, float] | None = None
        self._track_width = 0.0

    def start(self, point: QPointF, position: float, track_width: float = 0.0) -> None:
        """Start a drag at a point, from the position of the knob; of a slider along its track, in pixels."""
        self._last, self._track_width = (point, position), track_width

    def move(self, event: QMouseEvent) -> float | None:
        """The position that the drag has reached; None without a drag."""
        if self._last is None:
            return None
        last, position = self._last
        moved = event.position().x() - last.x()
        if not self._track_width:
            moved += last.y() - event.position().y()
        pixels = self._track_width or DRAG_PIXELS
        position = min(max(position + moved / (pixels * _fine_factor(event)), 0.0), 1.0)
        self._last = (event.position(), position)
        return position

    def stop(self) -> bool:
        """End the drag; whether there was one."""
        active, self._last = self._last is not None, None
        return active


def wheel_share(event: QWheelEvent) -> float:
    """The share of its range by which a wheel event turns a knob."""
    return event.angleDelta().y() / (120 * WHEEL_NOTCHES * _fine_factor(event))


def _fine_factor(event: QMouseEvent | QWheelEvent) -> int:
    fine = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
    return FINE_FACTOR if event.modifiers() & fine else 1
