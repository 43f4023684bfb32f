"""The page of plugins in a real window: what is installed, and what a click does with it."""

import shutil
from dataclasses import replace

import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from engine.foreign.plugin_entry import EFFECT, INSTRUMENT, MIDI_EFFECT, PluginEntry
from engine.preset import library
from gui import preferences
from gui.browser.pages import PLUGINS as PLUGIN_PAGE
from gui.browser.plugins.plugin_search import BROKEN, kind_of
from gui.controllers.chain import PLUGINS
from gui.panels.chain_bar import ChainSlot
from gui.preferences import Preferences
from session import patch_file
from session.patch import Chain, Layer, Patch
from tests.gui.conftest import activate, end, listen_from_onset, play, processes, quiet, start, until
from tests.gui.faults.test_taken_names import save_as

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def home(tmp_path, monkeypatch, probe_path):
    """Folders of a user who has the probe plugins, and a file that is none."""
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    folder = tmp_path / "clap"
    folder.mkdir()
    shutil.copyfile(probe_path, folder / "probe.clap")
    (folder / "hollow.clap").write_text("no plugin")
    (tmp_path / "lv2").mkdir()
    monkeypatch.setenv("CLAP_PATH", str(folder))
    monkeypatch.setenv("LV2_PATH", str(tmp_path / "lv2"))
    return tmp_path


@pytest.fixture
def window(app, ear, home):
    """A window that plays the guitar, its page of plugins shown and complete."""
    controller = start(app, ear)
    play(controller, "guitar")
    activate(controller)
    open_page(controller)
    until(lambda: not controller.plugins.scan.busy)
    yield controller
    if not controller.closed:
        end(controller)


def open_page(controller):
    """Show the page by its tab, and wait until something is listed."""
    QTest.mouseClick(controller.window.pages._tabs.button(PLUGIN_PAGE), LEFT)
    until(lambda: controller.window.plugins.shown)


def own(controller):
    """The probes and the broken file by title: the machine may have other plugins."""
    folder = "/clap/"
    return {entry.title: entry for entry in controller.plugins.entries if entry.path.rfind(folder) > 4}


def position(page, title):
    """Where the row of a plugin is painted, after a search for it."""
    page.filters.search.setText(title)
    index = page.model.index([entry.title for entry in page.shown].index(title))
    page.list.scrollTo(index)
    return page.list.visualRect(index).center()


def click(controller, title):
    """Search a plugin, and click on its row."""
    page = controller.window.plugins
    QTest.mouseClick(page.list.viewport(), LEFT, pos=position(page, title))


