"""A decoded instrument, seen: its harmonics as bars, pitch and loudness of the last seconds, the shape of its room.

From left to right the frequency. Touch it to play the key of that frequency, the higher the louder.
"""

import math
import time

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.snapshots.harmonics import FAINT, SILENCE, Bars, Shape
from gui import number_format, theme

from .loudness_strip import RoomDecay, LoudnessStrip
from .pitch_trace import PitchTrace, key_of
from .touchable import TouchableView

MIN_FREQUENCY, MAX_FREQUENCY = 40.0, 16_000.0  # Hz
GRID_FREQUENCIES = {50: "", 100: "100 Hz", 200: "", 500: "", 1000: "1 kHz", 2000: "", 5000: "", 10_000: "10 kHz"}
AXIS_HEIGHT = 22  # pixels below the bars


class HarmonicsView(QWidget):
    """The bars on the left, the last seconds and the room on the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars, self.trace, self.strip, self.room = HarmonicBars(), PitchTrace(), LoudnessStrip(), RoomDecay()
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


class HarmonicBars(TouchableView):
    """With the focus on it, the arrows choose a key and Space plays it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Harmonics of the instrument"))
        self._now, self._keys = SILENCE, (0, 127)
        self.choose(60)

    def set_keys(self, low: int, high: int) -> None:
        """What can be played."""
        self._keys = low, high
        self.choose(min(max(60, low), high))
        self.set_bars(SILENCE)

    def set_bars(self, now: Bars) -> None:
        """Show what sounds."""
        if len(now.frequency) or len(self._now.frequency):
            self._now = now
            self.update()

    def key_at(self, x: float) -> int:
        """The key that is played by touching this place."""
        frequency = MIN_FREQUENCY * (MAX_FREQUENCY / MIN_FREQUENCY) ** (x / max(self.width(), 1))
        return min(max(round(key_of(frequency)), self._keys[0]), self._keys[1])

    def found_at(self, point: QPointF) -> int | None:
        """The same."""
        return self.key_at(point.x())

    def beside(self, right: int, up: int) -> int | None:
        """The next key, or the one before."""
        return min(max(self._chosen + right + up, self._keys[0]), self._keys[1])

    def choose(self, found: int) -> None:
        """Put a line where a key is."""
        words = self.tr("{0}; the arrows choose a key, Space plays it")
        self.setAccessibleDescription(words.format(number_format.note(found)))
        super().choose(found)

    def force_at(self, point: QPointF, passing: bool) -> float:
        """The higher the louder."""
        return min(max(1.05 - point.y() / max(self.height() - AXIS_HEIGHT, 1), 0.1), 1.0)

    def place_of(self, frequency: float) -> float:
        """Where a frequency is."""
        return self.width() * math.log(frequency / MIN_FREQUENCY) / math.log(MAX_FREQUENCY / MIN_FREQUENCY)

    def sizeHint(self) -> QSize:
        """Large."""
        return QSize(600, 320)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """A line for every octave, a bar for every harmonic, a mark for the chosen key."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        foot = self.height() - AXIS_HEIGHT
        for frequency, name in GRID_FREQUENCIES.items():
            x = self.place_of(frequency)
            painter.setPen(QPen(theme.colour(theme.LINE, 0.6 if name else 0.3), 1))
            painter.drawLine(QPointF(x, 0), QPointF(x, foot))
            painter.setPen(theme.colour(theme.QUIET))
            painter.drawText(QRectF(x - 40, foot + 4, 80, AXIS_HEIGHT - 4), int(Qt.AlignmentFlag.AlignHCenter), name)
        painter.setPen(Qt.PenStyle.NoPen)
        for frequency, level in zip(self._now.frequency.tolist(), self._now.level.tolist(), strict=True):
            if MIN_FREQUENCY < frequency < MAX_FREQUENCY:
                height = foot * min((level - FAINT) / -FAINT, 1.0)
                painter.setBrush(theme.colour(theme.ACCENT, 0.35 + 0.65 * height / foot))
                painter.drawRoundedRect(QRectF(self.place_of(frequency) - 2, foot - height, 4, height), 2, 2)
        if self.hasFocus():
            x = self.place_of(440 * 2 ** ((self._chosen - 69) / 12))
            painter.setPen(QPen(theme.colour(theme.TEXT), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, 0), QPointF(x, foot))
