"""The chain of what plays, from left to right: the instrument, what stands beside it, and its effects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from gui import theme
from gui.widgets import factory


@dataclass(frozen=True)
class Link:
    """One of the chain. on: whether it is heard, None where it cannot be switched; fixed: it stays where it is."""

    name: str
    title: str
    on: bool | None = None
    fixed: bool = True
    removable: bool = False


class ChainBar(QWidget):
    """A click on a link shows its knobs; what can be done with it stands at the right end.

    With the focus on a link, Delete takes it away, and Alt with the left and right arrows moves it.
    """

    selected = pyqtSignal(str)
    switched = pyqtSignal(str)
    moved = pyqtSignal(str, int)
    removed = pyqtSignal(str)
    added = pyqtSignal(str)  # the key of an offer

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Chain"))
        self.links: list[Link] = []
        self.buttons: dict[str, QToolButton] = {}
        self._selected = ""
        self._offers: Mapping[str, Sequence[tuple[str, str]]] = {}
        self._row = QHBoxLayout()
        self._row.setSpacing(2)
        self.add = factory.tool_button(self.tr("+ Add"), self.tr("Add an effect or a second instrument"))
        self.power = factory.tool_button(
            self.tr("On"), self.tr("On or off"), self.tr("On, or let the sound pass as it is"), True
        )
        self.before = factory.tool_button("◂", self.tr("Earlier in the chain"), self.tr("Earlier in the chain (Alt+Left)"))
        self.after = factory.tool_button("▸", self.tr("Later in the chain"), self.tr("Later in the chain (Alt+Right)"))
        self.remove = factory.tool_button("✕", self.tr("Take it out of the chain"), self.tr("Take it out (Delete)"))
        self.add.clicked.connect(self._offer)
        self.power.clicked.connect(lambda: self.switched.emit(self._selected))
        self.before.clicked.connect(lambda: self.moved.emit(self._selected, -1))
        self.after.clicked.connect(lambda: self.moved.emit(self._selected, 1))
        self.remove.clicked.connect(lambda: self.removed.emit(self._selected))
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 2, 0)
        row.setSpacing(4)
        row.addLayout(self._row)
        row.addWidget(self.add)
        row.addStretch(1)
        for button in (self.power, self.before, self.after, self.remove):
            row.addWidget(button)
        self.set_links([], "")

    def set_links(self, links: Sequence[Link], selected: str) -> None:
        """Show other links, or others of their states."""
        if [(link.name, link.title) for link in links] != [(link.name, link.title) for link in self.links]:
            self._build(links)
        self.links, self._selected = list(links), selected
        for link in links:
            self._paint(link)
        now = next((link for link in links if link.name == selected), None)
        self.power.setVisible(now is not None and now.on is not None)
        self.power.setChecked(now is not None and bool(now.on))
        self.remove.setVisible(now is not None and now.removable)
        movable = [link.name for link in links if not link.fixed]
        for button, end in ((self.before, 0), (self.after, -1)):
            button.setVisible(now is not None and not now.fixed and len(movable) > 1)
            button.setEnabled(bool(movable) and movable[end] != selected)

    def set_offers(self, offers: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """What can be added: by group the words and the key of each; a group without a name stands in the open."""
        self._offers = offers

    def menu(self) -> QMenu:
        """The offers."""
        menu = QMenu(self)
        for group, offers in self._offers.items():
            place = menu.addMenu(group) if group else menu
            for words, key in offers:
                action = place.addAction(words) if place is not None else None
                if action is not None:
                    action.triggered.connect(lambda _=False, key=key: self.added.emit(key))
        return menu

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Move a link, or take it away."""
        now = next((link for link in self.links if link.name == self._selected), None)
        if event is None or now is None or not any(button.hasFocus() for button in self.buttons.values()):
            super().keyPressEvent(event)
            return
        way = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if way and event.modifiers() & Qt.KeyboardModifier.AltModifier and not now.fixed:
            self.moved.emit(now.name, way)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and now.removable:
            self.removed.emit(now.name)
        else:
            super().keyPressEvent(event)

    def _build(self, links: Sequence[Link]) -> None:
        focused = next((name for name, button in self.buttons.items() if button.hasFocus()), None)
        while self._row.count():
            item = self._row.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.buttons = {}
        for i, link in enumerate(links):
            if i:
                self._row.addWidget(_between("+" if link.name == "second" else "›"))
            self.buttons[link.name] = button = factory.tool_button("", link.title, checkable=True)
            button.setObjectName("link")
            button.clicked.connect(lambda _=False, name=link.name: self.selected.emit(name))
            self._row.addWidget(button)
            button.show()  # now: it may get the focus
        if focused in self.buttons:
            self.buttons[focused].setFocus()

    def _paint(self, link: Link) -> None:
        button = self.buttons[link.name]
        button.setText(link.title if link.on is None else ("● " if link.on else "○ ") + link.title)
        button.setChecked(link.name == self._selected)
        state = "" if link.on is None else self.tr("on") if link.on else self.tr("off")
        button.setAccessibleDescription(state)
        button.setToolTip(self.tr("Show the knobs of: {0}").format(link.title) + (f" ({state})" if state else ""))

    def _offer(self) -> None:
        self.menu().popup(self.add.mapToGlobal(QPoint(0, self.add.height())))


def _between(sign: str) -> QLabel:
    label = factory.label(sign, theme.CAPTION, quiet=True)
    label.setContentsMargins(2, 0, 2, 0)
    return label
