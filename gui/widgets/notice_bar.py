"""Bar for messages that are shown for some seconds."""

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QWidget

from . import factory

NOTICE_MS = 6000


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
