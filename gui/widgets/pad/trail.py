"""The trace of a pad: what was played lately, as large as it was hard, until it has faded."""

import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPainter, QPen

from gui import theme

FADE_SECONDS = 2.5  # seconds that a stroke stays to be seen
JOIN_SECONDS = 0.4  # seconds within which a finger goes on from one stroke to the next
MAX_STROKES = 2000


class Stroke(NamedTuple):
    """When, by which finger, where (0..1 from the lower left) and how hard."""

    when: float
    finger: int
    x: float
    y: float
    force: float


class Trail:
    """The last of them."""

    def __init__(self) -> None:
        self._kept: deque[Stroke] = deque(maxlen=MAX_STROKES)

    def add(self, stroke: Stroke) -> None:
        """One more."""
        self._kept.append(stroke)

    def age(self) -> bool:
        """Forget what has faded; whether there was anything to be seen."""
        seen = bool(self._kept)
        while self._kept and time.monotonic() - self._kept[0].when > FADE_SECONDS:
            self._kept.popleft()
        return seen

    def paint(self, painter: QPainter, place: Callable[[float, float], QPointF]) -> None:
        """Paint them where `place` says, joined where a finger went on."""
        now = time.monotonic()
        last: dict[int, tuple[float, QPointF]] = {}
        for when, finger, x, y, force in self._kept:
            point, fresh = place(x, y), max(1 - (now - when) / FADE_SECONDS, 0.0)
            if finger in last and when - last[finger][0] < JOIN_SECONDS:
                painter.setPen(QPen(theme.colour(theme.ACCENT, 0.5 * fresh), 2))
                painter.drawLine(last[finger][1], point)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(theme.ACCENT, 0.6 * fresh))
            radius = 3 + 9 * force + 14 * (1 - fresh) * force
            painter.drawEllipse(point, radius, radius)
            last[finger] = (when, point)
