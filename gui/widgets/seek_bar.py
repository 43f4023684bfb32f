"""Position bar of a score: click, drag or use the arrow keys to seek."""

from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QProgressBar, QWidget

from gui import theme

STEPS = 1000  # of the bar
ARROW_STEP_SECONDS = 5.0
HANDLE_RADIUS = 6  # pixels
_SEEK_SECONDS = {
    Qt.Key.Key_Left: -ARROW_STEP_SECONDS,
    Qt.Key.Key_Right: ARROW_STEP_SECONDS,
    Qt.Key.Key_Home: -1e9,
    Qt.Key.Key_End: 1e9,
}


class SeekBar(QProgressBar):
    """Shows a position in seconds and emits the position to seek to."""

    seek_requested = pyqtSignal(float)  # seconds

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        self.setTextVisible(False)
        self.setRange(0, STEPS)
        self.setAccessibleName(self.tr("Position in the score"))
        self.setToolTip(self.tr("Click or drag to go there; the arrows go by seconds"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._position, self._seconds, self._dragging = 0.0, 0.0, False

    def set_position(self, position: float, seconds: float) -> None:
        """Show a position and the length, both in seconds; a drag in progress keeps its own position."""
        self._seconds = seconds
        if not self._dragging:
            self._show(position)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint a slim bar and a handle, which is larger with the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle, radius = self.height() / 2, HANDLE_RADIUS + 2 * self.hasFocus()
        x = radius + (self.width() - 2 * radius) * self.value() / STEPS
        for end, role in ((float(self.width()), theme.BORDER), (x, theme.ACCENT)):
            painter.setBrush(theme.colour(role))
            painter.drawRoundedRect(QRectF(0, middle - 3, end, 6), 3, 3)
        painter.drawEllipse(QPointF(x, middle), radius, radius)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Start a drag."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            self._drag_to(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Show the position of the drag."""
        if event is not None and self._dragging:
            self._drag_to(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Seek to the position of the drag."""
        if event is not None and self._dragging:
            self._drag_to(event)
            self._dragging = False
            self.seek_requested.emit(self._position)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Seek by the arrow keys, Home and End."""
        if event is not None and event.key() in _SEEK_SECONDS:
            self._show(min(max(self._position + _SEEK_SECONDS[Qt.Key(event.key())], 0.0), self._seconds))
            self.seek_requested.emit(self._position)
        else:
            super().keyPressEvent(event)

    def _drag_to(self, event: QMouseEvent) -> None:
        share = (event.position().x() - HANDLE_RADIUS) / max(self.width() - 2 * HANDLE_RADIUS, 1)
        self._show(self._seconds * min(max(share, 0.0), 1.0))

    def _show(self, position: float) -> None:
        self._position = position
        self.setValue(round(STEPS * position / max(self._seconds, 1e-3)))
