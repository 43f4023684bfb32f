"""XY control pad: a press strikes, a drag strikes repeatedly along its path; multi-touch.

Emits pointer, position (0..1 from the lower left) and force; its owner decides what the axes mean.
"""

import math
import time
from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QEventPoint, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QTouchEvent
from PyQt6.QtWidgets import QWidget

from gui import theme

from .geometry import PadGeometry
from .trail import Stroke, Trail

CURSOR_STEP = 0.02  # of the area, for each press of an arrow key
MIN_STROKE_DISTANCE = 0.025  # of the area, between two strokes of a drag
MIN_STROKE_SECONDS = 0.012  # between two strokes of a drag
FULL_FORCE_SPEED = 2.5  # areas a second: a drag that fast strikes with force 1
PRESS_FORCE = 0.75  # of a press without pressure
MOUSE, SPACE = -1, -2  # pointers besides the touch points, which have ids from 0


@dataclass
class _Pointer:
    """Position and time of a pointer's last stroke."""

    x: float
    y: float
    time: float


class XYPad(QWidget):
    """Arrow keys move a cursor, with Shift in fine steps; Space strikes at it."""

    struck = pyqtSignal(int, float, float, float)  # pointer, x, y, force
    dragged = pyqtSignal(int, float, float, float)
    released = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Control pad"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMinimumSize(320, 84)
        self._axes = ("", "")
        self.pointers: dict[int, _Pointer] = {}
        self._trail = Trail()
        self._cursor = (0.5, 0.5)
        self._describe()

    def set_axes(self, across: str, upwards: str) -> None:
        """Name the two axes."""
        self._axes = (across, upwards)
        self._describe()
        self.update()

    def fade(self) -> None:
        """Fade the trail; to be called at the display rate."""
        if self._trail.fade():
            self.update()

    @property
    def cursor_position(self) -> tuple[float, float]:
        """Position of the last stroke, and of the next one by Space."""
        return self._cursor

    def sizeHint(self) -> QSize:
        """A large area."""
        return QSize(900, 360)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Strike at the mouse."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self.press(MOUSE, event.position(), PRESS_FORCE)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Strike along the drag."""
        if event is not None:
            self.drag(MOUSE, event.position())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Release the mouse."""
        self.release(MOUSE)

    def event(self, event: QEvent | None) -> bool:
        """Handle touch points independently; the pressure is the force if the screen reports it."""
        if not isinstance(event, QTouchEvent) or event.type() not in _TOUCH_EVENTS:
            return super().event(event)
        for point in event.points():
            state, position = point.state(), self.mapFromGlobal(point.globalPosition())
            if state == QEventPoint.State.Released or event.type() == QEvent.Type.TouchCancel:
                self.release(point.id())
            elif state == QEventPoint.State.Pressed:
                pressure = point.pressure()
                self.press(point.id(), position, pressure if 0 < pressure < 1 else PRESS_FORCE)
            elif state == QEventPoint.State.Updated:
                self.drag(point.id(), position)
        event.accept()
        return True

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Move the cursor, or strike at it."""
        if event is None:
            return
        if event.key() in _DIRECTIONS:
            step = CURSOR_STEP / (5 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            right, up = _DIRECTIONS[Qt.Key(event.key())]
            point = self.area.point(self._cursor[0] + step * right, self._cursor[1] + step * up)
            self._cursor = self.area.position(point)
            if SPACE in self.pointers:
                self.drag(SPACE, point)
            self._describe()
            self.update()
        elif event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.press(SPACE, self.area.point(*self._cursor), PRESS_FORCE)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:
        """Release Space."""
        if event is not None and event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.release(SPACE)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the grid, the trail, the pointers and the cursor."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.colour(theme.VIEW_BACKGROUND))
        area = self.area
        area.paint(painter, self._axes, theme.sized(self.font(), theme.CAPTION))
        self._trail.paint(painter, area.point)
        painter.setPen(Qt.PenStyle.NoPen)
        for pointer in self.pointers.values():
            point = area.point(pointer.x, pointer.y)
            painter.setBrush(theme.colour(theme.ACCENT, 0.25))
            painter.drawEllipse(point, 26, 26)
            painter.setBrush(theme.colour(theme.ACCENT))
            painter.drawEllipse(point, 9, 9)
        at = area.point(*self._cursor)
        painter.setPen(QPen(theme.colour(theme.ACCENT if self.hasFocus() else theme.SECONDARY_TEXT), 1.5))
        painter.drawLine(at - QPointF(12, 0), at + QPointF(12, 0))
        painter.drawLine(at - QPointF(0, 12), at + QPointF(0, 12))

    @property
    def area(self) -> PadGeometry:
        """Geometry at the present size."""
        return PadGeometry(QRectF(self.rect()))

    def press(self, pointer: int, point: QPointF, force: float) -> None:
        """Strike at a point of the widget."""
        x, y = self._cursor = self.area.position(point)
        now = time.monotonic()
        self.pointers[pointer] = _Pointer(x, y, now)
        self._trail.add(Stroke(now, pointer, x, y, force))
        self.struck.emit(pointer, x, y, force)
        self._describe()
        self.update()

    def drag(self, pointer: int, point: QPointF) -> None:
        """Strike again after enough distance and time, with a force that grows with the speed."""
        last = self.pointers.get(pointer)
        if last is None:
            return
        x, y = self.area.position(point)
        now = time.monotonic()
        distance, seconds = math.hypot(x - last.x, y - last.y), now - last.time
        if distance < MIN_STROKE_DISTANCE or seconds < MIN_STROKE_SECONDS:
            return
        force = min(max(distance / (seconds * FULL_FORCE_SPEED), 0.08), 1.0)
        self.pointers[pointer] = _Pointer(x, y, now)
        self._cursor = (x, y)
        self._trail.add(Stroke(now, pointer, x, y, force))
        self.dragged.emit(pointer, x, y, force)
        self.update()

    def release(self, pointer: int) -> None:
        """End what a pointer pressed."""
        if self.pointers.pop(pointer, None) is not None:
            self.released.emit(pointer)
            self.update()

    def _describe(self) -> None:
        x, y = self._cursor
        self.setAccessibleDescription(
            self.tr("{0} {1:.0%}, {2} {3:.0%}; the arrows move, Space strikes").format(
                self._axes[0], x, self._axes[1], y
            )
        )


_DIRECTIONS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
_TOUCH_EVENTS = (
    QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel,
)  # fmt: skip
