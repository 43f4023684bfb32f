"""The control pad: a plane that is struck by a press and driven by a drag, with as many fingers as there are.

It says where and how hard; what the two axes mean is its owner's to know. Places are 0..1, from the lower left.
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

CURSOR_STEP = 0.02  # of the plane, for each press of an arrow key
MIN_STROKE_DISTANCE = 0.025  # of the plane: how far a finger goes from one stroke to the next
MIN_STROKE_SECONDS = 0.012  # seconds between two strokes of a finger, at least
FULL_FORCE_SPEED = 2.5  # planes a second: a finger that fast strikes fully
PRESS_FORCE = 0.75  # how hard a press strikes that has no speed
MOUSE, SPACE = -1, -2  # players beside the fingers, which count from 0


@dataclass
class _Finger:
    """Who touches: where it struck last and when."""

    x: float
    y: float
    when: float


class XYPad(QWidget):
    """Arrow keys move a cross, Shift makes them fine, and Space strikes there."""

    struck = pyqtSignal(int, float, float, float)  # finger, x, y, force
    driven = pyqtSignal(int, float, float, float)
    lifted = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Control pad"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMinimumSize(320, 180)
        self._axes = ("", "")
        self._fingers: dict[int, _Finger] = {}
        self._strokes = Trail()
        self._cross = (0.5, 0.5)
        self._tell()

    def set_axes(self, across: str, upwards: str) -> None:
        """Name the two axes."""
        self._axes = (across, upwards)
        self._tell()
        self.update()

    def age(self) -> None:
        """Let the trace fade; to be called often while `busy`."""
        if self._strokes.age():
            self.update()

    @property
    def cross(self) -> tuple[float, float]:
        """Where the last stroke was, or the next from the keys will be."""
        return self._cross

    def sizeHint(self) -> QSize:
        """Large."""
        return QSize(900, 360)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Strike."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._press(MOUSE, event.position(), PRESS_FORCE)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Drive."""
        if event is not None:
            self._drag(MOUSE, event.position())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Lift."""
        self._lift(MOUSE)

    def event(self, event: QEvent | None) -> bool:
        """Fingers, each for itself; a screen that feels pressure says how hard."""
        if not isinstance(event, QTouchEvent) or event.type() not in _TOUCHES:
            return super().event(event)
        for point in event.points():
            state, place = point.state(), self.mapFromGlobal(point.globalPosition())
            if state == QEventPoint.State.Released or event.type() == QEvent.Type.TouchCancel:
                self._lift(point.id())
            elif state == QEventPoint.State.Pressed:
                pressure = point.pressure()
                self._press(point.id(), place, pressure if 0 < pressure < 1 else PRESS_FORCE)
            elif state == QEventPoint.State.Updated:
                self._drag(point.id(), place)
        event.accept()
        return True

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Move the cross, and strike there."""
        if event is None:
            return
        ways = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        if event.key() in ways:
            step = CURSOR_STEP / (5 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            right, up = ways[Qt.Key(event.key())]
            place = self._plane.point(self._cross[0] + step * right, self._cross[1] + step * up)
            self._cross = self._plane.place(place)
            if SPACE in self._fingers:
                self._drag(SPACE, place)
            self._tell()
            self.update()
        elif event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._press(SPACE, self._plane.point(*self._cross), PRESS_FORCE)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:
        """Lift what Space pressed."""
        if event is not None and event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._lift(SPACE)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """A grid, the trace, the fingers, the cross."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.colour(theme.STAGE))
        plane = self._plane
        plane.paint(painter, self._axes, theme.sized(self.font(), theme.CAPTION))
        self._strokes.paint(painter, plane.point)
        painter.setPen(Qt.PenStyle.NoPen)
        for finger in self._fingers.values():
            point = plane.point(finger.x, finger.y)
            painter.setBrush(theme.colour(theme.ACCENT, 0.25))
            painter.drawEllipse(point, 26, 26)
            painter.setBrush(theme.colour(theme.ACCENT))
            painter.drawEllipse(point, 9, 9)
        at = plane.point(*self._cross)
        painter.setPen(QPen(theme.colour(theme.ACCENT if self.hasFocus() else theme.QUIET), 1.5))
        painter.drawLine(at - QPointF(12, 0), at + QPointF(12, 0))
        painter.drawLine(at - QPointF(0, 12), at + QPointF(0, 12))

    @property
    def _plane(self) -> PadGeometry:
        return PadGeometry(QRectF(self.rect()))

    def _press(self, finger: int, point: QPointF, force: float) -> None:
        x, y = self._cross = self._plane.place(point)
        now = time.monotonic()
        self._fingers[finger] = _Finger(x, y, now)
        self._strokes.add(Stroke(now, finger, x, y, force))
        self.struck.emit(finger, x, y, force)
        self._tell()
        self.update()

    def _drag(self, finger: int, point: QPointF) -> None:
        """Strike again when the finger has gone far enough, the harder the faster it goes."""
        touch = self._fingers.get(finger)
        if touch is None:
            return
        x, y = self._plane.place(point)
        now = time.monotonic()
        way, since = math.hypot(x - touch.x, y - touch.y), now - touch.when
        if way < MIN_STROKE_DISTANCE or since < MIN_STROKE_SECONDS:
            return
        force = min(max(way / (since * FULL_FORCE_SPEED), 0.08), 1.0)
        self._fingers[finger] = _Finger(x, y, now)
        self._cross = (x, y)
        self._strokes.add(Stroke(now, finger, x, y, force))
        self.driven.emit(finger, x, y, force)
        self.update()

    def _lift(self, finger: int) -> None:
        if self._fingers.pop(finger, None) is not None:
            self.lifted.emit(finger)
            self.update()

    def _tell(self) -> None:
        x, y = self._cross
        self.setAccessibleDescription(
            self.tr("{0} {1:.0%}, {2} {3:.0%}; the arrows move, Space strikes").format(
                self._axes[0], x, self._axes[1], y
            )
        )


_TOUCHES = (
    QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel,
)  # fmt: skip
