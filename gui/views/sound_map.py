"""The sounds that an instrument has learned, as a map: alike ones lie near each other, and a touch plays them."""

import time
from dataclasses import dataclass, field

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QPixmap
from PyQt6.QtWidgets import QWidget

from gui import theme

from .glow import SIZES, paint_glows
from .touchable import TouchableView

MARGIN = 40
HIT_RADIUS = 40  # pixels around a touch in which a sound is found
AFTERGLOW_SECONDS = 1.2  # seconds that a sound glows once it is struck
MIN_RADIUS, MAX_RADIUS = 5.0, 15.0  # pixels: radius of the faintest and of the strongest


@dataclass(frozen=True)
class Spots:
    """Sounds, all (N,): x and y from the lower left, 0..1; level 0..1; names, "" where there is none."""

    x: np.ndarray = field(default_factory=lambda: np.zeros(0))
    y: np.ndarray = field(default_factory=lambda: np.zeros(0))
    level: np.ndarray = field(default_factory=lambda: np.zeros(0))
    names: tuple[str, ...] = ()


class SoundMapView(TouchableView):
    """Touch a sound to play it, or slide from one to the next; with the focus on it, arrows choose, Space plays."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Map of the sounds"))
        self.setMinimumSize(320, 180)
        self._spots = Spots()
        self._lit: frozenset[int] = frozenset()
        self._struck: dict[int, float] = {}  # when each was struck lately
        self._glows: list[QPixmap] = []
        self.struck.connect(self._begin)

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
            self._struck = {spot: when for spot, when in self._struck.items() if now - when < AFTERGLOW_SECONDS}
            self.update()

    def found_at(self, point: QPointF) -> int | None:
        """The sound nearest to a point, if one is near."""
        if not len(self._spots.x):
            return None
        x, y = self._places()
        away = np.hypot(x - point.x(), y - point.y())
        nearest = int(away.argmin())
        return nearest if away[nearest] < HIT_RADIUS else None

    def beside(self, right: int, up: int) -> int | None:
        """The nearest sound in a direction; the same one where none lies there."""
        if not len(self._spots.x):
            return None
        if self._chosen < 0:
            return 0
        across, above = self._spots.x - self._spots.x[self._chosen], self._spots.y - self._spots.y[self._chosen]
        along, aside = across * right + above * up, np.abs(across * up) + np.abs(above * right)
        cost = np.where(along > 1e-6, along + 2 * aside, np.inf)
        best = int(cost.argmin())
        return best if np.isfinite(cost[best]) else self._chosen

    def choose(self, found: int) -> None:
        """Put a ring around a sound, and say its name."""
        words = self.tr("sound {0} of {1} {2}").format(found + 1, len(self._spots.x), self._spots.names[found])
        self.setAccessibleDescription(words.strip())
        super().choose(found)

    def place_of(self, spot: int) -> QPointF:
        """Where a sound is."""
        x, y = self._places()
        return QPointF(float(x[spot]), float(y[spot]))

    def sizeHint(self) -> QSize:
        """Large."""
        return QSize(900, 360)

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
            radius = MIN_RADIUS + (MAX_RADIUS - MIN_RADIUS) * float(level) ** 0.5
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
            fresh = 1.0 if spot in self._lit else max(1 - (now - self._struck[spot]) / AFTERGLOW_SECONDS, 0.0)
            glow = self._glows[min(int(SIZES * fresh), SIZES - 1)]
            half = glow.deviceIndependentSize().width() / 2
            painter.drawPixmap(self.place_of(spot) - QPointF(half, half), glow)

    def _begin(self, spot: int) -> None:
        self._struck[spot] = time.monotonic()

    def _places(self) -> tuple[np.ndarray, np.ndarray]:
        """Pixels of each sound."""
        width, height = self.width() - 2 * MARGIN, self.height() - 2 * MARGIN
        return MARGIN + self._spots.x * width, MARGIN + (1 - self._spots.y) * height
