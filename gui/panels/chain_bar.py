"""The chain bar: instruments and effects of the chain, from left to right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QPoint, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from gui import theme
from gui.widgets import factory
from gui.widgets.row_area import RowArea

from . import preset_menu, routing_menu
from .routing_menu import SlotChoice


@dataclass(frozen=True)
class ChainSlot:
    """A slot of the chain. on: None if it cannot be switched. fixed: it cannot be moved.

    fault: why what belongs there does not play; empty if it does. warning: what goes wrong while it plays; empty if
    nothing does. choices: of its side chain and its outputs. presets: names and identifiers of those of its plugin.
    """

    name: str
    title: str
    on: bool | None = None
    fixed: bool = True
    removable: bool = False
    fault: str = ""
    warning: str = ""
    choices: tuple[SlotChoice, ...] = ()
    presets: tuple[tuple[str, str], ...] = ()


class ChainBar(QWidget):
    """A click selects a slot; the buttons at the right end load presets, switch, route, move and remove it.

    A right click on a slot opens the menu of its side chain and outputs, where it has any. With the focus on a slot,
    Delete removes it, and Alt with the left and right arrows moves it.
    """

    selected = pyqtSignal(str)
    switched = pyqtSignal(str)
    moved = pyqtSignal(str, int)
    removed = pyqtSignal(str)
    routed = pyqtSignal(str, str)  # the key of a choice
    preset_chosen = pyqtSignal(str, str)  # the identifier of a preset
    cleared = pyqtSignal()
    added = pyqtSignal(str)  # the key of an item of `set_offers`

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Chain"))
        self.slots: list[ChainSlot] = []
        self.buttons: dict[str, QToolButton] = {}
        self._selected = ""
        self._offers: Mapping[str, Sequence[tuple[str, str]]] = {}
        self._slot_row = QHBoxLayout()
        self._slot_row.setSpacing(2)
        self.area = RowArea(self._slot_row)
        self._timer = QTimer(self)  # until new buttons are laid out
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._scroll_to_selected)
        self.add = factory.tool_button(self.tr("+ Add"), self.tr("Add an effect or a second instrument"))
        self.new = factory.tool_button(
            self.tr("New"), self.tr("The instrument alone"),
            self.tr("The instrument alone, without what plays beside it and follows it"),
        )  # fmt: skip
        self.power = factory.tool_button(
            self.tr("On"), self.tr("On or off"), self.tr("On, or let the sound pass as it is"), True
        )
        self.presets = factory.tool_button(
            self.tr("Presets"),
            self.tr("Presets of the plugin"),
            self.tr("Load a preset that the plugin brings along"),
        )
        self.route = factory.tool_button(
            self.tr("Route"), self.tr("Side chain and outputs"),
            self.tr("What its side chain hears, and which outputs are heard"),
        )  # fmt: skip
        earlier, later = self.tr("Earlier in the chain (Alt+Left)"), self.tr("Later in the chain (Alt+Right)")
        self.earlier = factory.tool_button("◂", self.tr("Earlier in the chain"), earlier)
        self.later = factory.tool_button("▸", self.tr("Later in the chain"), later)
        self.remove = factory.tool_button("✕", self.tr("Take it out of the chain"), self.tr("Take it out (Delete)"))
        self.add.clicked.connect(self._open_menu)
        self.new.clicked.connect(self.cleared)
        self.power.clicked.connect(lambda: self.switched.emit(self._selected))
        self.presets.clicked.connect(self._open_presets)
        self.route.clicked.connect(self._open_routing)
        self.earlier.clicked.connect(lambda: self.moved.emit(self._selected, -1))
        self.later.clicked.connect(lambda: self.moved.emit(self._selected, 1))
        self.remove.clicked.connect(lambda: self.removed.emit(self._selected))
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 2, 0)
        row.setSpacing(4)
        row.addWidget(self.area)
        row.addWidget(self.add)
        row.addWidget(self.new)
        row.addStretch(1)
        for button in (self.power, self.presets, self.route, self.earlier, self.later, self.remove):
            row.addWidget(button)
        self.set_slots([], "")
        self.set_clearable(False)

    def set_slots(self, slots: Sequence[ChainSlot], selected: str) -> None:
        """Show the slots and their states."""
        if [(slot.name, slot.title) for slot in slots] != [(slot.name, slot.title) for slot in self.slots]:
            self._build(slots)
        self.slots, self._selected = list(slots), selected
        for slot in slots:
            self._show_state(slot)
        selected_slot = next((slot for slot in slots if slot.name == selected), None)
        self.power.setVisible(selected_slot is not None and selected_slot.on is not None)
        self.power.setChecked(selected_slot is not None and bool(selected_slot.on))
        self.remove.setVisible(selected_slot is not None and selected_slot.removable)
        self.presets.setVisible(selected_slot is not None and bool(selected_slot.presets))
        self.route.setVisible(selected_slot is not None and bool(selected_slot.choices))
        movable = [slot.name for slot in slots if not slot.fixed]
        for button, end in ((self.earlier, 0), (self.later, -1)):
            button.setVisible(selected_slot is not None and not selected_slot.fixed and len(movable) > 1)
            button.setEnabled(bool(movable) and movable[end] != selected)
        self._timer.start(0)

    def set_clearable(self, clearable: bool) -> None:
        """Set whether there is anything beside the instrument."""
        self.new.setEnabled(clearable)

    def set_offers(self, offers: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """Set what can be added: title and key, by group; a group without a name is shown at the top level."""
        self._offers = offers

    def menu(self) -> QMenu:
        """The menu of what can be added."""
        menu = QMenu(self)
        for group, offers in self._offers.items():
            submenu = menu.addMenu(group) if group else menu
            for title, key in offers:
                action = submenu.addAction(title) if submenu is not None else None
                if action is not None:
                    action.triggered.connect(lambda _=False, key=key: self.added.emit(key))
        return menu

    def routing_menu(self, name: str) -> QMenu:
        """The menu of what can be chosen for a slot: empty where there is nothing."""
        choices = next((slot.choices for slot in self.slots if slot.name == name), ())
        return routing_menu.make_menu(self, choices, lambda key: self.routed.emit(name, key))

    def preset_menu(self, name: str) -> QMenu:
        """The menu of the presets of a slot: empty where there are none."""
        presets = next((slot.presets for slot in self.slots if slot.name == name), ())
        return preset_menu.make_menu(self, presets, lambda identifier: self.preset_chosen.emit(name, identifier))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the selected slot in sight."""
        super().resizeEvent(event)
        self._timer.start(0)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Move or remove the selected slot."""
        selected_slot = next((slot for slot in self.slots if slot.name == self._selected), None)
        if event is None or selected_slot is None or not any(button.hasFocus() for button in self.buttons.values()):
            super().keyPressEvent(event)
            return
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step and event.modifiers() & Qt.KeyboardModifier.AltModifier and not selected_slot.fixed:
            self.moved.emit(selected_slot.name, step)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and selected_slot.removable:
            self.removed.emit(selected_slot.name)
        else:
            super().keyPressEvent(event)

    def _build(self, slots: Sequence[ChainSlot]) -> None:
        focused = next((name for name, button in self.buttons.items() if button.hasFocus()), None)
        while self._slot_row.count():
            item = self._slot_row.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.buttons = {}
        for i, slot in enumerate(slots):
            if i:
                self._slot_row.addWidget(_separator("+" if slot.name == "second" else "›"))
            self.buttons[slot.name] = button = factory.tool_button("", slot.title, checkable=True)
            button.setObjectName("slot")
            button.clicked.connect(lambda _=False, name=slot.name: self.selected.emit(name))
            button.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            button.customContextMenuRequested.connect(lambda at, name=slot.name: self._open_routing_at(name, at))
            self._slot_row.addWidget(button)
            button.show()  # before it gets the focus
        if focused in self.buttons:
            self.buttons[focused].setFocus()

    def _show_state(self, slot: ChainSlot) -> None:
        button = self.buttons[slot.name]
        mark = "" if slot.fault or slot.on is None else "● " if slot.on else "○ "
        warning = "⚠ " if slot.fault or slot.warning else ""
        button.setText(mark + warning + slot.title)
        button.setChecked(slot.name == self._selected)
        state = "" if slot.on is None else self.tr("on") if slot.on else self.tr("off")
        tip = self.tr("Show the knobs of: {0}").format(slot.title) + (f" ({state})" if state else "")
        button.setAccessibleDescription(slot.fault or " · ".join(filter(None, [state, slot.warning])))
        button.setToolTip(slot.fault or "\n".join(filter(None, [tip, slot.warning])))

    def _scroll_to_selected(self) -> None:
        if self._selected in self.buttons:
            self.area.ensureWidgetVisible(self.buttons[self._selected])

    def _open_presets(self) -> None:
        self.preset_menu(self._selected).popup(self.presets.mapToGlobal(QPoint(0, self.presets.height())))

    def _open_routing(self) -> None:
        self.routing_menu(self._selected).popup(self.route.mapToGlobal(QPoint(0, self.route.height())))

    def _open_routing_at(self, name: str, at: QPoint) -> None:
        menu = self.routing_menu(name)
        if menu.actions():
            menu.popup(self.buttons[name].mapToGlobal(at))

    def _open_menu(self) -> None:
        self.menu().popup(self.add.mapToGlobal(QPoint(0, self.add.height())))


def _separator(text: str) -> QLabel:
    label = factory.label(text, theme.CAPTION, secondary=True)
    label.setContentsMargins(2, 0, 2, 0)
    return label
