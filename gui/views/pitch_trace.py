"""Pitch of a voice and of the instrument that follows it over the last seconds, on an axis of keys."""

import math
from collections import deque
from typing import NamedTuple

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QWidget

from engine.pitch_and_frequency import note_name, pitch_of
from gui import theme

SECONDS = 8.0  # length of the time axis
MIN_KEY, MAX_KEY = 36.0, 90.0
MAX_GAP_SECONDS = 0.25  # between two points that a line connects: nothing is added while the view is hidden
LABEL_WIDTH_PIXELS = 34  # at the left, for the names of the notes


class Point(NamedTuple):
    """A time in seconds, and the pitches of voice and instrument then; nan for none."""

    time: float
    voice: float
    instrument: float


class PitchTrace(QWidget):
    """The voice as a line in the accent colour, the instrument as a dashed line in the text colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Pitch of the last seconds"))
        self.setMinimumSize(240, 80)
        self.points: deque[Point] = deque()

    def clear(self) -> None:
        """Remove all points."""
        self.points.clear()
        self.update()

    def add(self, now: float, voice: float, instrument: float) -> None:
        """Append the frequencies of voice and instrument in Hz, 0 for none, at a time in seconds."""
        self.points.append(Point(now, _pitch(voice), _pitch(instrument)))
        while self.points[0].time < now - SECONDS:
            self.points.popleft()
        self.update()

    def sizeHint(self) -> QSize:
        """A large area."""
        return QSize(700, 300)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint a line for every C, and both curves."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        for key in range(int(MIN_KEY), int(MAX_KEY) + 1, 12):
            y = self._y(key)
            painter.setPen(QPen(theme.colour(theme.BORDER), 1))
            painter.drawLine(QPointF(LABEL_WIDTH_PIXELS, y), QPointF(self.width(), y))
            painter.setPen(theme.colour(theme.SECONDARY_TEXT))
            rect = QRectF(0, y - 8, LABEL_WIDTH_PIXELS - 8, 16)
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), note_name(key))
        if not self.points:
            return
        instrument = QPen(theme.colour(theme.TEXT, 0.7), 1.4, Qt.PenStyle.DashLine)
        voice = QPen(theme.colour(theme.ACCENT), 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        for column, pen in ((2, instrument), (1, voice)):
            painter.setPen(pen)
            for line in self._lines(column):
                painter.drawPolyline(line)

    def _lines(self, column: int) -> list[QPolygonF]:
        """The stretches in which a column of the points has a pitch."""
        newest = self.points[-1].time
        lines: list[list[QPointF]] = [[]]
        before = -math.inf
        for point in self.points:
            if math.isnan(point[column]) or point.time - before > MAX_GAP_SECONDS:
                lines.append([])
            before = point.time
            if math.isnan(point[column]):
                continue
            x = LABEL_WIDTH_PIXELS + (1 - (newest - point.time) / SECONDS) * (self.width() - LABEL_WIDTH_PIXELS - 6)
            lines[-1].append(QPointF(x, self._y(point[column])))
        return [QPolygonF(line) for line in lines if len(line) > 1]

    def _y(self, key: float) -> float:
        return 8 + (self.height() - 16) * (1 - (key - MIN_KEY) / (MAX_KEY - MIN_KEY))


def _pitch(frequency: float) -> float:
    return float(pitch_of(frequency)) if frequency > 0 else math.nan
