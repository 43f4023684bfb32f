"""What a player does with the editor of parameters, and a test beside him."""

import time

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from engine.plugin import param_values
from gui.widgets.parameter_list.model import Heading
from session.patch import PLUGIN, Chain, Effect
from tests.gui.conftest import activate, until

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
MAX_OPEN_SECONDS = 0.5  # with a thousand parameters
FREQUENCY, LEVEL, SWITCH, CHOICE, STEPPED, AMPLITUDE = range(9, 15)  # ports of the first band of the probe


def opened(window, source):
    """The editor of an effect that is put at the end of the chain."""
    chain = Chain((*Chain().effects, Effect(PLUGIN, source)))
    window.parameters.set_chain("one more effect", chain)
    until(lambda: window.bridge.now.chain.effects == chain.effects)
    window.parameters.show_slot(window.parameters.slots[-1])
    editor = window.window.knobs.editor
    for spec in editor.specs.values():  # a patch keeps the values of effects that were removed
        window.parameters.set_value(spec.name, spec.default)
    editor.search.clear()
    window.parameters.undo_stack.clear()
    activate(window)
    return editor


def find(editor, text):
    """Look for parameters as a player does; the indices of those that are found."""
    editor.search.setFocus()
    editor.search.selectAll()
    QTest.keyClicks(editor.search, text)
    return [row for row in editor.list.rows.rows if not isinstance(row, Heading)]


def port(editor, number):
    """The index of the parameter of a port, found by its name."""
    return next(index for index in find(editor, f"port {number}") if editor.specs[index].label == f"Port {number}")


def click(editor, index, part="control"):
    """Click on a part of a row."""
    place = getattr(editor.list.areas(index), part).center()
    QTest.mouseClick(editor.list.viewport(), LEFT, pos=place)


def drag(editor, index, by):
    """Drag the slider of a parameter by so many pixels, in two movements."""
    viewport, start = editor.list.viewport(), editor.list.areas(index).control.center()
    QTest.mousePress(viewport, LEFT, pos=start)
    for x in (by // 2, by):
        QTest.mouseMove(viewport, start + QPoint(x, 3))
    QTest.mouseRelease(viewport, LEFT, pos=start + QPoint(by, 3))


def in_engine(window, index):
    """The value of a parameter that the plugin itself has."""
    parameter = window.bridge.now.parameters[index]
    return param_values(parameter.plugin)[parameter.index]


def undo(window):
    """By the shortcut."""
    QTest.keyClick(window.window, Qt.Key.Key_Z, CONTROL)


def open_again(window, editor):
    """Show the slot that is shown as if it were another one; the seconds until it is painted."""
    start = time.perf_counter()
    window.bridge.loaded.emit(window.bridge.now)
    window.parameters.show_slot(window.parameters.slots[-1])
    editor.list.viewport().repaint()
    return time.perf_counter() - start
