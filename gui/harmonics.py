"""A decoded instrument, seen: its harmonics as bars, pitch and loudness of the last seconds, the shape of its room.

From left to right the frequency. Touch it to play the key of that frequency, the higher the louder.
"""

import math
import time
from collections import deque

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from . import quantity, theme
from .decoded import FAINT, SILENCE, Bars, Shape
from .trace import SECONDS, Trace, key_of

LOWEST, HIGHEST = 40.0, 16_000.0  # Hz
FOOT = 22  # pixels below the bars
ROOM = 50.0  # dB of a room that are drawn


class HarmonicsView(QWidget):
    """The bars on the left, the last seconds and the room on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars, self.trace, self.strip, self.room = BarsView(), Trace(), Strip(), RoomView()
        side = QVBoxLayout()
        side.addWidget(self.trace, 3)
        side.addWidget(self.strip, 1)
        side.addWidget(self.room, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        row.setSpacing(2 * theme.GAP)
        row.addWidget(self.bars, 2)
        row.addLayout(side, 1)

    def set_instrument(self, low: int, high: int, room: Shape | None) -> None:
        """Show an instrument of these keys at rest."""
        self.bars.set_keys(low, high)
        self.trace.clear()
        self.strip.clear()
        self.room.set_shape(room)

    def set_bars(self, now: Bars) -> None:
        """Show what sounds."""
        moment = time.monotonic()
        self.bars.set_bars(now)
        self.trace.add(moment, now.pitch, 0.0)
        self.strip.add(moment, now.loudness)


class BarsView(QWidget):
    """With the focus on it, the arrows choose a key and Space plays it."""

    struck = pyqtSignal(int, float)
    released = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Harmonics of the instrument"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(260, 160)
        self._now, self._keys, self._key = SILENCE, (0, 127), 60
        self._held: int | None = None

    def set_keys(self, low: int, high: int) -> None:
        """What can be played."""
        self._keys = low, high
        self._choose(min(max(60, low), high))
        self.set_bars(SILENCE)

    def set_bars(self, now: Bars) -> None:
        """Show what sounds."""
        if len(now.frequency) or len(self._now.frequency):
            self._now = now
            self.update()

    def key_at(self, x: float) -> int:
        """The key that is played by touching this place."""
        frequency = LOWEST * (HIGHEST / LOWEST) ** (x / max(self.width(), 1))
        return min(max(round(key_of(frequency)), self._keys[0]), self._keys[1])

    def place_of(self, frequency: float) -> float:
        """Where a frequency is."""
        return self.width() * math.log(frequency / LOWEST) / math.log(HIGHEST / LOWEST)

    def sizeHint(self) -> QSize:
        """Large."""
        return QSize(600, 320)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Play."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._strike(self.key_at(event.position().x()), self._force(event.position().y()))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Play what is passed."""
        if event is not None and event.buttons() & Qt.MouseButton.LeftButton:
            key = self.key_at(event.position().x())
            if key != self._held:
                self._strike(key, self._force(event.position().y()))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go."""
        self._let_go()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Arrows choose, Space plays."""
        if event is None or event.isAutoRepeat() and event.key() == Qt.Key.Key_Space:
            return
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            self._choose(min(max(self._key + step, self._keys[0]), self._keys[1]))
        elif event.key() == Qt.Key.Key_Space:
            self._strike(self._key, 0.8)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:
        """Let go."""
        if event is not None and event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._let_go()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """A line for every octave, a bar for every harmonic, a mark for the chosen key."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        foot = self.height() - FOOT
        for frequency in (50, 100, 200, 500, 1000, 2000, 5000, 10_000):
            x = self.place_of(frequency)
            painter.setPen(QPen(theme.colour(theme.LINE, 0.6), 1))
            painter.drawLine(QPointF(x, 0), QPointF(x, foot))
            painter.setPen(theme.colour(theme.QUIET))
            words = quantity.text(float(frequency), "Hz")
            painter.drawText(QRectF(x - 40, foot + 4, 80, FOOT - 4), int(Qt.AlignmentFlag.AlignHCenter), words)
        painter.setPen(Qt.PenStyle.NoPen)
        for frequency, level in zip(self._now.frequency.tolist(), self._now.level.tolist(), strict=True):
            if LOWEST < frequency < HIGHEST:
                height = foot * min((level - FAINT) / -FAINT, 1.0)
                painter.setBrush(theme.colour(theme.ACCENT, 0.35 + 0.65 * height / foot))
                painter.drawRoundedRect(QRectF(self.place_of(frequency) - 2, foot - height, 4, height), 2, 2)
        if self.hasFocus():
            x = self.place_of(440 * 2 ** ((self._key - 69) / 12))
            painter.setPen(QPen(theme.colour(theme.TEXT), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, 0), QPointF(x, foot))

    def _force(self, y: float) -> float:
        return min(max(1.05 - y / max(self.height() - FOOT, 1), 0.1), 1.0)

    def _choose(self, key: int) -> None:
        self._key = key
        words = self.tr("{0}; the arrows choose a key, Space plays it")
        self.setAccessibleDescription(words.format(quantity.note(key)))
        self.update()

    def _strike(self, key: int, force: float) -> None:
        self._let_go()
        self._choose(key)
        self._held = key
        self.struck.emit(key, force)

    def _let_go(self) -> None:
        if self._held is not None:
            self._held = None
            self.released.emit()


class Strip(QWidget):
    """The loudness of the last seconds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Loudness of the last seconds"))
        self._points: deque[tuple[float, float]] = deque()

    def clear(self) -> None:
        """Forget all."""
        self._points.clear()
        self.update()

    def add(self, now: float, level: float) -> None:
        """Go on with a level in dB."""
        self._points.append((now, level))
        while self._points[0][0] < now - SECONDS:
            self._points.popleft()
        self.setAccessibleDescription(f"{level:.0f} dB")
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Filled from below."""
        if self._points:
            newest, width = self._points[-1][0], self.width()
            values = [(1 - (newest - when) / SECONDS, 1 - level / FAINT) for when, level in self._points]
            _fill(self, [(x * width, y) for x, y in values], self.tr("loudness"))


class RoomView(QWidget):
    """How the learned room dies away; hidden without one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("The learned room"))
        self._shape: Shape | None = None

    def set_shape(self, shape: Shape | None) -> None:
        """Show a room."""
        self._shape = shape
        self.setVisible(shape is not None)
        if shape is not None:
            self.setAccessibleDescription(f"{shape.seconds:.1f} s")
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Filled from below."""
        if self._shape is not None:
            heights = np.clip(1 + self._shape.level / ROOM, 0, 1).tolist()
            places = [(i * self.width() / max(len(heights) - 1, 1), height) for i, height in enumerate(heights)]
            _fill(self, places, self.tr("learned room, {0:.1f} s").format(self._shape.seconds))


def _fill(widget: QWidget, points: list[tuple[float, float]], words: str) -> None:
    """Paint a shape of (pixels, 0..1) with words above it."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(theme.ACCENT, 0.5))
    floor = float(widget.height())
    line = [QPointF(x, floor * (1 - min(max(y, 0.0), 1.0))) for x, y in points]
    painter.drawPolygon(QPolygonF([QPointF(line[0].x(), floor), *line, QPointF(line[-1].x(), floor)]))
    painter.setFont(theme.sized(widget.font(), theme.CAPTION))
    painter.setPen(theme.colour(theme.QUIET))
    painter.drawText(widget.rect(), int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight), words)
