"""How loud it is, and whether it was too loud."""

import math

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from gui import theme

MIN_LEVEL_DB = -60.0  # dB
HEIGHT = 14  # pixels of the lamp


class Meter(QWidget):
    """Left and right, from -60 to 0 dB, and a lamp that stays on once the limiter had to act; a click clears it."""

    cleared = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Output level"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._levels = [MIN_LEVEL_DB, MIN_LEVEL_DB]
        self._clipped, self._known = 0, 0  # samples so far, and those that were cleared
        self._describe()

    @property
    def clipped(self) -> int:
        """Samples that were too loud since the lamp was cleared."""
        return self._clipped - self._known

    def set_levels(self, left: float, right: float, clipped: int) -> None:
        """Show two peaks, linear; clipped: how many samples the limiter turned down or silenced so far."""
        levels = [max(20 * math.log10(max(peak, 1e-6)), MIN_LEVEL_DB) for peak in (left, right)]
        moved = any(abs(new - old) > 0.2 for new, old in zip(levels, self._levels, strict=True))
        if moved or clipped != self._clipped:
            self._known = self._known if clipped >= self._known else 0  # they are counted anew
            self._levels, self._clipped = levels, clipped
            self._describe()
            self.update()

    def clear(self) -> None:
        """Put the lamp out."""
        self._known = self._clipped
        self._describe()
        self.update()
        self.cleared.emit()

    def sizeHint(self) -> QSize:
        """Slim."""
        return QSize(150, HEIGHT + 2)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Clear the lamp."""
        self.clear()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Clear the lamp by the keys of a button."""
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete):
            self.clear()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Two bars and a lamp: a word in a faint frame when dark, in a full box when lit."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        word, bold = self.tr("clip"), theme.sized(self.font(), theme.CAPTION - 2, bold=True)
        lamp = QFontMetricsF(bold).horizontalAdvance(word) + 10
        width, middle = self.width() - lamp - 8, self.height() / 2
        for i, level in enumerate(self._levels):
            bar = QRectF(0, middle - 5 + 5.5 * i, width, 4)
            painter.setBrush(theme.colour(theme.LINE))
            painter.drawRoundedRect(bar, 2, 2)
            bar.setWidth(width * (1 - level / MIN_LEVEL_DB))
            painter.setBrush(theme.colour(theme.ACCENT))
            painter.drawRoundedRect(bar, 2, 2)
        box = QRectF(self.width() - lamp + 0.5, middle - HEIGHT / 2 + 0.5, lamp - 1, HEIGHT - 1)
        painter.setPen(theme.colour(theme.TEXT if self.hasFocus() else theme.WARNING if self.clipped else theme.LINE))
        painter.setBrush(theme.colour(theme.WARNING) if self.clipped else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(theme.colour(theme.GROUND if self.clipped else theme.QUIET))
        painter.setFont(bold if self.clipped else theme.sized(bold, theme.CAPTION - 2))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)

    def _describe(self) -> None:
        """Say the same in words."""
        now, tip = self.tr("{0:.0f} dB").format(max(self._levels)), self.tr("Output level")
        if self.clipped:
            now = self.tr("{0}, clipped").format(now)
            tip = self.tr("Too loud: the limiter turned {0} samples down; click to clear", "", self.clipped)
        self.setAccessibleDescription(now)
        self.setToolTip(tip.format(self.clipped))
