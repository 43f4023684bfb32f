"""Words that end in an ellipsis where they have no room; all of them are in the tip."""

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QLabel, QSizePolicy

from gui import theme

from . import factory


class ElidedLabel(QLabel):
    """One line, as wide as its place."""

    def __init__(self, words: str = "", step: int = theme.BODY, quiet: bool = False) -> None:
        super().__init__(words)
        factory.style_label(self, step, quiet)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_words(self, words: str) -> None:
        """Show other ones."""
        self.setText(words)
        self.setToolTip(words)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """As much of the words as there is room for."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), int(self.alignment()), words)
