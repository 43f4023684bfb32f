"""The sounds that an instrument has learned, as a map: alike ones lie near each other, and a touch plays them."""

import time
from dataclasses import dataclass, field

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PyQt6.QtWidgets import QWidget

from . import theme
from .glow import SIZES, paint_glows

MARGIN = 40
REACH = 40  # pixels around a touch in which a sound is found
AFTER = 1.2  # seconds that a sound glows once it is struck
SMALL, LARGE = 5.0, 15.0  # pixels: radius of the faintest and of the strongest


@dataclass(frozen=True)
class Spots:
    """Sounds, all (N,): x and y from the lower left, 0..1; level 0..1; names, "" where there is none."""

    x: np.ndarray = field(default_factory=lambda: np.zeros(0))
    y: np.ndarray = field(default_factory=lambda: np.zeros(0))
    level: np.ndarray = field(default_factory=lambda: np.zeros(0))
    names: tuple[str, ...] = ()


class ChartView(QWidget):
    """Touch a sound to play it, or slide from one to the next; with the focus on it, arrows choose, Space plays."""

    struck = pyqtSignal(int, float)
    released = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Map of the sounds"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(320, 180)
        self._spots = Spots()
        self._lit: frozenset[int] = frozenset()
        self._struck: dict[int, float] = {}  # when each was struck lately
        self._glows: list[QPixmap] = []
        self._held: int | None = None
        self._chosen = -1

    def set_spots(self, spots: Spots) -> None:
        """Show another instrument."""
        self._spots, self._lit, self._chosen = spots, frozenset(), -1
        self._struck.clear()
        words = self.tr("{0} sounds; the arrows choose one, Space plays it")
        self.setAccessibleDescription(words.format(len(spots.x)))
        self.update()

    def set_lit(self, lit: frozenset[int]) -> None:
        """Light what is held."""
        if lit != self._lit:
            now = time.monotonic()
            self._struck.update(dict.fromkeys(lit | self._lit, now))
            self._lit = lit
            self.update()

    def age(self) -> None:
        """Let what was struck fade; to be called often."""
        if self._struck:
            now = time.monotonic()
            self._struck = {spot: when for spot, when in self._struck.items() if now - when < AFTER}
            self.update()

    def spot_at(self, point: QPointF) -> int | None:
        """The sound nearest to a point, if one is near."""
        if not len(self._spots.x):
            return None
        x, y = self._places()
        away = np.hypot(x - point.x(), y - point.y())
        nearest = int(away.argmin())
        return nearest if away[nearest] < REACH else None

    def place_of(self, spot: int) -> QPointF:
        """Where a sound is."""
        x, y = self._places()
        return QPointF(float(x[spot]), float(y[spot]))

    def sizeHint(self) -> QSize:
        """Large."""
        return QSize(900, 360)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Strike."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._strike(self.spot_at(event.position()), 0.8)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Show what would be struck; with the button down, strike what is passed."""
        if event is None:
            return
        found = self.spot_at(event.position())
        if event.buttons() & Qt.MouseButton.LeftButton and found is not None and found != self._held:
            self._strike(found, 0.7)
        if found is not None and found != self._chosen:
            self._choose(found)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go."""
        self._let_go()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Go to the next sound in a direction, and strike it."""
        ways = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        if event is None or not len(self._spots.x):
            return
        if event.key() in ways:
            self._choose(self._next(*ways[Qt.Key(event.key())]))
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
        """Another theme has other lights."""
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._glows = []
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Dots, those that sound alight; names where there is room for them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.colour(theme.STAGE))
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        named = len(self._spots.x) <= 60
        for spot, (x, y, level) in enumerate(zip(*self._places(), self._spots.level, strict=True)):
            radius = SMALL + (LARGE - SMALL) * float(level) ** 0.5
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(theme.TEXT, 0.16 + 0.2 * float(level)))
            painter.drawEllipse(QPointF(x, y), radius, radius)
            if spot == self._chosen:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(theme.colour(theme.ACCENT, 1.0 if self.hasFocus() else 0.6), 1.5))
                painter.drawEllipse(QPointF(x, y), radius + 3, radius + 3)
            if (named or spot == self._chosen) and self._spots.names[spot]:
                painter.setPen(theme.colour(theme.QUIET))
                words = QRectF(x - 40, y + radius + 3, 80, 16)
                painter.drawText(words, int(Qt.AlignmentFlag.AlignHCenter), self._spots.names[spot])
        self._paint_lit(painter)

    def _paint_lit(self, painter: QPainter) -> None:
        now = time.monotonic()
        if (self._struck or self._lit) and not self._glows:
            self._glows = paint_glows(self.devicePixelRatioF())
        for spot in {*self._struck, *self._lit}:
            fresh = 1.0 if spot in self._lit else max(1 - (now - self._struck[spot]) / AFTER, 0.0)
            glow = self._glows[min(int(SIZES * fresh), SIZES - 1)]
            half = glow.deviceIndependentSize().width() / 2
            painter.drawPixmap(self.place_of(spot) - QPointF(half, half), glow)

    def _strike(self, spot: int | None, force: float) -> None:
        self._let_go()
        if spot is not None:
            self._held = spot
            self._choose(spot)
            self._struck[spot] = time.monotonic()
            self.struck.emit(spot, force)

    def _let_go(self) -> None:
        if self._held is not None:
            self.released.emit(self._held)
            self._held = None

    def _choose(self, spot: int) -> None:
        self._chosen = spot
        words = self.tr("sound {0} of {1} {2}").format(spot + 1, len(self._spots.x), self._spots.names[spot])
        self.setAccessibleDescription(words.strip())
        self.update()

    def _next(self, right: int, up: int) -> int:
        """The nearest sound in a direction; the same one where none lies there."""
        if self._chosen < 0:
            return 0
        across, above = self._spots.x - self._spots.x[self._chosen], self._spots.y - self._spots.y[self._chosen]
        along, beside = across * right + above * up, np.abs(across * up) + np.abs(above * right)
        cost = np.where(along > 1e-6, along + 2 * beside, np.inf)
        best = int(cost.argmin())
        return best if np.isfinite(cost[best]) else self._chosen

    def _places(self) -> tuple[np.ndarray, np.ndarray]:
        """Pixels of each sound."""
        width, height = self.width() - 2 * MARGIN, self.height() - 2 * MARGIN
        return MARGIN + self._spots.x * width, MARGIN + (1 - self._spots.y) * height
