"""Loudness of the last seconds, as a filled curve."""

from collections import deque

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPolygonF
from PyQt6.QtWidgets import QWidget

from engine.snapshots.harmonics import MIN_LEVEL_DB
from gui import theme

from .pitch_trace import SECONDS


class LoudnessStrip(QWidget):
    """The loudness of the last seconds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Loudness of the last seconds"))
        self._points: deque[tuple[float, float]] = deque()

    def clear(self) -> None:
        """Remove all points."""
        self._points.clear()
        self.update()

    def add(self, now: float, level: float) -> None:
        """Append a level in dB at a time in seconds."""
        self._points.append((now, level))
        while self._points[0][0] < now - SECONDS:
            self._points.popleft()
        self.setAccessibleDescription(f"{level:.0f} dB")
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the curve, filled to the bottom."""
        if self._points:
            newest, width = self._points[-1][0], self.width()
            values = [(1 - (newest - time) / SECONDS, 1 - level / MIN_LEVEL_DB) for time, level in self._points]
            fill_below(self, [(x * width, y) for x, y in values], self.tr("loudness"))


def fill_below(widget: QWidget, points: list[tuple[float, float]], caption: str) -> None:
    """Paint a curve of (x in pixels, y in 0..1), filled to the bottom, and its caption."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(theme.ACCENT, 0.5))
    bottom = float(widget.height())
    line = [QPointF(x, bottom * (1 - min(max(y, 0.0), 1.0))) for x, y in points]
    painter.drawPolygon(QPolygonF([QPointF(line[0].x(), bottom), *line, QPointF(line[-1].x(), bottom)]))
    painter.setFont(theme.sized(widget.font(), theme.CAPTION))
    painter.setPen(theme.colour(theme.SECONDARY_TEXT))
    painter.drawText(widget.rect(), int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight), caption)
