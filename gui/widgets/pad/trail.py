"""Trail of an XY pad: the recent strokes, sized by force and fading with age."""

import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPainter, QPen

from gui import theme

FADE_SECONDS = 2.5
JOIN_SECONDS = 0.4  # strokes of a finger closer in time are joined by a line
MAX_STROKES = 2000


class Stroke(NamedTuple):
    """One stroke: time, pointer, position (0..1 from the lower left) and force."""

    time: float
    pointer: int
    x: float
    y: float
    force: float


class Trail:
    """The recent strokes."""

    def __init__(self) -> None:
        self._strokes: deque[Stroke] = deque(maxlen=MAX_STROKES)

    def add(self, stroke: Stroke) -> None:
        """Append a stroke."""
        self._strokes.append(stroke)

    def fade(self) -> bool:
        """Drop what has faded; whether anything was visible."""
        visible = bool(self._strokes)
        while self._strokes and time.monotonic() - self._strokes[0].time > FADE_SECONDS:
            self._strokes.popleft()
        return visible

    def paint(self, painter: QPainter, to_point: Callable[[float, float], QPointF]) -> None:
        """Paint the strokes, joined where a pointer moved on; to_point maps positions to pixels."""
        now = time.monotonic()
        last: dict[int, tuple[float, QPointF]] = {}
        for when, pointer, x, y, force in self._strokes:
            point, fresh = to_point(x, y), max(1 - (now - when) / FADE_SECONDS, 0.0)
            if pointer in last and when - last[pointer][0] < JOIN_SECONDS:
                painter.setPen(QPen(theme.colour(theme.ACCENT, 0.5 * fresh), 2))
                painter.drawLine(last[pointer][1], point)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(theme.ACCENT, 0.6 * fresh))
            radius = 3 + 9 * force + 14 * (1 - fresh) * force
            painter.drawEllipse(point, radius, radius)
            last[pointer] = (when, point)
