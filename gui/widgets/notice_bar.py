"""Bar for messages that are shown for some seconds, with buttons for what can be done next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from . import factory

NOTICE_MS = 6000
OFFER_MS = 30_000  # of a message with buttons


@dataclass(frozen=True)
class NoticeAction:
    """A button beside a message. closes: whether the message goes with a click."""

    text: str
    callback: Callable[[], object]
    closes: bool = True


class NoticeBar(QFrame):
    """Shows a message and hides itself after NOTICE_MS, or OFFER_MS; an error stays until it is closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.buttons: list[QPushButton] = []
        self._label = factory.label()
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._close = factory.tool_button("✕", self.tr("Close the message"))
        self._close.clicked.connect(self.hide)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 6, 6)
        self._row.addWidget(self._label, 1)
        self._row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        """The message shown; empty while hidden."""
        return self._label.text() if not self.isHidden() else ""

    def show_message(self, text: str, error: bool = False) -> None:
        """Show a message; an error stays until it is closed."""
        self._show(("⚠ " if error else "") + text, text, ())
        if not error:
            self._timer.start(NOTICE_MS)

    def show_offer(self, text: str, actions: Sequence[NoticeAction]) -> None:
        """Show a message with a button for each action."""
        self._show(text, text, actions)
        self._timer.start(OFFER_MS)

    def _show(self, text: str, name: str, actions: Sequence[NoticeAction]) -> None:
        for button in self.buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = [self._button(action) for action in actions]
        for place, button in enumerate(self.buttons, 1):
            self._row.insertWidget(place, button)
        self._label.setText(text)
        self._label.setAccessibleName(name)
        self.show()
        self._timer.stop()

    def _button(self, action: NoticeAction) -> QPushButton:
        button = factory.push_button(action.text)
        if action.closes:
            button.clicked.connect(self.hide)
        button.clicked.connect(lambda _=False: action.callback())
        return button
