"""Map of the sounds that an instrument has learned: similar sounds are near each other; a press plays one."""

import time
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QPixmap
from PyQt6.QtWidgets import QWidget

from gui import theme

from .dots import GLOW_SIZES, paint_glows
from .touchable import TouchableView

if TYPE_CHECKING:
    from engine.snapshots.similarity_map import SoundMap

MARGIN_PIXELS = 40  # around the dots, for their names and glows
HIT_RADIUS = 40  # pixels
MAX_NAMED_DOTS = 60
AFTERGLOW_SECONDS = 1.2  # of a sound that was struck
MIN_RADIUS, MAX_RADIUS = 5.0, 15.0  # pixels, for levels 0 and 1


class SoundMapView(TouchableView):
    """The items are sounds: press or glide to play them; with the focus, the arrows select one and Space plays it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Map of the sounds"))
        self.setMinimumSize(320, 84)
        self.points: SoundMap | None = None
        self.lit: frozenset[int] = frozenset()
        self._strike_times: dict[int, float] = {}  # time of the last strike
        self._glows: list[QPixmap] = []
        self.struck.connect(self._start_glow)

    def set_points(self, points: "SoundMap | None") -> None:
        """Show the sounds of an instrument; None for one that has no sound map."""
        self.points, self.lit, self.selected_item = points, frozenset(), -1
        self._strike_times.clear()
        text = self.tr("{0} sounds; the arrows choose one, Space plays it")
        self.setAccessibleDescription(text.format(len(points) if points else 0))
        self.update()

    def set_lit(self, lit: frozenset[int]) -> None:
        """Light the sounds that are held."""
        if lit != self.lit:
            now = time.monotonic()
            self._strike_times.update(dict.fromkeys(lit | self.lit, now))
            self.lit = lit
            self.update()

    def fade(self) -> None:
        """Fade what was struck; to be called at the display rate."""
        if self._strike_times:
            now = time.monotonic()
            self._strike_times = {
                item: start for item, start in self._strike_times.items() if now - start < AFTERGLOW_SECONDS
            }
            self.update()

    def item_at(self, point: QPointF) -> int | None:
        """The nearest sound, within HIT_RADIUS."""
        if not self.points:
            return None
        x, y = self._pixels(self.points)
        distance = np.hypot(x - point.x(), y - point.y())
        nearest = int(distance.argmin())
        return nearest if distance[nearest] < HIT_RADIUS else None

    def neighbour(self, right: int, up: int) -> int | None:
        """The nearest sound in a direction; the selected one if there is none."""
        if not self.points:
            return None
        if self.selected_item < 0:
            return 0
        across, above = (
            self.points.x - self.points.x[self.selected_item],
            self.points.y - self.points.y[self.selected_item],
        )
        along, aside = across * right + above * up, np.abs(across * up) + np.abs(above * right)
        cost = np.where(along > 1e-6, along + 2 * aside, np.inf)
        best = int(cost.argmin())
        return best if np.isfinite(cost[best]) else self.selected_item

    def select(self, item: int) -> None:
        """Mark a sound by a ring, and describe it by its name."""
        assert self.points is not None
        text = self.tr("sound {0} of {1} {2}").format(item + 1, len(self.points), self.points.names[item])
        self.setAccessibleDescription(text.strip())
        super().select(item)

    def point_of(self, item: int) -> QPointF:
        """The centre of a sound's dot."""
        assert self.points is not None
        x, y = self._pixels(self.points)
        return QPointF(float(x[item]), float(y[item]))

    def sizeHint(self) -> QSize:
        """A large area."""
        return QSize(900, 360)

    def changeEvent(self, event: QEvent | None) -> None:
        """Paint the glows again for another theme."""
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self._glows = []
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the dots, the names if there are few, and the glows of what sounds."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.colour(theme.VIEW_BACKGROUND))
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        if self.points is not None:
            self._paint_dots(painter, self.points)
        self._paint_lit(painter)

    def _paint_dots(self, painter: QPainter, points: "SoundMap") -> None:
        named = len(points) <= MAX_NAMED_DOTS
        for item, (x, y, level) in enumerate(zip(*self._pixels(points), points.level, strict=True)):
            radius = MIN_RADIUS + (MAX_RADIUS - MIN_RADIUS) * float(level) ** 0.5
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(theme.TEXT, 0.16 + 0.2 * float(level)))
            painter.drawEllipse(QPointF(x, y), radius, radius)
            if item == self.selected_item:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(theme.colour(theme.ACCENT, 1.0 if self.hasFocus() else 0.6), 1.5))
                painter.drawEllipse(QPointF(x, y), radius + 3, radius + 3)
            if (named or item == self.selected_item) and points.names[item]:
                painter.setPen(theme.colour(theme.SECONDARY_TEXT))
                rect = QRectF(x - 40, y + radius + 3, 80, 16)
                painter.drawText(rect, int(Qt.AlignmentFlag.AlignHCenter), points.names[item])

    def _paint_lit(self, painter: QPainter) -> None:
        now = time.monotonic()
        if (self._strike_times or self.lit) and not self._glows:
            self._glows = paint_glows(self.devicePixelRatioF())
        for item in {*self._strike_times, *self.lit}:
            fresh = 1.0 if item in self.lit else max(1 - (now - self._strike_times[item]) / AFTERGLOW_SECONDS, 0.0)
            glow = self._glows[min(int(GLOW_SIZES * fresh), GLOW_SIZES - 1)]
            half = glow.deviceIndependentSize().width() / 2
            painter.drawPixmap(self.point_of(item) - QPointF(half, half), glow)

    def _start_glow(self, item: int) -> None:
        self._strike_times[item] = time.monotonic()

    def _pixels(self, points: "SoundMap") -> tuple[np.ndarray, np.ndarray]:
        """x and y of each sound in pixels."""
        width, height = self.width() - 2 * MARGIN_PIXELS, self.height() - 2 * MARGIN_PIXELS
        return MARGIN_PIXELS + points.x * width, MARGIN_PIXELS + (1 - points.y) * height
