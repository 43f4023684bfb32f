"""Everything can be reached without a mouse."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QWidget

from gui.views.view_stack import PAD, PICTURE, VOICE


@pytest.fixture
def window(guitar):
    """The window with the guitar in it."""
    return guitar


def walk(widget, key):
    """The widgets that have the focus one after the other, from one round of a key to its end."""
    seen = []
    for _ in range(300):
        QTest.keyClick(QApplication.focusWidget() or widget, key)
        now = QApplication.focusWidget()
        if now in seen:
            return seen
        seen.append(now)
    return seen


def reachable(widget):
    """What takes the focus by Tab and can be seen; a field inside another one is not counted."""
    return {
        each
        for each in widget.findChildren(QWidget)
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisible() and each.isEnabled()
        if not (isinstance(each, QLineEdit) and isinstance(each.parentWidget(), QAbstractSpinBox))
    }


@pytest.mark.parametrize("view", [PICTURE, PAD, VOICE])
def test_tab_goes_round_all_that_can_be_done_and_back(window, view):
    window.window.stage.show_view(view)
    window.window.browser.search()
    there = walk(window.window, Qt.Key.Key_Tab)
    back = walk(window.window, Qt.Key.Key_Backtab)
    named = {each: each.accessibleName() or type(each).__name__ for each in reachable(window.window)}
    assert {name for each, name in named.items() if each not in there} == set()
    assert set(back) == set(there)
    window.window.stage.show_view(PICTURE)


def test_tab_goes_round_the_dialogues(window):
    window.plugging.show()
    window.workshop.show()
    for dialogue in (window.plugging.dialogue, window.workshop.dialogue):
        dialogue.activateWindow()
        dialogue.raise_()
        QTest.qWait(100)
        assert {each.accessibleName() for each in reachable(dialogue) - set(walk(dialogue, Qt.Key.Key_Tab))} == set()
    window.plugging.dialogue.accept()
    window.workshop.dialogue.accept()
