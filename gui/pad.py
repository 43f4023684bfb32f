"""The control pad: a plane that is struck by a press and driven by a drag, with as many fingers as there are.

It says where and how hard; what the two axes mean is its owner's to know. Places are 0..1, from the lower left.
"""

import math
import time
from collections import deque
from dataclasses import dataclass

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QEventPoint, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from . import theme

TRACE = 2.5  # seconds that a movement stays to be seen
STEP = 0.02  # of the plane, for each press of an arrow key
APART = 0.025  # of the plane: how far a finger goes from one stroke to the next
OFTEN = 0.012  # seconds between two strokes of a finger, at least
FAST = 2.5  # planes a second: a finger that fast strikes fully
PRESS = 0.75  # how hard a press strikes that has no speed
MOUSE, SPACE = -1, -2  # players beside the fingers, which count from 0
MARGIN = 20


@dataclass
class _Finger:
    """Who touches: where it struck last and when."""

    x: float
    y: float
    when: float


class Pad(QWidget):
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
        self._trace: deque[tuple[float, int, float, float, float]] = deque(maxlen=2000)
        self._cross = (0.5, 0.5)
        self._tell()

    def set_axes(self, across: str, upwards: str) -> None:
        """Name the two axes."""
        self._axes = (across, upwards)
        self._tell()
        self.update()

    def age(self) -> None:
        """Let the trace fade; to be called often while `busy`."""
        if self._trace:
            while self._trace and time.monotonic() - self._trace[0][0] > TRACE:
                self._trace.popleft()
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
            self._press(MOUSE, event.position(), PRESS)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Drive."""
        if event is not None:
            self._drag(MOUSE, event.position())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Lift."""
        self._lift(MOUSE)

    def event(self, event: QEvent | None) -> bool:
        """Fingers, each for itself; a screen that feels pressure says how hard."""
        if event is None or event.type() not in _TOUCHES:
            return super().event(event)
        for point in event.points():  # type: ignore[attr-defined]
            state, place = point.state(), self.mapFromGlobal(point.globalPosition())
            if state == QEventPoint.State.Released or event.type() == QEvent.Type.TouchCancel:
                self._lift(point.id())
            elif state == QEventPoint.State.Pressed:
                pressure = point.pressure()
                self._press(point.id(), place, pressure if 0 < pressure < 1 else PRESS)
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
            step = STEP / (5 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            right, up = ways[Qt.Key(event.key())]
            place = self._point(self._cross[0] + step * right, self._cross[1] + step * up)
            self._cross = self._place(place)
            if SPACE in self._fingers:
                self._drag(SPACE, place)
            self._tell()
            self.update()
        elif event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._press(SPACE, self._point(*self._cross), PRESS)
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
        area = self._area()
        painter.fillRect(self.rect(), theme.colour(theme.STAGE))
        self._paint_grid(painter, area)
        self._paint_trace(painter)
        painter.setPen(Qt.PenStyle.NoPen)
        for finger in self._fingers.values():
            point = self._point(finger.x, finger.y)
            painter.setBrush(theme.colour(theme.ACCENT, 0.25))
            painter.drawEllipse(point, 26, 26)
            painter.setBrush(theme.colour(theme.ACCENT))
            painter.drawEllipse(point, 9, 9)
        at = self._point(*self._cross)
        painter.setPen(QPen(theme.colour(theme.ACCENT if self.hasFocus() else theme.QUIET), 1.5))
        painter.drawLine(at - QPointF(12, 0), at + QPointF(12, 0))
        painter.drawLine(at - QPointF(0, 12), at + QPointF(0, 12))

    def _press(self, finger: int, point: QPointF, force: float) -> None:
        x, y = self._cross = self._place(point)
        now = time.monotonic()
        self._fingers[finger] = _Finger(x, y, now)
        self._trace.append((now, finger, x, y, force))
        self.struck.emit(finger, x, y, force)
        self._tell()
        self.update()

    def _drag(self, finger: int, point: QPointF) -> None:
        """Strike again when the finger has gone far enough, the harder the faster it goes."""
        touch = self._fingers.get(finger)
        if touch is None:
            return
        x, y = self._place(point)
        now = time.monotonic()
        way, since = math.hypot(x - touch.x, y - touch.y), now - touch.when
        if way < APART or since < OFTEN:
            return
        force = min(max(way / (since * FAST), 0.08), 1.0)
        self._fingers[finger] = _Finger(x, y, now)
        self._cross = (x, y)
        self._trace.append((now, finger, x, y, force))
        self.driven.emit(finger, x, y, force)
        self.update()

    def _lift(self, finger: int) -> None:
        if self._fingers.pop(finger, None) is not None:
            self.lifted.emit(finger)
            self.update()

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN - 8)

    def _place(self, point: QPointF) -> tuple[float, float]:
        area = self._area()
        x, y = (point.x() - area.left()) / area.width(), (area.bottom() - point.y()) / area.height()
        return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)

    def _point(self, x: float, y: float) -> QPointF:
        area = self._area()
        return QPointF(area.left() + x * area.width(), area.bottom() - y * area.height())

    def _tell(self) -> None:
        x, y = self._cross
        self.setAccessibleDescription(
            self.tr("{0} {1:.0%}, {2} {3:.0%}; the arrows move, Space strikes").format(
                self._axes[0], x, self._axes[1], y
            )
        )

    def _paint_grid(self, painter: QPainter, area: QRectF) -> None:
        for i in range(9):
            painter.setPen(QPen(theme.colour(theme.LINE, 0.7 if i % 4 == 0 else 0.25), 1))
            x, y = area.left() + area.width() * i / 8, area.top() + area.height() * i / 8
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        painter.setPen(theme.colour(theme.QUIET))
        painter.drawText(area.adjusted(8, 0, -8, 20), _LOWER_RIGHT, f"{self._axes[0]} →")
        painter.drawText(area.adjusted(8, 6, 0, 0), Qt.AlignmentFlag.AlignLeft, f"↑ {self._axes[1]}")

    def _paint_trace(self, painter: QPainter) -> None:
        """What was played lately: strokes as large as they were hard, joined where a finger went on."""
        now = time.monotonic()
        last: dict[int, tuple[float, QPointF]] = {}
        for when, finger, x, y, force in self._trace:
            point, fresh = self._point(x, y), max(1 - (now - when) / TRACE, 0.0)
            if finger in last and when - last[finger][0] < 0.4:
                painter.setPen(QPen(theme.colour(theme.ACCENT, 0.5 * fresh), 2))
                painter.drawLine(last[finger][1], point)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(theme.ACCENT, 0.6 * fresh))
            radius = 3 + 9 * force + 14 * (1 - fresh) * force
            painter.drawEllipse(point, radius, radius)
            last[finger] = (when, point)


_LOWER_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
_TOUCHES = (
    QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel,
)  # fmt: skip
