"""The menu of what the side chain of a plugin hears, and which of its outputs are heard."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PyQt6.QtGui import QActionGroup
from PyQt6.QtWidgets import QMenu, QWidget


@dataclass(frozen=True)
class SlotChoice:
    """One choice for a slot, among those of a group. key: what it is known by."""

    group: str
    title: str
    key: str
    is_chosen: bool


def make_menu(parent: QWidget, choices: Sequence[SlotChoice], choose: Callable[[str], object]) -> QMenu:
    """A menu of choices under the titles of their groups. choose: is called with the key of another one."""
    menu = QMenu(parent)
    for title, group in itertools.groupby(choices, lambda choice: choice.group):
        heading = menu.addAction(title)
        if heading is not None:
            heading.setEnabled(False)
        alternatives = QActionGroup(menu)
        for choice in group:
            action = menu.addAction(choice.title)
            if action is not None:
                action.setCheckable(True)
                action.setChecked(choice.is_chosen)
                alternatives.addAction(action)
                action.triggered.connect(lambda _=False, key=choice.key: choose(key))
        menu.addSeparator()
    return menu
