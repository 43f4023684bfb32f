"""Labels: one line that is elided to its width, and a bar for messages."""

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from gui import theme

from . import factory

NOTICE_MS = 6000


class ElidedLabel(QLabel):
    """One line of text, elided at its width; the tool tip holds the whole text."""

    def __init__(self, text: str = "", step: int = theme.BODY, quiet: bool = False) -> None:
        super().__init__(text)
        factory.style_label(self, step, quiet)
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


class NoticeBar(QFrame):
    """Shows a message and hides itself after NOTICE_MS; an error stays until it is closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._label = factory.label()
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = factory.tool_button("✕", self.tr("Close the message"))
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 6, 6)
        layout.addWidget(self._label, 1)
        layout.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(NOTICE_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        """The message shown; empty while hidden."""
        return self._label.text() if not self.isHidden() else ""

    def show_message(self, text: str, error: bool = False) -> None:
        """Show a message; an error stays until it is closed."""
        self._label.setText(("⚠ " if error else "") + text)
        self._label.setAccessibleName(text)
        self.show()
        self._timer.stop()
        if not error:
            self._timer.start()
