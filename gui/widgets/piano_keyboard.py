"""A piano keyboard: played by mouse, touch and keys; shows the sounding notes."""

from collections.abc import Mapping

from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QEventPoint,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTouchEvent,
)
from PyQt6.QtWidgets import QWidget

from engine.pitch_and_frequency import note_name
from gui import theme

from .piano_layout import PianoLayout, is_black

MIN_VELOCITY = 0.15  # at the back edge of a key; 1 at the front edge
MOUSE_POINTER = -1  # id of the mouse; touch points have ids from 0
MIN_FULL_HEIGHT = 100  # pixels, below which the letters stand closer


class PianoKeyboard(QWidget):
    """Keys of a range; the velocity depends on where a key is pressed: soft at the back, loud at the front.

    With the focus, the left and right arrows move a cursor from key to key and Space plays the key at it.
    """

    pressed = pyqtSignal(int, float)
    released = pyqtSignal(int)

    def __init__(self, low: int = 36, high: int = 96, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Keyboard"))
        self.setAccessibleDescription(self.tr("Left and right choose a key, Space plays it"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMinimumHeight(72)
        self.key_layout = PianoLayout(low, high)
        self._range = (0, 127)
        self._pressed: dict[int, int] = {}
        self.lit: dict[int, float] = {}
        self.letters: dict[int, str] = {}
        self._cursor = 60
        self._space_key: int | None = None

    def set_keys(self, low: int, high: int) -> None:
        """Set the range of keys shown."""
        self.key_layout = PianoLayout(low, high)
        self.update()

    def set_range(self, low: int, high: int) -> None:
        """Set the range that the instrument was learned for; other keys are dimmed."""
        self._range = (low, high)
        self.update()

    def set_lit(self, lit: Mapping[int, float]) -> None:
        """Highlight the sounding keys, each with the velocity of its note."""
        if dict(lit) != self.lit:
            self.lit = dict(lit)
            self.update()

    def set_letters(self, letters: Mapping[int, str]) -> None:
        """Label keys with the computer keys that play them."""
        self.letters = dict(letters)
        self.update()

    def key_at(self, point: QPointF) -> tuple[int, float] | None:
        """The key under a point, and the velocity at that point."""
        return self.key_layout.key_at(
            point.x() / max(self.width(), 1), point.y() / max(self.height(), 1), MIN_VELOCITY
        )

    def sizeHint(self) -> QSize:
        """A wide strip."""
        return QSize(900, 128)

    def release_all(self) -> None:
        """Release every key that mouse, touch or Space hold."""
        for pointer in list(self._pressed):
            self._release(pointer)
        self._release_space()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Press the key under the mouse."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._press(MOUSE_POINTER, event.position())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Glide from key to key."""
        if event is not None and MOUSE_POINTER in self._pressed:
            self._press(MOUSE_POINTER, event.position())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Release the key."""
        self._release(MOUSE_POINTER)

    def event(self, event: QEvent | None) -> bool:
        """Handle touch points independently of each other."""
        if isinstance(event, QTouchEvent) and event.type() in _TOUCH_EVENTS:
            for point in event.points():
                if point.state() == QEventPoint.State.Released or event.type() == QEvent.Type.TouchCancel:
                    self._release(point.id())
                else:
                    self._press(point.id(), self.mapFromGlobal(point.globalPosition()))
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Move the cursor, or play the key at it."""
        if event is None or event.isAutoRepeat() and event.key() == Qt.Key.Key_Space:
            return
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step:
            self._cursor = min(max(self._cursor + step, self.key_layout.low), self.key_layout.high)
            self.setAccessibleDescription(note_name(self._cursor))
            self.update()
        elif event.key() == Qt.Key.Key_Space:
            self._space_key = self._cursor
            self.pressed.emit(self._cursor, 0.8)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:
        """Release the key that Space holds."""
        if event is not None and event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._release_space()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint white keys, then black keys over them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        for black in (False, True):
            for key in self.key_layout.keys:
                if is_black(key) == black:
                    self._paint_key(painter, key)

    def _paint_key(self, painter: QPainter, key: int) -> None:
        """Paint a key: dimmed out of range, lit while it sounds, with its letter and, for a C, its name."""
        black = is_black(key)
        x, y, width, height = self.key_layout.rect(key)
        area = QRectF(x * self.width(), y, width * self.width(), height * self.height()).adjusted(0.7, -4, -0.7, -1)
        in_range = self._range[0] <= key <= self._range[1]
        painter.setBrush(_body_gradient(area, black, theme.is_dark(), in_range))
        painter.setPen(Qt.PenStyle.NoPen if theme.is_dark() or black else QPen(theme.colour(theme.BORDER), 1))
        painter.drawRoundedRect(area, 3.5, 3.5)
        painter.setPen(Qt.PenStyle.NoPen)
        if key in self.lit:
            gradient = QLinearGradient(area.topLeft(), area.bottomLeft())
            gradient.setColorAt(0, theme.colour(theme.ACCENT, 0.35))
            gradient.setColorAt(1, theme.colour(theme.ACCENT, 0.45 + 0.55 * self.lit[key]))
            painter.setBrush(gradient)
            painter.drawRoundedRect(area, 3.5, 3.5)
            painter.setBrush(theme.colour(theme.ON_ACCENT))  # visible without colour too: a dot on the key
            painter.drawEllipse(QPointF(area.center().x(), area.bottom() - self._dot_height(black)), 3, 3)
        if key == self._cursor and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour(theme.ACCENT), 2))
            painter.drawRoundedRect(area.adjusted(1, 4, -1, -1), 3, 3)
        self._paint_labels(painter, key, area)

    def _paint_labels(self, painter: QPainter, key: int, area: QRectF) -> None:
        black = is_black(key)
        letter, name = self.letters.get(key, ""), note_name(key)
        painter.setPen(_ink(black, self.lit.get(key)))
        if letter:
            above = (6 if self._is_low else 16) if black else (15 if self._is_low else 34)
            painter.drawText(area.adjusted(0, 0, 0, -above), _BOTTOM, letter)
        if key % 12 == 0:
            painter.drawText(area.adjusted(-6, 0, 6, -2 if self._is_low else -4), _BOTTOM, name)

    @property
    def _is_low(self) -> bool:
        return self.height() < MIN_FULL_HEIGHT

    def _dot_height(self, black: bool) -> int:
        """Pixels from the end of a key to the dot of a lit one: below its letter, or above it on low keys."""
        if self._is_low:
            return 25 if black else 33
        return 8 if black else 26

    def _press(self, pointer: int, point: QPointF) -> None:
        hit = self.key_at(point)
        if hit is None or self._pressed.get(pointer) == hit[0]:
            return
        self._release(pointer)
        self._pressed[pointer] = hit[0]
        self.pressed.emit(*hit)

    def _release(self, pointer: int) -> None:
        if pointer in self._pressed:
            self.released.emit(self._pressed.pop(pointer))

    def _release_space(self) -> None:
        if self._space_key is not None:
            self.released.emit(self._space_key)
            self._space_key = None


_BOTTOM = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
_TOUCH_EVENTS = (
    QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel,
)  # fmt: skip


def _ink(black: bool, velocity: float | None) -> QColor:
    """Colour of a key's letter and name; readable on the accent too where the key is lit, at a velocity."""
    if velocity is None:
        return QColor("#cfc9bd" if black else "#5b564e")
    share = 0.45 + 0.55 * velocity  # of the accent at the end of the key
    lightness = share * theme.colour(theme.ACCENT).lightnessF() + (1 - share) * (0.15 if black else 0.95)
    return QColor("#1b1408" if lightness > 0.5 else "#ffffff")


def _body_gradient(area: QRectF, black: bool, dark: bool, in_range: bool) -> QLinearGradient:
    """Gradient of a key's body; darker outside the range of the instrument."""
    white = ("#e9e4d9", "#f7f3ea") if dark else ("#ffffff", "#fbf8f2")
    upper, lower = ("#101012", "#2f3035") if black else white
    if not in_range:
        upper, lower = (
            ("#3a3b3f", "#4a4b50") if black else (("#8d897f", "#969187") if dark else ("#dcd6cb", "#dcd6cb"))
        )
    gradient = QLinearGradient(area.topLeft(), area.bottomLeft())
    gradient.setColorAt(0, QColor(upper))
    gradient.setColorAt(1, QColor(lower))
    return gradient
