"""Plugins that were saved: in the session, in a patch, and where they are missing."""

import shutil
from dataclasses import replace

import pytest
from PyQt6.QtTest import QTest

from engine.preset import library
from gui import preferences
from gui.panels.chain_bar import ChainSlot
from gui.preferences import Preferences
from session import patch_file
from session.patch import Chain, Layer, Patch
from tests.gui.conftest import end, play, start, until
from tests.gui.faults.test_taken_names import save_as
from tests.gui.plugins.page_gestures import LEFT, click, slots


@pytest.mark.verify
def test_a_missing_second_instrument_keeps_its_place_its_values_and_its_state(window, home):
    gone = home / "gone.clap"
    layer = Layer(str(gone), 60, True, state=b"what it kept")
    window.parameters.recall(Patch(library.find("guitar"), {"second Gain": 0.5}, Chain(layer=layer)))
    until(lambda: not window.parameters.is_loading and [name for name, _ in slots(window)] == ["second"])
    why = "gone could not be opened: its place and what it has saved are kept"
    assert window.window.chain_bar.slots[-1] == ChainSlot("second", "Gone", None, True, True, why)
    assert window.window.chain_bar.buttons["second"].text() == "⚠ Gone"
    QTest.mouseClick(window.window.chain_bar.buttons["second"], LEFT)
    assert window.window.split_bar.isVisible()
    stored = window.session_restore.current()
    assert (stored.values["second Gain"], stored.chain) == (0.5, Chain(layer=layer).plain())
    shutil.copyfile(home / "clap" / "probe.clap", gone)  # of its plugins none is meant
    window.parameters.load_missing()
    until(lambda: "gone.clap" in window.window.notice.text)
    QTest.mouseClick(window.window.chain_bar.remove, LEFT)
    until(lambda: not slots(window))


def test_a_missing_effect_keeps_its_place_and_can_be_taken_out(window, home):
    window.chain.add_plugin(str(home / "gone.clap"))
    window.chain.add_effect("chorus")
    until(lambda: [name for name, _ in slots(window)] == ["plugin", "chorus"])
    assert "no such plugin" in window.window.notice.text
    shown = window.window.chain_bar.slots[1]
    why = "gone could not be opened: its place and what it has saved are kept"
    assert shown == ChainSlot("plugin", "gone", None, False, True, why)
    button = window.window.chain_bar.buttons["plugin"]
    assert (button.text(), button.toolTip()) == ("⚠ gone", why)
    QTest.mouseClick(button, LEFT)
    assert window.parameters.slot == "plugin"
    assert not any(knob.isVisible() for knob in window.window.knobs.knobs.values())
    assert (window.window.knobs.fault_label.text(), window.window.knobs.fault_label.isVisible()) == (why, True)
    QTest.mouseClick(window.window.chain_bar.remove, LEFT)
    until(lambda: [name for name, _ in slots(window)] == ["chorus"])
    until(lambda: not window.parameters.is_loading)
    assert not window.window.knobs.fault_label.isVisible()
    assert any(knob.isVisible() for knob in window.window.knobs.knobs.values())
    window.undo_stack.undo()
    until(lambda: [name for name, _ in slots(window)] == ["plugin", "chorus"])


@pytest.mark.verify
def test_an_instrument_that_is_missing_at_the_start_is_tried_again_until_another_is_chosen(app, ear, home):
    gone, chain = home / "gone.clap", replace(Chain(), state=b"what it kept")
    preferences.save(Preferences(preset=str(gone), values={"Gain": 0.5}, chain=chain.plain()))
    first = start(app, ear)
    until(lambda: first.bridge.now is not None)
    assert first.bridge.now.title == "guitar"
    assert f"no such plugin: {gone}" in first.window.notice.text
    end(first)
    stored = preferences.load()
    assert (stored.preset, stored.values, stored.chain) == (str(gone), {"Gain": 0.5}, chain.plain())
    second = start(app, ear)
    until(lambda: second.bridge.now is not None and not second.parameters.is_loading)
    play(second, "gong")
    end(second)
    assert preferences.load().preset == str(library.find("gong"))


@pytest.mark.verify
def test_an_instrument_its_effects_and_their_values_come_back_at_the_next_start(window, app, ear, home):
    click(window, "Probe")
    until(lambda: window.bridge.now.title == "Probe")
    click(window, "Probe mono")
    until(lambda: slots(window) == [("plugin", "Probe mono")])
    window.parameters.set_value("Probe mono Gain", 1.25)
    end(window)
    again = start(app, ear)
    until(lambda: again.bridge.now is not None)
    assert again.bridge.now.title == "Probe"
    assert slots(again) == [("plugin", "Probe mono")]
    assert again.parameters.value("Probe mono Gain") == 1.25
    end(again)


@pytest.mark.verify
def test_a_patch_of_a_plugin_is_saved_with_its_state_listed_and_played(window):
    click(window, "Probe")
    until(lambda: window.bridge.now.title == "Probe")
    window.parameters.set_value("Gain", 0.5)
    until(lambda: window.parameters.chain.state)
    save_as(window, "evening")
    until(lambda: any(entry.name == "evening" for entry in window.entry_files.entries))
    listed = next(entry for entry in window.entry_files.entries if entry.name == "evening")
    assert (listed.error, listed.kind) == ("", "")
    assert patch_file.read(listed.path).chain.state == window.parameters.chain.state
    play(window, "gong")
    window.window.browser.entry_selected.emit(listed)
    until(lambda: window.bridge.now.title == "evening")
    assert window.parameters.value("Gain") == 0.5
