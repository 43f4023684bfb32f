"""A hand on a knob: upwards and to the right is more, with Shift or Ctrl finely."""

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QWheelEvent

DRAG_PIXELS = 200  # pixels of a drag from one end to the other
WHEEL_NOTCHES = 100  # of a wheel, for the same
FINE_FACTOR = 10  # times as many of both with Shift or Ctrl


class KnobDrag:
    """Places are shares of a knob's way, 0..1."""

    def __init__(self) -> None:
        self._last: tuple[QPointF, float] | None = None

    def take(self, point: QPointF, place: float) -> None:
        """Take hold of a knob that stands at a place."""
        self._last = (point, place)

    def move(self, event: QMouseEvent) -> float | None:
        """The place that a hand has come to; None without one."""
        if self._last is None:
            return None
        last, place = self._last
        moved = (last.y() - event.position().y()) + (event.position().x() - last.x())
        place = min(max(place + moved / (DRAG_PIXELS * _slowness(event)), 0.0), 1.0)
        self._last = (event.position(), place)
        return place

    def let_go(self) -> bool:
        """Whether there was a hand."""
        held, self._last = self._last is not None, None
        return held


def wheel_share(event: QWheelEvent) -> float:
    """By how much of its way a wheel turns a knob."""
    return event.angleDelta().y() / (120 * WHEEL_NOTCHES * _slowness(event))


def _slowness(event: QMouseEvent | QWheelEvent) -> int:
    fine = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
    return FINE_FACTOR if event.modifiers() & fine else 1
