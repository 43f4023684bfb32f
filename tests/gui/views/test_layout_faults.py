"""Faults of layout are found, and the window has none, however small it is."""

import pytest
from PyQt6.QtWidgets import QComboBox, QLabel, QPushButton, QVBoxLayout, QWidget

from benchmarks.window.layout_faults import find_faults
from gui.dialogs.shortcuts import ShortcutsDialog
from gui.views.view_stack import INSTRUMENT, PAD, VOICE
from tests.gui.conftest import until


@pytest.fixture
def panel(app):
    """A widget without a layout, in which anything can be wrong."""
    made = QWidget()
    made.resize(300, 200)
    yield made
    made.close()
    made.deleteLater()


def put(widget, parent, x, y, width, height):
    """Put a widget somewhere in another one."""
    widget.setParent(parent)
    widget.setGeometry(x, y, width, height)
    return widget


def faults_of(panel):
    """The faults of a widget that is shown."""
    panel.show()
    until(panel.isVisible)
    return find_faults(panel)


def test_what_is_laid_out_with_room_has_no_fault(panel):
    column = QVBoxLayout(panel)
    box = QComboBox()
    box.addItem("a choice")
    for widget in (QLabel("some words"), QPushButton("a button"), box):
        column.addWidget(widget)
    assert faults_of(panel) == []


@pytest.mark.parametrize("widget", [QLabel, QPushButton])
def test_a_text_that_is_cut_is_found(panel, widget):
    put(widget("words that need room"), panel, 0, 0, 60, 30)
    (fault,) = faults_of(panel)
    assert "words that need room" in fault
    assert "has 60 × 30 pixels and needs" in fault


def test_a_choice_that_is_cut_is_found(panel):
    box = put(QComboBox(), panel, 0, 0, 80, 30)
    box.addItem("a choice with many words")
    assert len(faults_of(panel)) == 1


def test_wrapped_lines_that_are_cut_below_are_found(panel):
    label = put(QLabel("one two three four five six seven eight"), panel, 0, 0, 60, 30)
    label.setWordWrap(True)
    assert "needs" in faults_of(panel)[0]


def test_widgets_outside_of_others_and_over_others_are_found(panel):
    put(QLabel("out"), panel, 280, 0, 60, 30)
    put(QLabel("under"), panel, 0, 50, 60, 30)
    put(QLabel("over"), panel, 20, 60, 60, 30)
    outside, over = faults_of(panel)
    assert "“out” at 280, 0 is outside of" in outside
    assert "“under”" in over
    assert "“over”" in over


@pytest.mark.parametrize("size", [(1024, 640), (1440, 900)], ids=str)
def test_no_view_of_the_window_has_a_fault(guitar, size):
    window, before = guitar.window, guitar.window.size()
    window.resize(*size)
    until(lambda: (window.width(), window.height()) == size)
    for view in (PAD, VOICE, INSTRUMENT):
        window.views.show_view(view)
        until(lambda: not find_faults(window))
    keys = ShortcutsDialog(window)
    keys.show()
    until(lambda: keys.isVisible() and not find_faults(keys))
    keys.accept()
    window.resize(before)
