"""How loud it is."""

import math

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from . import theme

FLOOR = -60.0  # dB
LIMIT = 0.966  # where the limiter begins to hold


class Meter(QWidget):
    """Left and right, from -60 to 0 dB, and a lamp that stays on once the limiter had to hold; a click clears it."""

    cleared = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Output level"))
        self._levels = [FLOOR, FLOOR]
        self._held = False

    def set_levels(self, left: float, right: float) -> None:
        """Show two peaks, linear."""
        levels = [max(20 * math.log10(max(peak, 1e-6)), FLOOR) for peak in (left, right)]
        held = self._held or max(left, right) >= LIMIT
        if held != self._held or any(abs(new - old) > 0.2 for new, old in zip(levels, self._levels, strict=True)):
            self._levels, self._held = levels, held
            self.setAccessibleDescription(f"{max(levels):.0f} dB" + (self.tr(", limited") if held else ""))
            self.setToolTip(
                self.tr("The limiter has held a peak; click to clear") if held else self.tr("Output level")
            )
            self.update()

    def sizeHint(self) -> QSize:
        """Slim."""
        return QSize(150, 14)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Clear the lamp."""
        self._held = False
        self.cleared.emit()
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Two bars and a lamp that is square when dark, and full when lit."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        width, middle = self.width() - 16, self.height() / 2
        for i, level in enumerate(self._levels):
            bar = QRectF(0, middle - 5 + 5.5 * i, width, 4)
            painter.setBrush(theme.colour(theme.LINE))
            painter.drawRoundedRect(bar, 2, 2)
            bar.setWidth(width * (1 - level / FLOOR))
            painter.setBrush(theme.colour(theme.ACCENT))
            painter.drawRoundedRect(bar, 2, 2)
        painter.setBrush(theme.colour(theme.WARNING if self._held else theme.LINE))
        size = 9.5 if self._held else 6
        painter.drawRoundedRect(QRectF(width + 10 - size / 2, middle + 0.2 - size / 2, size, size), 3, 3)
