"""Level of what is recorded, with a word on whether it is well set."""

import math

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from gui import theme

MIN_LEVEL_DB = -60.0
TOO_SOFT_DB, TOO_LOUD_DB = -36.0, -0.5  # of the highest level so far
TEXT_WIDTH = 150  # pixels at the right


class InputMeter(QWidget):
    """A bar from -60 to 0 dB with a mark at the highest level since `clear`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Input level"))
        self.level = self.highest = MIN_LEVEL_DB
        self.setMinimumHeight(20)
        self.clear()

    @property
    def text(self) -> str:
        """Whether the level is well set."""
        if self.highest >= TOO_LOUD_DB:
            return self.tr("⚠ too loud: clipped")
        if self.highest <= MIN_LEVEL_DB:
            return self.tr("nothing is heard")
        if self.highest < TOO_SOFT_DB:
            return self.tr("soft: come nearer")
        return self.tr("good: {0:.0f} dB").format(self.highest)

    def clear(self) -> None:
        """Begin anew."""
        self.highest = MIN_LEVEL_DB
        self.set_peak(0.0)

    def set_peak(self, peak: float) -> None:
        """Show the peak of the last moment, linear."""
        self.level = min(max(20 * math.log10(max(peak, 1e-6)), MIN_LEVEL_DB), 0.0)
        self.highest = max(self.highest, self.level)
        self.setAccessibleDescription(self.text)
        self.update()

    def sizeHint(self) -> QSize:
        """A slim bar and a text."""
        return QSize(360, 20)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the bar, the mark and the text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        width, middle = self.width() - TEXT_WIDTH, self.height() / 2
        clipped = self.highest >= TOO_LOUD_DB
        for level, role in ((0.0, theme.BORDER), (self.level, theme.WARNING if clipped else theme.ACCENT)):
            painter.setBrush(theme.colour(role))
            painter.drawRoundedRect(QRectF(0, middle - 3, width * (1 - level / MIN_LEVEL_DB), 6), 3, 3)
        painter.setBrush(theme.colour(theme.TEXT))
        painter.drawRect(QRectF(width * (1 - self.highest / MIN_LEVEL_DB) - 2, middle - 7, 2, 14))
        painter.setPen(theme.colour(theme.WARNING if clipped else theme.SECONDARY_TEXT))
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        text = QRectF(width + 10, 0, TEXT_WIDTH - 10, self.height())
        painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self.text)
