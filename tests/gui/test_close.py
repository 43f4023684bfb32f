"""Closing the program while it is busy: it ends by itself, and neither loses nor leaves anything.

How soon it ends is measured by benchmarks/window.
"""

from math import inf

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QFileDialog, QInputDialog, QLineEdit

from benchmarks.support.jack_server import Server
from benchmarks.window.close_times import close
from tests.gui.conftest import until
from tests.support.wait_limit import MAX_WAIT_SECONDS


@pytest.fixture
def own(monkeypatch):
    """A JACK server that only this test knows: it may die."""
    own = Server()
    monkeypatch.setenv("JACK_DEFAULT_SERVER", own.name)
    own.start()
    yield own
    own.close()


@pytest.mark.verify
@pytest.mark.parametrize(
    ("moment", "way"),
    [
        ("a performance is recorded while a hundred presets are read", "its cross"),
        ("an instrument is learned", "Ctrl+Q"),
        ("a score is written to a file", "SIGINT"),
        ("the device hangs while recording", "SIGTERM"),
        ("a menu is open", "SIGTERM"),
    ],
)
def test_the_program_exits_by_itself_whatever_it_is_doing(app, own, moment, way):
    found = close(moment, way, own, MAX_WAIT_SECONDS)
    assert found.left == []
    assert found.lost == []
    assert found.status == 0
    assert max(found.hidden, found.max_wait, found.ended) < inf


def test_a_prompt_for_a_name_blocks_neither_the_window_nor_the_sound(guitar):
    QTest.keyClick(guitar.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    (asked,) = guitar.window.findChildren(QInputDialog)
    assert not asked.isModal()
    QTest.mousePress(guitar.window.keyboard, Qt.MouseButton.LeftButton, pos=guitar.window.keyboard.rect().center())
    until(lambda: guitar.window.keyboard.lit)
    QTest.mouseRelease(guitar.window.keyboard, Qt.MouseButton.LeftButton)
    line = asked.findChild(QLineEdit)
    assert line.text() == "my guitar"
    line.selectAll()
    QTest.keyClicks(line, "evening")
    QTest.keyClick(line, Qt.Key.Key_Return)
    until(lambda: guitar.bridge.now.path.stem == "evening")
    guitar.parameters.undo_stack.undo()
    until(lambda: guitar.bridge.now.path.stem == "guitar")


def test_letters_typed_into_a_list_of_files_play_no_notes(guitar):
    QTest.mouseClick(guitar.window.browser.learn, Qt.MouseButton.LeftButton)
    dialog = guitar.learn.dialog
    dialog.choose_files()
    (chooser,) = dialog.findChildren(QFileDialog)
    chooser.activateWindow()
    until(lambda: QApplication.activeWindow() is chooser)
    said = []
    guitar.computer_keyboard.pressed.connect(lambda key, velocity: said.append(key))
    QTest.keyClick(chooser, Qt.Key.Key_Q)
    assert said == []
    chooser.close()
    dialog.accept()
