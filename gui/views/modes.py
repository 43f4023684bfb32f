"""The instrument, seen: every mode a dot, lit while it rings, struck by touching it.

From left to right the frequency, from below upwards the time that a mode rings; the larger a dot, the stronger.
"""

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PyQt6.QtWidgets import QWidget

from gui import theme

from .glow import SIZES, paint_glows
from .mode_dots import Dots
from .touchable import TouchableView

MIN_FREQUENCY, MAX_FREQUENCY = 27.5, 16000.0  # Hz
MIN_DECAY_SECONDS, MAX_DECAY_SECONDS = 0.02, 60.0  # seconds to fall by 60 dB
NEPERS_PER_60_DB = float(np.log(1000.0))  # nepers in 60 dB
MARGIN = 34
HIT_RADIUS = 24  # pixels around a touch in which a dot is found


class ModesView(TouchableView):
    """Touch a dot to strike its resonance; with the focus on it, the arrows choose a resonance and Space strikes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Modes of the instrument"))
        self.setMinimumSize(320, 180)
        self._rest: Dots | None = None
        self._lit: Dots | None = None
        self._ground: QPixmap | None = None
        self._glows: list[QPixmap] = []

    def set_modes(self, dots: Dots) -> None:
        """Show an instrument at rest."""
        self._rest, self._lit, self._ground, self._chosen = dots, None, None, -1
        count = len(set(dots.resonance.tolist()))
        self.setAccessibleDescription(
            self.tr("{0} modes of {1} resonances; the arrows choose one, Space strikes it").format(
                len(dots.frequency), count
            )
        )
        self.update()

    def set_ringing(self, dots: Dots) -> None:
        """Light what rings."""
        silent = len(dots.frequency) == 0
        if silent and self._lit is None:
            return
        self._lit = None if silent else dots.loudest()
        self.update()

    def found_at(self, point: QPointF) -> int | None:
        """The resonance of the dot nearest to a point, if one is near."""
        if self._rest is None or len(self._rest.frequency) == 0:
            return None
        x, y = self._places(self._rest)
        away = np.hypot(x - point.x(), y - point.y()) - 0.3 * self._rest.radii
        nearest = int(away.argmin())
        return int(self._rest.resonance[nearest]) if away[nearest] < HIT_RADIUS else None

    def beside(self, right: int, up: int) -> int | None:
        """The next resonance, or the one before; around the ends."""
        if self._rest is None or len(self._rest.frequency) == 0:
            return None
        return (self._chosen + right + up) % self._count

    def choose(self, found: int) -> None:
        """Put rings around the dots of a resonance."""
        self.setAccessibleDescription(self.tr("resonance {0} of {1}").format(found + 1, self._count))
        super().choose(found)

    def place_of(self, resonance: int) -> QPointF:
        """Where the strongest dot of a resonance is."""
        assert self._rest is not None
        x, y = self._places(self._rest)
        best = np.where(self._rest.resonance == resonance, self._rest.level, -1).argmax()
        return QPointF(float(x[best]), float(y[best]))

    def sizeHint(self) -> QSize:
        """Large."""
        return QSize(900, 360)

    def changeEvent(self, event: QEvent | None) -> None:
        """Another theme needs another ground."""
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._ground, self._glows = None, []
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Another size as well."""
        self._ground = None

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """The dots at rest from a picture made once, those that ring over it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._ground is None:
            self._ground = self._paint_ground()
        painter.drawPixmap(0, 0, self._ground)
        if self._chosen >= 0 and self._rest is not None:
            self._paint_chosen(painter)
        if self._lit is not None:
            self._paint_lit(painter, self._lit)

    @property
    def _count(self) -> int:
        return int(self._rest.resonance.max(initial=0)) + 1 if self._rest is not None else 0

    def _places(self, dots: Dots) -> tuple[np.ndarray, np.ndarray]:
        """Pixels of each dot."""
        width, height = self.width() - 2 * MARGIN, self.height() - 2 * MARGIN
        x = np.log(np.clip(dots.frequency, MIN_FREQUENCY, MAX_FREQUENCY) / MIN_FREQUENCY) / np.log(MAX_FREQUENCY / MIN_FREQUENCY)
        seconds = np.clip(NEPERS_PER_60_DB / np.maximum(dots.decay, 1e-6), MIN_DECAY_SECONDS, MAX_DECAY_SECONDS)
        y = np.log(seconds / MIN_DECAY_SECONDS) / np.log(MAX_DECAY_SECONDS / MIN_DECAY_SECONDS)
        return MARGIN + x * width, MARGIN + (1 - y) * height

    def _paint_ground(self) -> QPixmap:
        scale = self.devicePixelRatioF()
        ground = QPixmap(round(self.width() * scale), round(self.height() * scale))
        ground.setDevicePixelRatio(scale)
        ground.fill(theme.colour(theme.STAGE))
        painter = QPainter(ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        if self._rest is None or len(self._rest.level) == 0:
            painter.setPen(theme.colour(theme.QUIET))
            words = self.tr("Its modes cannot be seen: play the keys, or the pad")
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, words)
        else:
            self._paint_grid(painter)
            painter.setPen(Qt.PenStyle.NoPen)
            strength = 0.20 if len(self._rest.level) > 600 else 0.34
            dots = zip(*self._places(self._rest), self._rest.shares, self._rest.radii, strict=True)
            for x, y, share, radius in dots:
                painter.setBrush(theme.colour(theme.TEXT, strength * (0.35 + 0.65 * float(share))))
                painter.drawEllipse(QPointF(x, y), radius, radius)
        painter.end()
        return ground

    def _paint_grid(self, painter: QPainter) -> None:
        """Lines at 100 Hz, 1 kHz, 10 kHz and at 0.1, 1 and 10 s, thin; names at the edge."""
        line, words = QPen(theme.colour(theme.LINE, 0.55), 1), theme.colour(theme.QUIET)
        marks = [(30, ""), (50, ""), (100, "100 Hz"), (200, ""), (500, ""), (1000, "1 kHz"), (2000, ""), (5000, "")]
        for frequency, name in [*marks, (10000, "10 kHz")]:
            x = float(self._places(_one(frequency, 1.0))[0][0])
            painter.setPen(line if name else QPen(theme.colour(theme.LINE, 0.25), 1))
            painter.drawLine(QPointF(x, MARGIN - 12), QPointF(x, self.height() - MARGIN + 12))
            painter.setPen(words)
            painter.drawText(QRectF(x + 5, self.height() - MARGIN - 2, 90, 20), Qt.AlignmentFlag.AlignLeft, name)
        for seconds, name in ((0.1, "0.1 s"), (1.0, "1 s"), (10.0, "10 s")):
            y = float(self._places(_one(100.0, seconds))[1][0])
            painter.setPen(line)
            painter.drawLine(QPointF(MARGIN - 12, y), QPointF(self.width() - MARGIN + 12, y))
            painter.setPen(words)
            painter.drawText(QRectF(MARGIN - 12, y - 18, 80, 18), Qt.AlignmentFlag.AlignLeft, name)

    def _paint_chosen(self, painter: QPainter) -> None:
        """Rings around the dots of the resonance that would be struck."""
        assert self._rest is not None
        which = self._rest.resonance == self._chosen
        x, y = self._places(self._rest)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour(theme.ACCENT, 0.8 if self.hasFocus() else 0.55), 1.2))
        for at_x, at_y, radius in zip(x[which], y[which], self._rest.radii[which] + 1.5, strict=True):
            painter.drawEllipse(QPointF(at_x, at_y), radius, radius)

    def _paint_lit(self, painter: QPainter, lit: Dots) -> None:
        if not self._glows:
            self._glows = paint_glows(self.devicePixelRatioF())
        sizes = np.clip((SIZES * lit.shares).astype(int), 0, SIZES - 1)
        for x, y, size in zip(*self._places(lit), sizes, strict=True):
            glow = self._glows[size]
            half = glow.deviceIndependentSize().width() / 2
            painter.drawPixmap(QPointF(x - half, y - half), glow)


def _one(frequency: float, seconds: float) -> Dots:
    return Dots(np.array([frequency]), np.array([NEPERS_PER_60_DB / seconds]), np.ones(1), np.zeros(1, int))
