"""A line that says what happened, and goes by itself unless something is wrong."""

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QWidget

from . import factory

NOTICE_MS = 6000  # milliseconds


class NoticeBar(QFrame):
    """Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._words = factory.label()
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = factory.tool_button("✕", self.tr("Close the message"))
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.addWidget(self._words, 1)
        row.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(NOTICE_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        """What is said, or nothing."""
        return self._words.text() if not self.isHidden() else ""

    def say(self, words: str, wrong: bool = False) -> None:
        """Say something; what is wrong stays until it is closed."""
        self._words.setText(("⚠ " if wrong else "") + words)
        self._words.setAccessibleName(words)
        self.show()
        self._timer.stop()
        if not wrong:
            self._timer.start()
