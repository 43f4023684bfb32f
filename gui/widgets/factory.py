"""Qt's own widgets, named for eyes and for screen readers at once."""

from collections.abc import Callable, Iterable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QLabel, QMenu, QPushButton, QScrollArea, QToolButton, QWidget

from gui import theme


def tool_button(sign: str, name: str, tip: str = "", checkable: bool = False, flat: bool = True) -> QToolButton:
    """A small button with a sign on it; its name is what it does, its tip may say more."""
    button = QToolButton()
    button.setText(sign)
    button.setCheckable(checkable)
    _name(button, name, tip)
    if flat:
        button.setObjectName("flat")
    return button


def push_button(words: str, name: str = "", tip: str = "", style: str = "") -> QPushButton:
    """A button with words on it; style: "flat", "main" or none."""
    button = QPushButton(words)
    button.setObjectName(style)
    _name(button, name or words, tip)
    return button


def label(words: str = "", step: int = theme.BODY, quiet: bool = False, bold: bool = False) -> QLabel:
    """Words of a size of the scale."""
    found = QLabel(words)
    style_label(found, step, quiet, bold)
    return found


def style_label(found: QLabel, step: int = theme.BODY, quiet: bool = False, bold: bool = False) -> None:
    """Give words a size of the scale."""
    found.setTextFormat(Qt.TextFormat.PlainText)
    found.setFont(theme.sized(found.font(), step, bold))
    if quiet:
        found.setObjectName("quiet")


def menu(owner: QWidget, offers: Iterable[tuple[str, Callable[[], object], bool]]) -> QMenu:
    """Offers one below the other: words, what is done, and whether it can be done."""
    found = QMenu(owner)
    for words, work, allowed in offers:
        action = found.addAction(words)
        if action is not None:
            action.setEnabled(allowed)
            action.triggered.connect(lambda _=False, work=work: work())
    return found


def scroll_area(inner: QWidget) -> QScrollArea:
    """A widget that may be higher than its room."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    return area


def _name(button: QToolButton | QPushButton, name: str, tip: str) -> None:
    button.setAccessibleName(name)
    button.setToolTip(tip or name)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
