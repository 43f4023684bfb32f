"""View of a resonance instrument: each mode a dot, lit while it rings; a press strikes it.

The x axis is frequency, the y axis decay time; the size of a dot is the level of its mode.
"""

import math
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QWidget

from engine.dsp.decibels import NEPERS_PER_60_DB
from gui import theme

from .dots import GLOW_SIZES, level_shares, loudest, paint_glows, radii
from .touchable import TouchableView

if TYPE_CHECKING:
    from engine.snapshots.modes import Modes

MIN_FREQUENCY, MAX_FREQUENCY = 27.5, 16000.0  # Hz
MIN_DECAY_SECONDS, MAX_DECAY_SECONDS = 0.02, 60.0  # to fall by 60 dB
MARGIN_PIXELS = 34  # around the dots, for the labels of the axes
HIT_RADIUS = 24  # pixels
GRID_FREQUENCIES = {
    30: "", 50: "", 100: "100 Hz", 200: "", 500: "", 1000: "1 kHz", 2000: "", 5000: "", 10000: "10 kHz",
}  # fmt: skip
GRID_SECONDS = {0.1: "0.1 s", 1.0: "1 s", 10.0: "10 s"}


class ModesView(TouchableView):
    """The items are resonances: a press strikes one; with the focus, the arrows select one and Space strikes it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Modes of the instrument"))
        self.setMinimumSize(320, 84)
        self.ringing: Modes | None = None
        self._modes: Modes | None = None
        self._background: QPixmap | None = None
        self._glows: list[QPixmap] = []

    def set_modes(self, modes: "Modes") -> None:
        """Show an instrument's modes, levels 0..1, all silent."""
        self._modes, self.ringing, self._background, self.selected_item = modes, None, None, -1
        count = len(set(modes.resonance.tolist()))
        self.setAccessibleDescription(
            self.tr("{0} modes of {1} resonances; the arrows choose one, Space strikes it").format(
                len(modes.frequency), count
            )
        )
        self.update()

    def set_ringing(self, modes: "Modes") -> None:
        """Light the modes that ring, at their levels 0..1."""
        silent = len(modes.frequency) == 0
        if silent and self.ringing is None:
            return
        self.ringing = None if silent else loudest(modes)
        self.update()

    def item_at(self, point: QPointF) -> int | None:
        """The resonance of the nearest dot, within HIT_RADIUS."""
        if self._modes is None or len(self._modes.frequency) == 0:
            return None
        x, y = self._points(self._modes.frequency, self._modes.decay)
        distance = np.hypot(x - point.x(), y - point.y()) - 0.3 * radii(self._modes.level)
        nearest = int(distance.argmin())
        return int(self._modes.resonance[nearest]) if distance[nearest] < HIT_RADIUS else None

    def neighbour(self, right: int, up: int) -> int | None:
        """The next resonance, or the one before; wraps around."""
        if self._modes is None or len(self._modes.frequency) == 0:
            return None
        return (self.selected_item + right + up) % self._count

    def select(self, item: int) -> None:
        """Mark the dots of a resonance."""
        self.setAccessibleDescription(self.tr("resonance {0} of {1}").format(item + 1, self._count))
        super().select(item)

    def point_of(self, resonance: int) -> QPointF:
        """The centre of a resonance's strongest dot."""
        assert self._modes is not None
        x, y = self._points(self._modes.frequency, self._modes.decay)
        best = np.where(self._modes.resonance == resonance, self._modes.level, -1).argmax()
        return QPointF(float(x[best]), float(y[best]))

    def sizeHint(self) -> QSize:
        """A large area."""
        return QSize(900, 360)

    def changeEvent(self, event: QEvent | None) -> None:
        """Paint background and glows again for another theme."""
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._background, self._glows = None, []
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Paint the background again for another size."""
        self._background = None

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the cached background with all dots, and over it the ringing ones."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._background is None:
            self._background = self._paint_background()
        painter.drawPixmap(0, 0, self._background)
        if self.selected_item >= 0 and self._modes is not None:
            self._paint_selected(painter, self._modes)
        if self.ringing is not None:
            self._paint_ringing(painter, self.ringing)

    @property
    def _count(self) -> int:
        return int(self._modes.resonance.max(initial=0)) + 1 if self._modes is not None else 0

    def _points(self, frequency: np.ndarray, decay: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """x and y in pixels of modes, from frequencies in Hz and decays in 1/s."""
        width, height = self.width() - 2 * MARGIN_PIXELS, self.height() - 2 * MARGIN_PIXELS
        x = np.log(np.clip(frequency, MIN_FREQUENCY, MAX_FREQUENCY) / MIN_FREQUENCY)
        x /= np.log(MAX_FREQUENCY / MIN_FREQUENCY)
        seconds = np.clip(NEPERS_PER_60_DB / np.maximum(decay, 1e-6), MIN_DECAY_SECONDS, MAX_DECAY_SECONDS)
        y = np.log(seconds / MIN_DECAY_SECONDS) / np.log(MAX_DECAY_SECONDS / MIN_DECAY_SECONDS)
        return MARGIN_PIXELS + x * width, MARGIN_PIXELS + (1 - y) * height

    def _paint_background(self) -> QPixmap:
        scale = self.devicePixelRatioF()
        background = QPixmap(round(self.width() * scale), round(self.height() * scale))
        background.setDevicePixelRatio(scale)
        background.fill(theme.colour(theme.VIEW_BACKGROUND))
        painter = QPainter(background)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        modes = self._modes
        if modes is None:
            painter.end()
            return background  # nothing plays yet
        if len(modes.level) == 0:
            painter.setPen(theme.colour(theme.SECONDARY_TEXT))
            text = self.tr("Its modes cannot be seen: play the keys, or the pad")
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, text)
        else:
            self._paint_grid(painter)
            painter.setPen(Qt.PenStyle.NoPen)
            strength = 0.20 if len(modes.level) > 600 else 0.34
            points = self._points(modes.frequency, modes.decay)
            for x, y, share, radius in zip(*points, level_shares(modes.level), radii(modes.level), strict=True):
                painter.setBrush(theme.colour(theme.TEXT, strength * (0.35 + 0.65 * float(share))))
                painter.drawEllipse(QPointF(x, y), radius, radius)
        painter.end()
        return background

    def _paint_grid(self, painter: QPainter) -> None:
        """Paint thin grid lines, and the labels of some at the edge."""
        line, text_colour = QPen(theme.colour(theme.BORDER, 0.55), 1), theme.colour(theme.SECONDARY_TEXT)
        for frequency, label in GRID_FREQUENCIES.items():
            x = float(self._points(np.array([frequency]), np.array([1.0]))[0][0])
            painter.setPen(line if label else QPen(theme.colour(theme.BORDER, 0.25), 1))
            painter.drawLine(QPointF(x, MARGIN_PIXELS - 12), QPointF(x, self.height() - MARGIN_PIXELS + 12))
            painter.setPen(text_colour)
            painter.drawText(
                QRectF(x + 5, self.height() - MARGIN_PIXELS - 2, 90, 20), Qt.AlignmentFlag.AlignLeft, label
            )
        last_label = math.inf
        for seconds, label in GRID_SECONDS.items():
            y = float(self._points(np.array([100.0]), np.array([NEPERS_PER_60_DB / seconds]))[1][0])
            painter.setPen(line)
            painter.drawLine(QPointF(MARGIN_PIXELS - 12, y), QPointF(self.width() - MARGIN_PIXELS + 12, y))
            if abs(last_label - y) < painter.fontMetrics().height():
                continue  # in a low view the labels would lie over each other
            last_label = y
            painter.setPen(text_colour)
            painter.drawText(QRectF(MARGIN_PIXELS - 12, y - 18, 80, 18), Qt.AlignmentFlag.AlignLeft, label)

    def _paint_selected(self, painter: QPainter, modes: "Modes") -> None:
        """Paint circles around the dots of the selected resonance."""
        which = modes.resonance == self.selected_item
        x, y = self._points(modes.frequency[which], modes.decay[which])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour(theme.ACCENT, 0.8 if self.hasFocus() else 0.55), 1.2))
        for at_x, at_y, radius in zip(x, y, radii(modes.level[which]) + 1.5, strict=True):
            painter.drawEllipse(QPointF(at_x, at_y), radius, radius)

    def _paint_ringing(self, painter: QPainter, modes: "Modes") -> None:
        if not self._glows:
            self._glows = paint_glows(self.devicePixelRatioF())
        sizes = np.clip((GLOW_SIZES * level_shares(modes.level)).astype(int), 0, GLOW_SIZES - 1)
        for x, y, size in zip(*self._points(modes.frequency, modes.decay), sizes, strict=True):
            glow = self._glows[size]
            half = glow.deviceIndependentSize().width() / 2
            painter.drawPixmap(QPointF(x - half, y - half), glow)
