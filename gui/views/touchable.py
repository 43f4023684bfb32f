"""What is struck where it is touched: the pictures that are instruments."""

from PyQt6.QtCore import QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import QWidget

PRESS_FORCE, DRAG_FORCE = 0.8, 0.7  # how hard a touch strikes, and what is passed with the button down
ARROW_DIRECTIONS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}


class TouchableView(QWidget):
    """What lies on it has a number. A touch strikes, the arrows choose and Space strikes what is chosen.

    Whoever draws it says what lies where (`found_at`), what is chosen (`choose`), what lies beside that (`beside`)
    and how hard a touch is (`force_at`).
    """

    struck = pyqtSignal(int, float)
    released = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(260, 160)
        self._held: int | None = None
        self._chosen = -1  # nothing

    def found_at(self, point: QPointF) -> int | None:
        """What lies at a point."""
        raise NotImplementedError

    def beside(self, right: int, up: int) -> int | None:
        """What lies beside what is chosen, one step to the right or upwards; None where nothing lies at all."""
        raise NotImplementedError

    def choose(self, found: int) -> None:
        """Let Space strike this."""
        self._chosen = found
        self.update()

    def force_at(self, point: QPointF, passing: bool) -> float:
        """How hard a touch at a point is."""
        return DRAG_FORCE if passing else PRESS_FORCE

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Strike."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._strike(self.found_at(event.position()), self.force_at(event.position(), False))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Show what would be struck; with the button down, strike what is passed."""
        found = self.found_at(event.position()) if event is not None else None
        if event is None or found is None:
            return
        if event.buttons() & Qt.MouseButton.LeftButton and found != self._held:
            self._strike(found, self.force_at(event.position(), True))
        if found != self._chosen:
            self.choose(found)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go."""
        self._let_go()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Choose and strike without a mouse."""
        if event is None:
            return
        if event.key() in ARROW_DIRECTIONS:
            found = self.beside(*ARROW_DIRECTIONS[Qt.Key(event.key())])
            if found is not None:
                self.choose(found)
        elif event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat() and self.beside(0, 0) is not None:
                self._strike(max(self._chosen, 0), PRESS_FORCE)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:
        """Let go of what Space struck."""
        if event is not None and event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._let_go()

    def _strike(self, found: int | None, force: float) -> None:
        self._let_go()
        if found is not None:
            self._held = found
            self.choose(found)
            self.struck.emit(found, force)

    def _let_go(self) -> None:
        if self._held is not None:
            held, self._held = self._held, None
            self.released.emit(held)
