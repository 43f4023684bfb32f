"""Every control can be reached by keys."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QWidget

from gui.views.view_stack import INSTRUMENT, PAD, VOICE
from tests.gui.conftest import until


@pytest.fixture
def window(guitar):
    """The window with the guitar in it."""
    return guitar


def walk(widget, key):
    """The widgets that get the focus in one round of a key."""
    seen = []
    for _ in range(300):
        QTest.keyClick(QApplication.focusWidget() or widget, key)
        now = QApplication.focusWidget()
        if now in seen:
            return seen
        seen.append(now)
    return seen


def reachable(widget):
    """Visible widgets that take the focus by Tab; a field inside another one is not counted."""
    return {
        each
        for each in widget.findChildren(QWidget)
        if each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.isVisible() and each.isEnabled()
        if not (isinstance(each, QLineEdit) and isinstance(each.parentWidget(), QAbstractSpinBox))
    }


@pytest.mark.parametrize("view", [INSTRUMENT, PAD, VOICE])
def test_tab_reaches_every_control_forwards_and_backwards(window, view):
    window.window.views.show_view(view)
    window.window.browser.focus_search()
    there = walk(window.window, Qt.Key.Key_Tab)
    back = walk(window.window, Qt.Key.Key_Backtab)
    named = {each: each.accessibleName() or type(each).__name__ for each in reachable(window.window)}
    assert {name for each, name in named.items() if each not in there} == set()
    assert set(back) == set(there)
    window.window.views.show_view(INSTRUMENT)


def test_tab_reaches_every_control_of_the_dialogs(window):
    window.devices.show()
    window.learn.show()
    for dialog in (window.devices.dialog, window.learn.dialog):
        dialog.activateWindow()
        dialog.raise_()
        until(dialog.isActiveWindow)
        assert {each.accessibleName() for each in reachable(dialog) - set(walk(dialog, Qt.Key.Key_Tab))} == set()
    window.devices.dialog.accept()
    window.learn.dialog.accept()
