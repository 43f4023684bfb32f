"""Stereo level meter with a clip indicator."""

import math

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from gui import theme

MIN_LEVEL_DB = -60.0
HEIGHT = 14  # pixels of the clip indicator


class Meter(QWidget):
    """Left and right peak, -60 to 0 dB; the indicator stays lit once the limiter has acted, a click clears it."""

    cleared = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Output level"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._levels = [MIN_LEVEL_DB, MIN_LEVEL_DB]
        self._clipped, self.cleared_samples = 0, 0  # clipped samples so far, and those of them that were cleared
        self._describe()

    @property
    def clipped(self) -> int:
        """Clipped samples since the indicator was cleared."""
        return self._clipped - self.cleared_samples

    def set_levels(self, left: float, right: float, clipped: int) -> None:
        """Show two peaks, linear; clipped: total of samples that the limiter turned down or silenced."""
        levels = [max(20 * math.log10(max(peak, 1e-6)), MIN_LEVEL_DB) for peak in (left, right)]
        moved = any(abs(new - old) > 0.2 for new, old in zip(levels, self._levels, strict=True))
        if moved or clipped != self._clipped:
            self.cleared_samples = (
                self.cleared_samples if clipped >= self.cleared_samples else 0
            )  # the count was reset
            self._levels, self._clipped = levels, clipped
            self._describe()
            self.update()

    def clear(self) -> None:
        """Clear the clip indicator."""
        self.cleared_samples = self._clipped
        self._describe()
        self.update()
        self.cleared.emit()

    def sizeHint(self) -> QSize:
        """A slim bar."""
        return QSize(150, HEIGHT + 2)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Clear the clip indicator."""
        self.clear()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Clear the clip indicator by Enter or Delete."""
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete):
            self.clear()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint two bars and the indicator: text in a thin frame, or in a filled box when lit."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        text, bold = self.tr("clip"), theme.sized(self.font(), theme.CAPTION - 2, bold=True)
        indicator = QFontMetricsF(bold).horizontalAdvance(text) + 10
        width, middle = self.width() - indicator - 8, self.height() / 2
        for i, level in enumerate(self._levels):
            bar = QRectF(0, middle - 5 + 5.5 * i, width, 4)
            painter.setBrush(theme.colour(theme.BORDER))
            painter.drawRoundedRect(bar, 2, 2)
            bar.setWidth(width * (1 - level / MIN_LEVEL_DB))
            painter.setBrush(theme.colour(theme.ACCENT))
            painter.drawRoundedRect(bar, 2, 2)
        box = QRectF(self.width() - indicator + 0.5, middle - HEIGHT / 2 + 0.5, indicator - 1, HEIGHT - 1)
        painter.setPen(
            theme.colour(theme.TEXT if self.hasFocus() else theme.WARNING if self.clipped else theme.BORDER)
        )
        painter.setBrush(theme.colour(theme.WARNING) if self.clipped else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(theme.colour(theme.WINDOW_BACKGROUND if self.clipped else theme.SECONDARY_TEXT))
        painter.setFont(bold if self.clipped else theme.sized(bold, theme.CAPTION - 2))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _describe(self) -> None:
        """Set the accessible description and the tool tip."""
        level, tip = self.tr("{0:.0f} dB").format(max(self._levels)), self.tr("Output level")
        if self.clipped:
            level = self.tr("{0}, clipped").format(level)
            tip = self.tr("Too loud: the limiter turned {0} samples down; click to clear", "", self.clipped)
        self.setAccessibleDescription(level)
        self.setToolTip(tip.format(self.clipped))
