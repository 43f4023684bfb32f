"""Presets that a plugin brings along are offered in the chain bar, loaded, undone and kept."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QMenu

from tests.gui.conftest import until
from tests.gui.plugins.page_gestures import LEFT, click, slots


def choose(window, name):
    """Choose a preset in the menu that the button opens."""
    QTest.mouseClick(window.window.chain_bar.presets, LEFT)
    until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    action = next(each for each in menu.actions() if each.text() == name)
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


@pytest.mark.verify
def test_a_preset_is_chosen_in_the_chain_bar_and_undone(window):
    bar, parameters = window.window.chain_bar, window.parameters
    assert not bar.presets.isVisible()
    click(window, "Probe effect")
    until(lambda: slots(window) == [("plugin", "Probe effect")] and not parameters.is_loading)
    until(bar.presets.isVisible)
    plugin = window.bridge.now.rack.foreign["plugin"]
    parameters.set_value("Probe effect Knob", 0.75)
    until(lambda: plugin.values() == [1.0, 0.0, 0.75])
    for name, gain in (("Loud", 1.5), ("Soft", 0.5)):
        steps = window.undo_stack.count()
        choose(window, name)
        until(lambda steps=steps: window.undo_stack.count() > steps)
        until(lambda gain=gain: parameters.value("Probe effect Gain") == gain)
        assert plugin.values() == [gain, 0.0, 0.75]
    for gain in (1.5, 1.0):
        window.undo_stack.undo()
        until(lambda gain=gain: parameters.value("Probe effect Gain") == gain and plugin.values()[0] == gain)
    window.undo_stack.redo()
    until(lambda: parameters.value("Probe effect Gain") == plugin.values()[0] == 1.5)
    QTest.mouseClick(bar.buttons[""], LEFT)
    until(lambda: not bar.presets.isVisible())
