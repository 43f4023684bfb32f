"""What a click on the page of plugins does: instruments play, effects stand in the chain, and all is undone."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from engine.preset import library
from tests.gui.conftest import listen_from_onset, quiet, until
from tests.gui.plugins.page_gestures import LEFT, click, own, slots


def test_a_click_on_an_instrument_plays_it_and_undo_brings_the_last_one_back(window, ear):
    click(window, "Probe")
    until(lambda: window.bridge.now.title == "Probe")
    assert window.window.top_bar.name_label.text() == "Probe"
    assert [slot.title for slot in window.window.chain_bar.slots] == ["Probe"]
    began = ear.recorded
    window.bridge.note_on(60, 0.8)
    assert abs(listen_from_onset(ear, began, 0.05)).max() > 0.1
    window.bridge.note_off(60)
    quiet(window)
    for view in range(3):
        window.window.views.show_view(view)
    window.undo_stack.undo()
    until(lambda: window.bridge.now.title == "guitar")
    window.undo_stack.redo()
    until(lambda: window.bridge.now.title == "Probe")


def test_effects_are_added_switched_moved_and_taken_out_and_all_is_undone(window):
    bar, parameters = window.window.chain_bar, window.parameters
    click(window, "Probe effect")
    until(lambda: slots(window) == [("plugin", "Probe effect")])
    click(window, "Probe effect")
    until(lambda: slots(window) == [("plugin", "Probe effect"), ("plugin2", "Probe effect 2")])
    assert parameters.slot == "plugin2"
    parameters.set_value("Probe effect2 Gain", 1.5)
    parameters.end_gesture()
    QTest.mouseClick(bar.power, LEFT)
    assert [slot.on for slot in bar.slots] == [None, True, False]
    QTest.mouseClick(bar.earlier, LEFT)
    until(lambda: [name for name, _ in slots(window)] == ["plugin2", "plugin"])
    until(lambda: not parameters.is_loading)
    assert [slot.on for slot in bar.slots] == [None, False, True]
    assert parameters.value("Probe effect Gain") == 1.5  # it comes first, and keeps its own values
    QTest.mouseClick(bar.buttons["plugin"], LEFT)
    QTest.mouseClick(bar.remove, LEFT)
    until(lambda: [name for name, _ in slots(window)] == ["plugin2"])
    until(lambda: not parameters.is_loading)
    assert (parameters.value("Probe effect Gain"), parameters.value("Probe effect on")) == (1.5, 0.0)
    while window.undo_stack.canUndo():
        window.undo_stack.undo()
        until(lambda: not parameters.is_loading)
    assert slots(window) == []
    while window.undo_stack.canRedo():
        window.undo_stack.redo()
        until(lambda: not parameters.is_loading)
    assert [name for name, _ in slots(window)] == ["plugin2"]
    assert parameters.value("Probe effect Gain") == 1.5


@pytest.mark.verify
def test_the_values_of_an_effect_stay_with_it_when_the_one_before_it_is_taken_out(window):
    click(window, "Probe effect")
    until(lambda: len(slots(window)) == 1)
    click(window, "Probe effect")
    until(lambda: len(slots(window)) == 2)
    window.parameters.set_value("Probe effect Gain", 0.5)
    window.parameters.set_value("Probe effect2 Gain", 1.5)
    window.window.chain_bar.removed.emit("plugin")
    until(lambda: slots(window) == [("plugin2", "Probe effect")])
    until(lambda: not window.parameters.is_loading)
    assert window.parameters.value("Probe effect Gain") == 1.5
    window.parameters.choose(library.find("gong"))  # the effects stay
    until(lambda: window.bridge.now.path.stem == "gong")
    assert slots(window)[-1] == ("plugin2", "Probe effect")
    assert window.parameters.value("Probe effect Gain") == 1.5


@pytest.mark.verify
def test_a_plugin_becomes_the_second_instrument_with_a_split_and_the_page_marks_what_plays(window, ear):
    page = window.window.plugins
    click(window, "Probe effect")
    until(lambda: slots(window) == [("plugin", "Probe effect")])
    probe, effect = own(window)["Probe"], own(window)["Probe effect"]
    next(each for each in page.menu(probe).actions() if each.text() == "Play beside what plays").trigger()
    until(lambda: slots(window) == [("second", "Probe"), ("plugin", "Probe effect")])
    until(lambda: not window.parameters.is_loading)
    assert window.window.split_bar.isVisible()
    assert [entry for entry in page.model.entries if page.model.plays(entry)] == [effect]
    page.filters.search.setText("probe")
    assert {entry.title for entry in page.shown if page.model.plays(entry)} == {"Probe", "Probe effect"}
    row = page.model.index(page.shown.index(probe))
    assert "plays" in row.data(Qt.ItemDataRole.AccessibleTextRole).split(", ")
    window.window.split_bar.changed.emit(60, True, 0, 0)
    until(lambda: window.parameters.chain.layer.split == 60 and not window.parameters.is_loading)
    window.window.chain_bar.removed.emit("plugin")
    until(lambda: slots(window) == [("second", "Probe")] and not window.parameters.is_loading)
    quiet(window)
    layer = window.bridge.now.rack.layer
    window.bridge.note_on(72, 0.8)
    until(lambda: layer.voices == 1)
    window.bridge.note_on(48, 0.8)
    until(lambda: window.bridge.live_input.host.meters().voices >= 2)
    assert layer.voices == 1  # the lower key belongs to the guitar
    window.bridge.panic()
    window.window.chain_bar.removed.emit("second")
    until(lambda: not slots(window))
    assert not any(page.model.plays(entry) for entry in page.shown)


@pytest.mark.verify
def test_an_instrument_plays_beside_another_one(window):
    window.window.plugins.layer_requested.emit(own(window)["Probe"])
    until(lambda: [title for _, title in slots(window)] == ["Probe"])
    until(lambda: not window.parameters.is_loading)
    assert window.window.top_bar.name_label.text() == "Guitar + Probe"
    assert "second Gain" in window.parameters
