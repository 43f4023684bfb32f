"""The menu of the presets that a plugin brings along."""

from collections.abc import Callable, Sequence

from PyQt6.QtWidgets import QMenu, QWidget

MAX_FLAT = 40  # presets in one menu; more of them are in menus below it
MAX_TITLE_LETTERS = 16  # of the names of these


def make_menu(parent: QWidget, presets: Sequence[tuple[str, str]], choose: Callable[[str], object]) -> QMenu:
    """A menu of presets, names and identifiers in order. choose: is called with an identifier."""
    menu = QMenu(parent)
    if len(presets) <= MAX_FLAT:
        _fill(menu, presets, choose)
        return menu
    size = -(-len(presets) // -(-len(presets) // MAX_FLAT))  # of parts that are about as long
    for start in range(0, len(presets), size):
        part = presets[start : start + size]
        ends = [name[:MAX_TITLE_LETTERS].strip() for name, _ in (part[0], part[-1])]
        below = menu.addMenu(" – ".join(ends).replace("&", "&&"))
        if below is not None:
            _fill(below, part, choose)
    return menu


def _fill(menu: QMenu, presets: Sequence[tuple[str, str]], choose: Callable[[str], object]) -> None:
    for name, identifier in presets:
        action = menu.addAction(name.replace("&", "&&"))  # a single one would mark a key
        if action is not None:
            action.triggered.connect(lambda _=False, identifier=identifier: choose(identifier))
