"""View of a ddsp instrument: harmonics as bars, pitch and loudness of the last seconds, decay of its room.

The x axis of the bars is frequency. A press plays the key of that frequency, the higher the louder.
"""

import math
import time

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.pitch_and_frequency import frequency_of, note_name, pitch_of
from engine.snapshots.harmonics import MIN_LEVEL_DB, NO_HARMONICS, Harmonics, RoomEnvelope
from gui import theme

from .loudness_strip import LoudnessStrip
from .pitch_trace import PitchTrace
from .room_decay import RoomDecay
from .touchable import TouchableView

MIN_FREQUENCY, MAX_FREQUENCY = 40.0, 16_000.0  # Hz
GRID_FREQUENCIES = {50: "", 100: "100 Hz", 200: "", 500: "", 1000: "1 kHz", 2000: "", 5000: "", 10_000: "10 kHz"}
AXIS_HEIGHT = 22  # pixels below the bars, for the labels


class HarmonicsView(QWidget):
    """Bars on the left; pitch, loudness and room on the right."""

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

    def set_instrument(self, low: int, high: int, room: RoomEnvelope | None) -> None:
        """Show an instrument with this range of keys, silent."""
        self.bars.set_keys(low, high)
        self.trace.clear()
        self.strip.clear()
        self.room.set_shape(room)

    def set_bars(self, now: Harmonics) -> None:
        """Show the sounding harmonics."""
        seconds = time.monotonic()
        self.bars.set_bars(now)
        self.trace.add(seconds, now.pitch, 0.0)
        self.strip.add(seconds, now.loudness)


class HarmonicBars(TouchableView):
    """Harmonics as bars; with the focus, the arrows select a key and Space plays it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Harmonics of the instrument"))
        self.shown, self._keys = NO_HARMONICS, (0, 127)
        self.select(60)

    def set_keys(self, low: int, high: int) -> None:
        """Set the range of keys that can be played."""
        self._keys = low, high
        self.select(min(max(60, low), high))
        self.set_bars(NO_HARMONICS)

    def set_bars(self, now: Harmonics) -> None:
        """Show the sounding harmonics."""
        if len(now.frequency) or len(self.shown.frequency):
            self.shown = now
            self.update()

    def key_at(self, x: float) -> int:
        """The key played by a press at this x."""
        frequency = MIN_FREQUENCY * (MAX_FREQUENCY / MIN_FREQUENCY) ** (x / max(self.width(), 1))
        return min(max(round(pitch_of(frequency)), self._keys[0]), self._keys[1])

    def item_at(self, point: QPointF) -> int | None:
        """The key at a point."""
        return self.key_at(point.x())

    def neighbour(self, right: int, up: int) -> int | None:
        """The next key, or the one before."""
        return min(max(self.selected_item + right + up, self._keys[0]), self._keys[1])

    def select(self, item: int) -> None:
        """Mark a key by a line."""
        text = self.tr("{0}; the arrows choose a key, Space plays it")
        self.setAccessibleDescription(text.format(note_name(item)))
        super().select(item)

    def force_at(self, point: QPointF, dragging: bool) -> float:
        """The higher the point, the larger the force."""
        return min(max(1.05 - point.y() / max(self.height() - AXIS_HEIGHT, 1), 0.1), 1.0)

    def x_of(self, frequency: float) -> float:
        """The x of a frequency."""
        return self.width() * math.log(frequency / MIN_FREQUENCY) / math.log(MAX_FREQUENCY / MIN_FREQUENCY)

    def sizeHint(self) -> QSize:
        """A large area."""
        return QSize(600, 320)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint grid lines, a bar for each harmonic and a line at the selected key."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        bottom = self.height() - AXIS_HEIGHT
        for frequency, name in GRID_FREQUENCIES.items():
            x = self.x_of(frequency)
            painter.setPen(QPen(theme.colour(theme.BORDER, 0.6 if name else 0.3), 1))
            painter.drawLine(QPointF(x, 0), QPointF(x, bottom))
            painter.setPen(theme.colour(theme.SECONDARY_TEXT))
            painter.drawText(
                QRectF(x - 40, bottom + 4, 80, AXIS_HEIGHT - 4), int(Qt.AlignmentFlag.AlignHCenter), name
            )
        painter.setPen(Qt.PenStyle.NoPen)
        for frequency, level in zip(self.shown.frequency.tolist(), self.shown.level.tolist(), strict=True):
            if MIN_FREQUENCY < frequency < MAX_FREQUENCY:
                height = bottom * min((level - MIN_LEVEL_DB) / -MIN_LEVEL_DB, 1.0)
                painter.setBrush(theme.colour(theme.ACCENT, 0.35 + 0.65 * height / bottom))
                painter.drawRoundedRect(QRectF(self.x_of(frequency) - 2, bottom - height, 4, height), 2, 2)
        if self.hasFocus():
            x = self.x_of(frequency_of(self.selected_item))
            painter.setPen(QPen(theme.colour(theme.TEXT), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, 0), QPointF(x, bottom))
