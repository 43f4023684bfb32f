"""Factory functions for Qt's own widgets, each with its accessible name and tool tip."""

from collections.abc import Callable, Iterable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QLabel, QMenu, QPushButton, QScrollArea, QToolButton, QWidget

from gui import theme


def tool_button(text: str, name: str, tip: str = "", checkable: bool = False, flat: bool = True) -> QToolButton:
    """A small button with a symbol. name: for screen readers; tip: the tool tip, the name unless given."""
    button = QToolButton()
    button.setText(text)
    button.setCheckable(checkable)
    _set_name(button, name, tip)
    if flat:
        button.setObjectName("flat")
    return button


def push_button(text: str, name: str = "", tip: str = "", style: str = "") -> QPushButton:
    """A button with text; style: "flat", "main" or none."""
    button = QPushButton(text)
    button.setObjectName(style)
    _set_name(button, name or text, tip)
    return button


def label(text: str = "", step: int = theme.BODY, secondary: bool = False, bold: bool = False) -> QLabel:
    """Plain text in a size of the typographic scale."""
    made = QLabel(text)
    style_label(made, step, secondary, bold)
    return made


def style_label(label: QLabel, step: int = theme.BODY, secondary: bool = False, bold: bool = False) -> None:
    """Set a label to plain text in a size of the typographic scale."""
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(theme.sized(label.font(), step, bold))
    if secondary:
        label.setObjectName("secondary")


def menu(owner: QWidget, items: Iterable[tuple[str, Callable[[], object], bool]]) -> QMenu:
    """A menu of items: text, what it calls, and whether it is enabled."""
    made = QMenu(owner)
    for text, callback, enabled in items:
        action = made.addAction(text)
        if action is not None:
            action.setEnabled(enabled)
            action.triggered.connect(lambda _=False, callback=callback: callback())
    return made


def scroll_area(inner: QWidget, is_wide: bool = False) -> QScrollArea:
    """A scroll area around a widget: a vertical one, or a wide one that scrolls both ways."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    if not is_wide:
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    return area


def _set_name(button: QToolButton | QPushButton, name: str, tip: str) -> None:
    button.setAccessibleName(name)
    button.setToolTip(tip or name)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
