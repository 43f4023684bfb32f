"""The browser: search, selection and management of instruments and patches."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDesktopServices, QDropEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog, QLineEdit

from engine.preset import library
from engine.preset.preset_file import Preset, read, write
from gui.browser import catalogue
from gui.browser.browser import Browser
from gui.browser.catalogue import Query
from session import patch_file
from session.patch_file import SavedPatch
from tests.gui.conftest import play, until
from tests.support.level_and_pitch import level

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(guitar):
    """The window with the guitar in it."""
    return guitar


def test_a_name_is_shown_with_a_large_first_letter_and_as_it_is_otherwise():
    names = ["guitar", "trumpet-A4", "my TR-808", "Éclat", "x", ""]
    shown = ["Guitar", "Trumpet-A4", "My TR-808", "Éclat", "X", ""]
    assert [catalogue.display_name(name) for name in names] == shown


def entry(window, name):
    """The browser entry of a name, once it is listed."""
    until(lambda: any(each.name == name for each in window.entry_files.entries))
    return next(each for each in window.entry_files.entries if each.name == name)


def act(window, name, words):
    """Trigger an action of an entry's context menu."""
    menu = window.window.browser.menu(entry(window, name))
    action = next(action for action in menu.actions() if action.text().startswith(words))
    assert action.isEnabled()
    action.trigger()


def answer(window, path):
    """Enter a path into the file dialog."""
    asked = next(each for each in window.window.findChildren(QFileDialog) if each.isVisible())
    line = asked.findChild(QLineEdit)
    line.setText(str(path))
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_every_instrument_is_listed_and_found_by_text_kind_and_tag():
    entries = [entry for entry in catalogue.scan() if not entry.is_external]
    names = [each.name for each in entries]
    assert names == sorted(library.all_presets())
    assert [each.name for each in catalogue.matching(entries, Query("strings classical"), ())] == ["guitar"]
    assert "gong" in [each.name for each in catalogue.matching(entries, Query(tag="metal"), ())]
    assert catalogue.matching(entries, Query(kind="nothing"), ()) == []
    loved = entries[0].digest
    assert [each.name for each in catalogue.matching(entries, Query(favourites=True), (loved,))] == [names[0]]


