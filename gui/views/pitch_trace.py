"""The last seconds of a voice and of what answers it, on a staff of semitones."""

import math
from collections import deque

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QWidget

from gui import number_format, theme

SECONDS = 8.0  # that are seen
MIN_KEY, MAX_KEY = 36.0, 90.0  # keys from below upwards
MARGIN = 34


def key_of(frequency: float) -> float:
    """The key of a frequency in Hz, with its fraction."""
    return 69 + 12 * math.log2(frequency / 440)


class PitchTrace(QWidget):
    """The voice in the accent's colour, the instrument in that of the text, dashed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Pitch of the last seconds"))
        self.setMinimumSize(240, 120)
        self._points: deque[tuple[float, float, float]] = deque()  # seconds, keys of voice and answer; nan: none

    def clear(self) -> None:
        """Forget all."""
        self._points.clear()
        self.update()

    def add(self, now: float, sung: float, answered: float) -> None:
        """Go on with two pitches in Hz, 0 where there is none, heard at a time in seconds."""
        voice, answer = (key_of(each) if each > 0 else math.nan for each in (sung, answered))
        self._points.append((now, voice, answer))
        while self._points[0][0] < now - SECONDS:
            self._points.popleft()
        self.update()

    def sizeHint(self) -> QSize:
        """Large."""
        return QSize(700, 300)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """A line for every C, and the two voices."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        for key in range(int(MIN_KEY), int(MAX_KEY) + 1, 12):
            y = self._height(key)
            painter.setPen(QPen(theme.colour(theme.LINE), 1))
            painter.drawLine(QPointF(MARGIN, y), QPointF(self.width(), y))
            painter.setPen(theme.colour(theme.QUIET))
            place = QRectF(0, y - 8, MARGIN - 8, 16)
            painter.drawText(
                place, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), number_format.note(key)
            )
        if not self._points:
            return
        answer = QPen(theme.colour(theme.TEXT, 0.7), 1.4, Qt.PenStyle.DashLine)
        voice = QPen(theme.colour(theme.ACCENT), 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        for place_of, pen in ((2, answer), (1, voice)):
            painter.setPen(pen)
            for line in self._lines(place_of):
                painter.drawPolyline(line)

    def _lines(self, which: int) -> list[QPolygonF]:
        """The stretches in which there is a pitch."""
        newest = self._points[-1][0]
        lines: list[list[QPointF]] = [[]]
        for point in self._points:
            if math.isnan(point[which]):
                lines.append([])
                continue
            x = MARGIN + (1 - (newest - point[0]) / SECONDS) * (self.width() - MARGIN - 6)
            lines[-1].append(QPointF(x, self._height(point[which])))
        return [QPolygonF(line) for line in lines if len(line) > 1]

    def _height(self, key: float) -> float:
        return 8 + (self.height() - 16) * (1 - (key - MIN_KEY) / (MAX_KEY - MIN_KEY))
