"""How far a score is: a bar that can be clicked, dragged, and moved along by the arrow keys."""

from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QProgressBar, QWidget

from gui import theme

STEPS = 1000  # parts
ARROW_STEP_SECONDS = 5.0  # seconds that an arrow goes
HANDLE_RADIUS = 6  # pixels: the radius of what is dragged
_WAYS = {Qt.Key.Key_Left: -ARROW_STEP_SECONDS, Qt.Key.Key_Right: ARROW_STEP_SECONDS, Qt.Key.Key_Home: -1e9, Qt.Key.Key_End: 1e9}


class SeekBar(QProgressBar):
    """Shows a place, and says where one wants to go."""

    sought = pyqtSignal(float)  # seconds

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timeline")
        self.setTextVisible(False)
        self.setRange(0, STEPS)
        self.setAccessibleName(self.tr("Position in the score"))
        self.setToolTip(self.tr("Click or drag to go there; the arrows go by seconds"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._place, self._seconds, self._dragged = 0.0, 0.0, False

    def show_place(self, place: float, seconds: float) -> None:
        """Show how far it is, of how many seconds; unless somebody is about to go elsewhere."""
        self._seconds = seconds
        if not self._dragged:
            self._show(place)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """A slim bar, and a grip that is larger for whoever comes with the keys."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle, grip = self.height() / 2, HANDLE_RADIUS + 2 * self.hasFocus()
        reached = grip + (self.width() - 2 * grip) * self.value() / STEPS
        for end, role in ((float(self.width()), theme.LINE), (reached, theme.ACCENT)):
            painter.setBrush(theme.colour(role))
            painter.drawRoundedRect(QRectF(0, middle - 3, end, 6), 3, 3)
        painter.drawEllipse(QPointF(reached, middle), grip, grip)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Begin to go somewhere."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._dragged = True
            self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Show where that would be."""
        if event is not None and self._dragged:
            self._follow(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Go there."""
        if event is not None and self._dragged:
            self._follow(event)
            self._dragged = False
            self.sought.emit(self._place)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Go on or back, to the beginning or the end."""
        if event is not None and event.key() in _WAYS:
            self._show(min(max(self._place + _WAYS[Qt.Key(event.key())], 0.0), self._seconds))
            self.sought.emit(self._place)
        else:
            super().keyPressEvent(event)

    def _follow(self, event: QMouseEvent) -> None:
        share = (event.position().x() - HANDLE_RADIUS) / max(self.width() - 2 * HANDLE_RADIUS, 1)
        self._show(self._seconds * min(max(share, 0.0), 1.0))

    def _show(self, place: float) -> None:
        self._place = place
        self.setValue(round(STEPS * place / max(self._seconds, 1e-3)))