def test_shortcuts_load_the_next_and_previous_instrument_without_a_click_while_a_chord_sounds(window, ear):
    for key in (52, 59, 64):
        ear.send(0x90, key, 90)
    ear.listen(0.2, QTest.qWait)
    steady = abs(ear.listen(0.2, QTest.qWait))
    steps = abs(steady[:, 1:] - steady[:, :-1]).max()
    names = [each.name for each in window.window.browser.shown]
    before = names.index("guitar")
    began = ear.recorded
    QTest.keyClick(window.window, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    until(lambda: window.bridge.now.path.stem == names[before + 1])
    ear.listen(0.4, QTest.qWait)
    heard = ear.since(began)
    assert abs(heard[:, 1:] - heard[:, :-1]).max() < 2 * steps
    assert level(ear.listen(0.1, QTest.qWait)) < -70
    QTest.keyClick(window.window, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    until(lambda: window.bridge.now.path.stem == "guitar")
    for key in (52, 59, 64):
        ear.send(0x80, key, 0)


def test_a_click_in_the_list_loads_an_instrument_and_shows_its_details(window):
    rows = window.window.browser.list
    place = [each.name for each in window.window.browser.shown].index("gong")
    index = window.window.browser.model.index(place)
    rows.scrollTo(index)
    QTest.mouseClick(rows.viewport(), LEFT, pos=rows.visualRect(index).center())
    until(lambda: window.bridge.now.path.stem == "gong")
    assert "Thai gong" in window.window.browser.details.facts_label.text()
    assert window.window.top_bar.accessibleName() == "Gong"
    QTest.keyClick(window.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    until(lambda: window.bridge.now.path.stem == "guitar")


def test_undo_across_instruments_restores_knobs_in_order(window):
    window.parameters.set_value("decay", 3.0)
    window.parameters.choose(library.find("gong"))
    until(lambda: window.bridge.now.path.stem == "gong")
    window.parameters.set_value("decay", 0.5)
    for _ in range(3):
        window.parameters.undo_stack.undo()
    until(lambda: window.bridge.now.path.stem == "guitar" and window.parameters.value("decay") == 1)
    for _ in range(3):
        window.parameters.undo_stack.redo()
    until(lambda: window.bridge.now.path.stem == "gong" and window.parameters.value("decay") == 0.5)


def test_favourites_are_toggled_by_a_shortcut_and_can_be_filtered(window):
    browser = window.window.browser
    QTest.keyClick(window.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    QTest.mouseClick(browser.filters.favourites_only, LEFT)
    assert [each.name for each in browser.shown] == ["guitar"]
    assert "favourite" in browser.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    QTest.mouseClick(browser.filters.favourites_only, LEFT)
    QTest.keyClick(window.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert window.entry_files.favourites == set()


def test_a_duplicate_can_be_renamed_and_deleted(window, home, monkeypatch):
    act(window, "gong", "Duplicate")
    mine = entry(window, "gong 2")
    assert not mine.factory
    window.entry_files.rename(mine, "tam-tam")
    assert entry(window, "tam-tam").digest == mine.digest
    assert not (library.user_folder() / "gong 2.luthier").exists()
    window.entry_files.rename(entry(window, "tam-tam"), "guitar")
    assert "already" in window.window.notice.text
    act(window, "tam-tam", "Move to the bin")
    until(lambda: all(each.name != "tam-tam" for each in window.entry_files.entries))
    assert list(home.rglob("Trash/files/tam-tam.luthier"))


def test_factory_instruments_can_neither_be_renamed_nor_deleted(window):
    actions = {
        action.text(): action.isEnabled() for action in window.window.browser.menu(entry(window, "gong")).actions()
    }
    assert not actions["Rename…"]
    assert not actions["Move to the bin"]


def test_the_folder_of_an_instrument_is_opened(window, monkeypatch):
    shown = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(shown.append(url.toLocalFile())) or True)
    act(window, "gong", "Show in folder")
    assert shown == [str(library.factory_folder())]


def drop(window, *paths):
    """Drop files on the window."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(QPoint(400, 300)), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier
    )
    window.window.dropEvent(event)


def test_a_dropped_instrument_plays_and_a_damaged_one_is_refused_with_a_message(window, tmp_path):
    good, bad = tmp_path / "bell.luthier", tmp_path / "broken.luthier"
    shutil.copyfile(library.find("vibraphone"), good)
    bad.write_bytes(good.read_bytes()[:5000])
    drop(window, bad)
    until(lambda: "broken.luthier" in window.window.notice.text)
    assert window.bridge.now.path.stem == "guitar"
    assert "⚠" in window.window.notice.text
    drop(window, good)
    until(lambda: window.bridge.now.path == good)
    (tmp_path / "notes.txt").write_text("la")
    drop(window, tmp_path / "notes.txt")
    assert "notes.txt" in window.window.notice.text


def test_a_patch_is_saved_without_the_instrument_and_finds_it_by_its_content(window, tmp_path):
    far = tmp_path / "bell.luthier"
    shutil.copyfile(library.find("vibraphone"), far)
    window.parameters.choose(far)
    until(lambda: window.bridge.now.path == far)
    window.parameters.set_value("decay", 0.4)
    window.entry_files.write_patch("dry bell", window.bridge.now, window.parameters.patch.values)
    mine = entry(window, "dry bell")
    until(lambda: window.bridge.now.path == mine.path)
    assert window.window.top_bar.accessibleName() == "Dry bell"
    assert mine.size < 2000
    assert (mine.kind, mine.factory) == ("resonance", False)
    window.entry_files.write_patch("dry bell", window.bridge.now, {})
    assert "already" in window.window.notice.text
    window.parameters.choose(library.find("gong"))
    until(lambda: window.bridge.now.path.stem == "gong")
    far.unlink()  # the factory's has the same content
    window.parameters.choose(mine.path)
    until(lambda: window.bridge.now.path == mine.path)
    assert window.parameters.value("decay") == pytest.approx(0.4)
    act(window, "dry bell", "Move to the bin")
    until(lambda: all(each.name != "dry bell" for each in window.entry_files.entries))


def test_a_patch_of_a_missing_instrument_plays_once_the_instrument_is_there(window, tmp_path):
    bell = tmp_path / "bell.luthier"
    preset = read(library.find("vibraphone"))
    digest = write(bell, replace(preset, header={**preset.header, "description": "another one"}))
    patch_file.write(tmp_path / "dry.json", SavedPatch(digest, tmp_path / "gone.luthier", {"decay": 0.3}))
    hidden = bell.rename(tmp_path / "hidden.dat")
    window.opener.open([tmp_path / "dry.json"])
    until(lambda: "dry needs the instrument gone" in window.window.notice.text)
    (tmp_path / "elsewhere").mkdir()
    found = hidden.rename(tmp_path / "elsewhere" / "bell.luthier")
    drop(window, found)
    until(lambda: window.bridge.now.path == tmp_path / "dry.json")
    assert window.parameters.value("decay") == pytest.approx(0.3)
    window.parameters.choose(library.find("gong"))
    until(lambda: window.bridge.now.path.stem == "gong")
    window.opener.open([tmp_path / "dry.json"])  # it is remembered
    until(lambda: window.bridge.now.path == tmp_path / "dry.json")


def test_a_patch_whose_instrument_is_missing_names_it(window, tmp_path):
    patch_file.write(tmp_path / "lost.json", SavedPatch("0" * 64, tmp_path / "harp.luthier", {}))
    (tmp_path / "other.json").write_text('{"tempo": 3}')
    window.opener.open([tmp_path / "lost.json"])
    until(lambda: "lost needs the instrument harp" in window.window.notice.text)
    window.opener.open([tmp_path / "other.json"])
    until(lambda: "other.json is no patch" in window.window.notice.text)
    assert window.bridge.now.path.stem == "guitar"


def test_an_instrument_is_exported_with_its_parameters_and_for_other_programs(window, tmp_path):
    gong = entry(window, "gong")
    window.parameters.set_value("decay", 0.25)
    chosen = tmp_path / "mine.luthier"
    act(window, "guitar", "Export")
    answer(window, chosen)
    until(lambda: "Written" in window.window.notice.text)
    exported = read(chosen)
    assert exported.header["params"]["decay"] == pytest.approx(0.25)
    assert exported.tensors["frequency"].shape == window.bridge.now.tensors["frequency"].shape
    window.parameters.choose(chosen)
    until(lambda: window.bridge.now.path == chosen)
    assert window.parameters.value("decay") == pytest.approx(0.25)
    window.export.export(gong, tmp_path / "gong.safetensors", None)
    until(lambda: "gong.safetensors" in window.window.notice.text)
    assert (tmp_path / "gong.safetensors").exists()
    window.export.export(gong, tmp_path / "gong.txt", None)
    assert "the ending must be one of" in window.window.notice.text
    window.export.export(gong, tmp_path / "gong.wav", None)  # it has no room
    until(lambda: "room" in window.window.notice.text)


def test_an_instrument_opened_from_another_folder_is_listed_and_can_be_kept(window, tmp_path):
    friends = tmp_path / "friend's.luthier"
    preset = read(library.find("gong"))
    write(friends, Preset({**preset.header, "description": "Of a friend"}, preset.tensors))
    drop(window, friends)
    until(lambda: window.bridge.now.path == friends)
    listed = entry(window, "friend's")
    assert (listed.is_external, listed.description) == (True, "Of a friend.")
    until(lambda: window.window.browser.current == listed)
    offers = {action.text(): action for action in window.window.browser.menu(listed).actions()}
    assert not offers["Rename…"].isEnabled()
    assert not offers["Move to the bin"].isEnabled()
    offers["Keep among my own"].trigger()
    until(lambda: not entry(window, "friend's").is_external)
    assert library.find("friend's") == library.user_folder() / "friend's.luthier"
    window.parameters.undo_stack.undo()
    play(window, "guitar")


def test_a_folder_of_recordings_is_learned_from(window, tmp_path):
    for name in ("a.wav", "b.wav", "._a.wav", "forte/c.opus", "forte/._c.opus", ".bin/d.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        kinds = {"format": "OGG", "subtype": "OPUS"} if name.endswith("opus") else {}
        soundfile.write(tmp_path / name, np.zeros(1000), 16_000, **kinds)
    (tmp_path / "README.txt").write_text("words")
    drop(window, tmp_path)
    dialog = window.learn.dialog
    assert [path.name for path in dialog.recordings] == ["a.wav", "b.wav", "c.opus"]
    assert dialog.form.name.text() == tmp_path.name
    dialog.set_recordings([])
    dialog.accept()


def test_the_list_does_not_say_that_nothing_matches_before_it_was_read(app):
    browser = Browser()
    assert browser.filters.kind.currentText() == "All kinds"
    assert browser.filters.tag.currentText() == "All tags"
    assert browser.list.empty_text == "Reading the instruments…"
    browser.set_entries([], frozenset())
    assert browser.list.empty_text == "No instrument matches."


def test_selecting_quickly_by_the_arrows_never_jumps_back(window):
    browser, places = window.window.browser, []
    browser.list.setFocus()
    names = [each.name for each in browser.shown]
    first = names.index(browser.current.name)
    steps = min(len(names) - 1 - first, 5)
    watching = window.bridge.polled.connect(lambda: places.append(names.index(browser.current.name)))
    for step in range(1, steps + 1):
        QTest.keyClick(browser.list, Qt.Key.Key_Down)
        QTest.qWait(40)  # in which one may be loaded while the next is asked for
        assert browser.current.name == names[first + step]
    until(lambda: window.bridge.now.path == browser.current.path)
    window.bridge.polled.disconnect(watching)
    assert places == sorted(places)
