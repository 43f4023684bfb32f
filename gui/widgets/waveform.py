"""The waveform of a recording, with two handles that choose a part of it."""

from collections.abc import Sequence

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from gui import theme

MIN_PART_SECONDS = 0.3  # that can be chosen
STEP_SECONDS = 0.02  # of an arrow key
HANDLE_WIDTH = 3  # pixels


class Waveform(QWidget):
    """The left handle is moved by the mouse or the arrows, the right one by the mouse or Shift and the arrows."""

    part_changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Waveform of the recording"))
        self.setToolTip(self.tr("Drag the ends to keep a part; the arrows move the beginning, with Shift the end"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(64)
        self._outline: list[float] = []
        self.seconds = self.start = self.end = 0.0
        self._dragged = ""  # the end that is dragged

    @property
    def is_whole(self) -> bool:
        """Whether no part is chosen."""
        return self.start <= 0 and self.end >= self.seconds

    def set_outline(self, outline: Sequence[float], seconds: float) -> None:
        """Show the highest amplitudes, 0..1, of equal stretches of a recording; all of it is chosen."""
        self._outline, self.seconds = list(outline), seconds
        self.start, self.end = 0.0, seconds
        self._show_part()

    def set_part(self, start: float, end: float) -> None:
        """Choose a part, in seconds; at least MIN_PART_SECONDS of it."""
        least = min(MIN_PART_SECONDS, self.seconds)
        start = min(max(start, 0.0), self.seconds - least)
        self.start, self.end = start, max(min(end, self.seconds), start + least)
        self._show_part()

    def sizeHint(self) -> QSize:
        """A low strip."""
        return QSize(480, 72)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take the nearer handle."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton and self.seconds:
            at = self._seconds_at(event)
            self._dragged = "start" if abs(at - self.start) < abs(at - self.end) else "end"
            self._drag(at)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Move the handle."""
        if event is not None and self._dragged:
            self._drag(self._seconds_at(event))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let the handle go."""
        self._dragged = ""

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Move a handle by the arrows."""
        step = {Qt.Key.Key_Left: -STEP_SECONDS, Qt.Key.Key_Right: STEP_SECONDS}.get(
            Qt.Key(event.key()) if event is not None else Qt.Key.Key_unknown
        )
        if event is None or step is None:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.set_part(self.start, max(self.end + step, self.start + MIN_PART_SECONDS))
        else:
            self.set_part(min(self.start + step, self.end - MIN_PART_SECONDS), self.end)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the waveform, what is left out of it dimmed, and the handles."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(theme.VIEW_BACKGROUND))
        if not self._outline or not self.seconds:
            return
        highest, middle, count = max(max(self._outline), 1e-4), self.height() / 2, len(self._outline)
        first, last = (self.width() * edge / self.seconds for edge in (self.start, self.end))
        for i, peak in enumerate(self._outline):
            x, height = (i + 0.5) * self.width() / count, max(peak / highest * (middle - 4), 0.5)
            painter.setPen(QPen(theme.colour(theme.ACCENT, 1.0 if first <= x <= last else 0.25), 1))
            painter.drawLine(QPointF(x, middle - height), QPointF(x, middle + height))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(theme.TEXT if self.hasFocus() else theme.SECONDARY_TEXT))
        for x in (first, last - HANDLE_WIDTH):
            painter.drawRect(QRectF(x, 0, HANDLE_WIDTH, self.height()))

    def _seconds_at(self, event: QMouseEvent) -> float:
        return self.seconds * event.position().x() / max(self.width(), 1)

    def _drag(self, at: float) -> None:
        least = min(MIN_PART_SECONDS, self.seconds)
        if self._dragged == "start":
            self.set_part(min(at, self.end - least), self.end)
        else:
            self.set_part(self.start, max(at, self.start + least))

    def _show_part(self) -> None:
        words = self.tr("from {0:.2f} to {1:.2f} of {2:.2f} s")
        self.setAccessibleDescription(words.format(self.start, self.end, self.seconds))
        self.update()
        self.part_changed.emit()
