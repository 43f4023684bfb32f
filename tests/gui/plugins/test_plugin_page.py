"""The page of plugins in a real window: what is listed, and how it is searched and chosen."""

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from engine.foreign.plugin_entry import EFFECT, INSTRUMENT, MIDI_EFFECT, PluginEntry
from gui.browser.pages import PLUGINS as PLUGIN_PAGE
from gui.browser.plugins.plugin_search import BROKEN, kind_of
from gui.controllers.chain import PLUGINS
from tests.gui.conftest import end, processes, start, until
from tests.gui.plugins.page_gestures import LEFT, click, double_click, open_page, own, position, slots


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
