"""Label of one line that is elided to its width."""

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QLabel, QSizePolicy

from gui import theme

from . import factory


class ElidedLabel(QLabel):
    """One line of text, elided at its width; the tool tip holds the whole text."""

    def __init__(self, text: str = "", step: int = theme.BODY, secondary: bool = False) -> None:
        super().__init__(text)
        factory.style_label(self, step, secondary)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str) -> None:
        """Set the text and the tool tip."""
        self.setText(text)
        self.setToolTip(text)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the elided text."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(self.alignment()), text)
