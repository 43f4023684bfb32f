"""Base class of views whose items are played by mouse and keys."""

from PyQt6.QtCore import QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import QWidget

PRESS_FORCE, DRAG_FORCE = 0.8, 0.7  # of a press, and of an item passed with the button down
ARROW_DIRECTIONS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class TouchableView(QWidget):
    """Items have numbers. A press strikes an item, the arrows select one and Space strikes the selected one.

    A subclass paints the items and finds them: by point (`item_at`) and by direction (`neighbour`). It may override
    `select` and `force_at`.
    """

    struck = pyqtSignal(int, float)
    released = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(260, 84)
        self.pressed_item: int | None = None
        self.selected_item = -1  # none

    def item_at(self, point: QPointF) -> int | None:
        """The item at a point; None where there is none."""
        raise NotImplementedError

    def neighbour(self, right: int, up: int) -> int | None:
        """The item next to the selected one, in a direction of one step; None if there are no items."""
        raise NotImplementedError

    def select(self, item: int) -> None:
        """Select an item, which Space strikes."""
        self.selected_item = item
        self.update()

    def force_at(self, point: QPointF, dragging: bool) -> float:
        """The force of a strike at a point."""
        return DRAG_FORCE if dragging else PRESS_FORCE

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Strike the item at the mouse."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._strike(self.item_at(event.position()), self.force_at(event.position(), False))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Select the item at the mouse; with the button down, strike it."""
        item = self.item_at(event.position()) if event is not None else None
        if event is None or item is None:
            return
        if event.buttons() & Qt.MouseButton.LeftButton and item != self.pressed_item:
            self._strike(item, self.force_at(event.position(), True))
        if item != self.selected_item:
            self.select(item)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Release the item."""
        self._release()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Select by the arrows, strike by Space."""
        if event is None:
            return
        if event.key() in ARROW_DIRECTIONS:
            item = self.neighbour(*ARROW_DIRECTIONS[Qt.Key(event.key())])
            if item is not None:
                self.select(item)
        elif event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat() and self.neighbour(0, 0) is not None:
                self._strike(max(self.selected_item, 0), PRESS_FORCE)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:
        """Release what Space struck."""
        if event is not None and event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._release()

    def _strike(self, item: int | None, force: float) -> None:
        self._release()
        if item is not None:
            self.pressed_item = item
            self.select(item)
            self.struck.emit(item, force)

    def _release(self) -> None:
        if self.pressed_item is not None:
            item, self.pressed_item = self.pressed_item, None
            self.released.emit(item)
