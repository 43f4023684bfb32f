"""The instrument, seen: every mode a dot, lit while it rings, struck by touching it.

From left to right the frequency, from below upwards the time that a mode rings; the larger a dot, the stronger.
"""

from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PyQt6.QtWidgets import QWidget

from . import theme
from .glow import SIZES, paint_glows

LOWEST, HIGHEST = 27.5, 16000.0  # Hz
SHORTEST, LONGEST = 0.02, 60.0  # seconds to fall by 60 dB
FALL = float(np.log(1000.0))  # nepers in 60 dB
MARGIN = 34
REACH = 24  # pixels around a touch in which a dot is found
MOST = 500  # dots that are lit at once, the loudest


@dataclass(frozen=True)
class Dots:
    """Modes, all (N,): Hz, 1/s, level 0..1, and the resonance each is of."""

    frequency: np.ndarray
    decay: np.ndarray
    level: np.ndarray
    resonance: np.ndarray


class ModesView(QWidget):
    """Touch a dot to strike its resonance; with the focus on it, the arrows choose a resonance and Space strikes."""

    struck = pyqtSignal(int, float)
    released = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Modes of the instrument"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(320, 180)
        self._rest: Dots | None = None
        self._lit: Dots | None = None
        self._ground: QPixmap | None = None
        self._glows: list[QPixmap] = []
        self._held: int | None = None
        self._chosen = -1

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
        self._lit = None if silent else _loudest(dots)
        self.update()

    def resonance_at(self, point: QPointF) -> int | None:
        """The resonance of the dot nearest to a point, if one is near."""
        if self._rest is None or len(self._rest.frequency) == 0:
            return None
        x, y = self._places(self._rest)
        away = np.hypot(x - point.x(), y - point.y()) - 0.3 * _radius(self._rest.level)
        nearest = int(away.argmin())
        return int(self._rest.resonance[nearest]) if away[nearest] < REACH else None

    def place_of(self, resonance: int) -> QPointF:
        """Where the strongest dot of a resonance is."""
        assert self._rest is not None
        x, y = self._places(self._rest)
        best = np.where(self._rest.resonance == resonance, self._rest.level, -1).argmax()
        return QPointF(float(x[best]), float(y[best]))

    def sizeHint(self) -> QSize:
        """Large."""
        return QSize(900, 360)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Strike."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._strike(self.resonance_at(event.position()), 0.8)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Show what would be struck; with the button down, strike what is passed."""
        if event is None:
            return
        found = self.resonance_at(event.position())
        if event.buttons() & Qt.MouseButton.LeftButton and found is not None and found != self._held:
            self._strike(found, 0.7)
        if found != self._chosen and found is not None:
            self._chosen = found
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go."""
        self._let_go()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Choose and strike without a mouse."""
        if event is None or self._rest is None:
            return
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1}
        if event.key() in step:
            count = int(self._rest.resonance.max(initial=0)) + 1
            self._chosen = (self._chosen + step[Qt.Key(event.key())]) % count
            self.setAccessibleDescription(self.tr("resonance {0} of {1}").format(self._chosen + 1, count))
            self.update()
        elif event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._strike(max(self._chosen, 0), 0.8)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:
        """Let go of what Space struck."""
        if event is not None and event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._let_go()

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

    def _strike(self, resonance: int | None, force: float) -> None:
        self._let_go()
        if resonance is not None:
            self._held = resonance
            self.struck.emit(resonance, force)

    def _let_go(self) -> None:
        if self._held is not None:
            self.released.emit(self._held)
            self._held = None

    def _places(self, dots: Dots) -> tuple[np.ndarray, np.ndarray]:
        """Pixels of each dot."""
        width, height = self.width() - 2 * MARGIN, self.height() - 2 * MARGIN
        x = np.log(np.clip(dots.frequency, LOWEST, HIGHEST) / LOWEST) / np.log(HIGHEST / LOWEST)
        seconds = np.clip(FALL / np.maximum(dots.decay, 1e-6), SHORTEST, LONGEST)
        y = np.log(seconds / SHORTEST) / np.log(LONGEST / SHORTEST)
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
            dots = zip(*self._places(self._rest), _share(self._rest.level), _radius(self._rest.level), strict=True)
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
        for at_x, at_y, radius in zip(x[which], y[which], _radius(self._rest.level[which]) + 1.5, strict=True):
            painter.drawEllipse(QPointF(at_x, at_y), radius, radius)

    def _paint_lit(self, painter: QPainter, lit: Dots) -> None:
        if not self._glows:
            self._glows = paint_glows(self.devicePixelRatioF())
        sizes = np.clip((SIZES * _share(lit.level)).astype(int), 0, SIZES - 1)
        for x, y, size in zip(*self._places(lit), sizes, strict=True):
            glow = self._glows[size]
            half = glow.deviceIndependentSize().width() / 2
            painter.drawPixmap(QPointF(x - half, y - half), glow)


def _one(frequency: float, seconds: float) -> Dots:
    return Dots(np.array([frequency]), np.array([FALL / seconds]), np.ones(1), np.zeros(1, int))


def _loudest(dots: Dots) -> Dots:
    """At most MOST of the dots, the loudest last so that they lie on top."""
    order = np.argsort(dots.level)[-MOST:]
    return Dots(dots.frequency[order], dots.decay[order], dots.level[order], dots.resonance[order])


def _share(level: np.ndarray) -> np.ndarray:
    """60 dB as 0..1."""
    return np.clip(1 + np.log10(np.maximum(level, 1e-9)) / 3, 0, 1)


def _radius(level: np.ndarray) -> np.ndarray:
    return 1.2 + 5.5 * _share(level) ** 1.5
