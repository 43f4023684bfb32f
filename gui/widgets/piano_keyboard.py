"""A piano keyboard: played by mouse and touch, lit by whatever sounds."""

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

from gui import number_format, theme

from .piano_layout import PianoLayout, is_black

MIN_VELOCITY = 0.15  # velocity at the upper edge of a key; the lower edge is 1
MOUSE_POINTER = -1  # who plays: the mouse, or the number of a finger


class PianoKeyboard(QWidget):
    """Keys of a range; where a key is touched decides how loud: soft at the back, loud at the front.

    With the focus on it, the left and right arrows choose a key and Space plays it.
    """

    pressed = pyqtSignal(int, float)
    released = pyqtSignal(int)

    def __init__(self, low: int = 36, high: int = 96, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("PianoKeyboard"))
        self.setAccessibleDescription(self.tr("Left and right choose a key, Space plays it"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setMinimumHeight(96)
        self._layout = PianoLayout(low, high)
        self._range = (0, 127)
        self._held: dict[int, int] = {}
        self._lit: dict[int, float] = {}
        self._letters: dict[int, str] = {}
        self._chosen = 60
        self._spaced: int | None = None

    def set_keys(self, low: int, high: int) -> None:
        """Show other keys."""
        self._layout = PianoLayout(low, high)
        self.update()

    def set_range(self, low: int, high: int) -> None:
        """Mark the keys that the instrument was learned for; the others are shown dimmed."""
        self._range = (low, high)
        self.update()

    def set_lit(self, lit: Mapping[int, float]) -> None:
        """Light the keys that sound, each with the velocity of its note."""
        if dict(lit) != self._lit:
            self._lit = dict(lit)
            self.update()

    def set_letters(self, letters: Mapping[int, str]) -> None:
        """Write the computer keys that play on the keys."""
        self._letters = dict(letters)
        self.update()

    def key_at(self, point: QPointF) -> tuple[int, float] | None:
        """The key under a point, and the velocity that the place means."""
        return self._layout.key_at(point.x() / max(self.width(), 1), point.y() / max(self.height(), 1), MIN_VELOCITY)

    def sizeHint(self) -> QSize:
        """Wide."""
        return QSize(900, 128)

    def release_all(self) -> None:
        """Let go of every key that mouse, fingers or Space hold."""
        for finger in list(self._held):
            self._let_go(finger)
        self._end_space()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Press a key."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._touch(MOUSE_POINTER, event.position())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Slide from key to key."""
        if event is not None and MOUSE_POINTER in self._held:
            self._touch(MOUSE_POINTER, event.position())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go."""
        self._let_go(MOUSE_POINTER)

    def event(self, event: QEvent | None) -> bool:
        """Fingers, each a player of its own."""
        if isinstance(event, QTouchEvent) and event.type() in _TOUCHES:
            for point in event.points():
                if point.state() == QEventPoint.State.Released or event.type() == QEvent.Type.TouchCancel:
                    self._let_go(point.id())
                else:
                    self._touch(point.id(), self.mapFromGlobal(point.globalPosition()))
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Choose and play a key without a mouse."""
        if event is None or event.isAutoRepeat() and event.key() == Qt.Key.Key_Space:
            return
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step:
            self._chosen = min(max(self._chosen + step, self._layout.low), self._layout.high)
            self.setAccessibleDescription(number_format.note(self._chosen))
            self.update()
        elif event.key() == Qt.Key.Key_Space:
            self._spaced = self._chosen
            self.pressed.emit(self._chosen, 0.8)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:
        """Let go of the key that Space holds."""
        if event is not None and event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._end_space()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """White keys, then black ones over them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        for black in (False, True):
            for key in self._layout.keys:
                if is_black(key) == black:
                    self._paint(painter, key)

    def _paint(self, painter: QPainter, key: int) -> None:
        """One key: dimmed out of range, glowing while it sounds, with its letter and, if it is a C, its name."""
        black = is_black(key)
        x, y, width, height = self._layout.place(key)
        area = QRectF(x * self.width(), y, width * self.width(), height * self.height()).adjusted(0.7, -4, -0.7, -1)
        inside = self._range[0] <= key <= self._range[1]
        painter.setBrush(_body(area, black, theme.is_dark(), inside))
        painter.setPen(Qt.PenStyle.NoPen if theme.is_dark() or black else QPen(theme.colour(theme.LINE), 1))
        painter.drawRoundedRect(area, 3.5, 3.5)
        painter.setPen(Qt.PenStyle.NoPen)
        if key in self._lit:
            glow = QLinearGradient(area.topLeft(), area.bottomLeft())
            glow.setColorAt(0, theme.colour(theme.ACCENT, 0.35))
            glow.setColorAt(1, theme.colour(theme.ACCENT, 0.45 + 0.55 * self._lit[key]))
            painter.setBrush(glow)
            painter.drawRoundedRect(area, 3.5, 3.5)
            painter.setBrush(theme.colour(theme.ON_ACCENT))  # seen without colour too: a mark on the key
            painter.drawEllipse(QPointF(area.center().x(), area.bottom() - (8 if black else 26)), 3, 3)
        if key == self._chosen and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour(theme.ACCENT), 2))
            painter.drawRoundedRect(area.adjusted(1, 4, -1, -1), 3, 3)
        self._label(painter, key, area)

    def _label(self, painter: QPainter, key: int, area: QRectF) -> None:
        black = is_black(key)
        words = self._letters.get(key, "")
        painter.setPen(QColor("#cfc9bd" if black else "#5b564e"))
        if words:
            painter.drawText(area.adjusted(0, 0, 0, -16 if black else -34), _BOTTOM, words)
        if key % 12 == 0:
            painter.drawText(area.adjusted(-6, 0, 6, -4), _BOTTOM, number_format.note(key))

    def _touch(self, finger: int, point: QPointF) -> None:
        found = self.key_at(point)
        if found is None or self._held.get(finger) == found[0]:
            return
        self._let_go(finger)
        self._held[finger] = found[0]
        self.pressed.emit(*found)

    def _let_go(self, finger: int) -> None:
        if finger in self._held:
            self.released.emit(self._held.pop(finger))

    def _end_space(self) -> None:
        if self._spaced is not None:
            self.released.emit(self._spaced)
            self._spaced = None


_BOTTOM = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
_TOUCHES = (
    QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel,
)  # fmt: skip


def _body(area: QRectF, black: bool, dark: bool, inside: bool) -> QLinearGradient:
    """Ivory or ebony; what the instrument was not learned for lies in the shade."""
    ivory = ("#e9e4d9", "#f7f3ea") if dark else ("#ffffff", "#fbf8f2")
    upper, lower = ("#101012", "#2f3035") if black else ivory
    if not inside:
        upper, lower = (
            ("#3a3b3f", "#4a4b50") if black else (("#8d897f", "#969187") if dark else ("#dcd6cb", "#dcd6cb"))
        )
    gradient = QLinearGradient(area.topLeft(), area.bottomLeft())
    gradient.setColorAt(0, QColor(upper))
    gradient.setColorAt(1, QColor(lower))
    return gradient