def double_click(widget, place):
    """What a mouse sends for two clicks at once."""
    kinds = QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick
    for kind in kinds:
        for each, held in ((kind, LEFT), (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton)):
            where = QPointF(widget.mapToGlobal(place))
            event = QMouseEvent(each, QPointF(place), where, LEFT, held, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(widget, event)


def slots(controller):
    """Names and titles of the chain bar, without the instrument."""
    return [(slot.name, slot.title) for slot in controller.window.chain_bar.slots if slot.name]


@pytest.mark.verify
def test_everything_installed_is_listed_and_what_is_broken_has_its_reason(app, ear, home):
    controller, steps = start(app, ear), []
    controller.plugins.scan.progressed.connect(lambda done, total: steps.append((done, total)))
    QTest.mouseClick(controller.window.pages._tabs.button(PLUGIN_PAGE), LEFT)
    page = controller.window.plugins
    until(lambda: steps)
    assert not page.scan_button.isEnabled()
    assert page._progress_bar.isVisible()
    until(lambda: not controller.plugins.scan.busy)
    assert page.scan_button.isEnabled()
    assert steps[-1][0] == steps[-1][1] > len(own(controller))
    found = {title: (entry.kind, kind_of(entry), entry.maker) for title, entry in own(controller).items()}
    assert found["Probe"] == (INSTRUMENT, INSTRUMENT, "Luthier")
    assert found["Probe effect"] == (EFFECT, EFFECT, "Luthier")
    assert found["hollow"][1] == BROKEN
    page.filters.maker.setCurrentIndex(page.filters.maker.findData("Luthier"))
    page.filters.kind.setCurrentIndex(page.filters.kind.findData(EFFECT))
    assert [entry.title for entry in page.shown] == ["Probe effect", "Probe mono", "Probe wide"]
    page.filters.search.setText("wide PROBE")
    assert [entry.title for entry in page.shown] == ["Probe wide"]
    page.filters.maker.setCurrentIndex(0)
    page.filters.kind.setCurrentIndex(page.filters.kind.findData(BROKEN))
    click(controller, "hollow")
    assert page.details.facts_label.text().count(own(controller)["hollow"].fault) == 1
    assert f"hollow: {own(controller)['hollow'].fault}" in controller.window.notice.text
    listed = controller.plugins.entries
    end(controller)
    again = start(app, ear)
    steps.clear()
    again.plugins.scan.progressed.connect(lambda done, total: steps.append((done, total)))
    open_page(again)
    until(lambda: not again.plugins.scan.busy)
    assert again.plugins.entries == listed
    assert steps == []  # nothing has changed, and nothing was opened again
    end(again)


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
def test_moving_through_the_list_adds_nothing_and_enter_and_two_clicks_add_one(window):
    page = window.window.plugins
    page.filters.maker.setCurrentIndex(page.filters.maker.findData("Luthier"))
    page.filters.kind.setCurrentIndex(page.filters.kind.findData(EFFECT))
    page.list.setFocus()
    for _ in page.shown:
        QTest.keyClick(page.list, Qt.Key.Key_Down)
    assert page.current.title == "Probe wide"
    assert "probe.wide" in page.details.facts_label.text()
    assert slots(window) == []
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    until(lambda: slots(window) == [("plugin", "Probe wide")])
    double_click(page.list.viewport(), position(page, "Probe mono"))
    until(lambda: len(slots(window)) == 2)
    until(lambda: not window.parameters.is_loading)
    assert slots(window) == [("plugin", "Probe wide"), ("plugin2", "Probe mono")]


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
    QTest.mouseClick(window.window.chain_bar.remove, LEFT)
    until(lambda: [name for name, _ in slots(window)] == ["chorus"])
    until(lambda: not window.parameters.is_loading)
    window.undo_stack.undo()
    until(lambda: [name for name, _ in slots(window)] == ["plugin", "chorus"])


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
def test_favourites_are_kept_with_those_of_the_instruments(window):
    page, name = window.window.plugins, own(window)["Probe mono"].name
    click(window, "Probe mono")
    until(lambda: slots(window))
    window.window.pages.toggle_favourite()
    assert name in window.session_restore.current().favourites
    page.filters.search.clear()
    QTest.mouseClick(page.filters.favourites_only, LEFT)
    assert [entry.title for entry in page.shown] == ["Probe mono"]
    window.undo_stack.undo()
    assert page.shown == []
    assert page.list.empty_text == "No plugin matches."
    assert name not in window.entry_files.favourites


@pytest.mark.verify
def test_what_makes_no_sound_is_listed_and_refused_in_one_line(window):
    page = window.window.plugins
    notes = PluginEntry("lv2:urn:notes", "LV2", "Arp", "Somebody", MIDI_EFFECT, "/nowhere", "neither takes sound")
    page.set_entries([notes], frozenset())
    page.filters.search.clear()
    page.filters.kind.setCurrentIndex(page.filters.kind.findData(MIDI_EFFECT))
    assert page.shown == [notes]
    QTest.mouseClick(page.list.viewport(), LEFT, pos=page.list.visualRect(page.model.index(0)).center())
    assert window.window.notice.text == "⚠ Arp: It makes notes, no sound: effects on MIDI cannot be played"
    assert slots(window) == []
    enabled = {action.text(): action.isEnabled() for action in page.menu(notes).actions()}
    assert enabled == {
        "Add to the chain": False, "Play beside what plays": False, "Play alone": False, "Favourite": True,
        "Show in folder": True,
    }  # fmt: skip


@pytest.mark.verify
def test_an_instrument_plays_beside_another_one(window):
    window.window.plugins.layer_requested.emit(own(window)["Probe"])
    until(lambda: [title for _, title in slots(window)] == ["Probe"])
    until(lambda: not window.parameters.is_loading)
    assert window.window.top_bar.name_label.text() == "Guitar + Probe"
    assert "second Gain" in window.parameters


@pytest.mark.verify
def test_the_chain_bar_leads_to_the_page(window):
    window.window.pages._show(0)
    window.window.chain_bar.added.emit(PLUGINS)
    assert window.window.pages.page == PLUGIN_PAGE
    assert window.window.plugins.filters.search.hasFocus()


@pytest.mark.verify
def test_a_scan_ends_with_the_window(app, ear, home, monkeypatch):
    monkeypatch.setenv("PROBE_FAULT", "hang")
    controller, steps = start(app, ear), []
    controller.plugins.scan.progressed.connect(lambda done, total: steps.append(done))
    QTest.mouseClick(controller.window.pages._tabs.button(PLUGIN_PAGE), LEFT, pos=QPoint(5, 5))
    until(lambda: steps)
    group = controller.plugins.scan._process.processId()
    assert processes(group)
    end(controller)
    until(lambda: not processes(group))
