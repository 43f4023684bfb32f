"""Finding instruments and keeping house among them."""

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
from gui.browser.catalogue import Wish
from session import patch_file
from session.patch_file import Saved
from tests.gui.conftest import play, until
from tests.gui.jack_probe import level

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(guitar):
    """The window with the guitar in it."""
    return guitar


def entry(window, name):
    """What is known of a preset, once it is."""
    until(lambda: any(each.name == name for each in window.house.entries))
    return next(each for each in window.house.entries if each.name == name)


def act(window, name, words):
    """Choose something from the menu of a preset."""
    menu = window.window.browser.menu(entry(window, name))
    action = next(action for action in menu.actions() if action.text().startswith(words))
    assert action.isEnabled()
    action.trigger()


def answer(window, path):
    """Say where a file goes, as one types it."""
    asked = next(each for each in window.window.findChildren(QFileDialog) if each.isVisible())
    line = asked.findChild(QLineEdit)
    line.setText(str(path))
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_every_instrument_is_listed_and_found_by_words_kind_and_tag():
    entries = [entry for entry in catalogue.scan() if not entry.elsewhere]
    names = [each.name for each in entries]
    assert names == sorted(library.everything())
    assert [each.name for each in catalogue.chosen(entries, Wish("strings classical"), ())] == ["guitar"]
    assert "gong" in [each.name for each in catalogue.chosen(entries, Wish(tag="metal"), ())]
    assert catalogue.chosen(entries, Wish(kind="nothing"), ()) == []
    loved = entries[0].digest
    assert [each.name for each in catalogue.chosen(entries, Wish(favourites=True), (loved,))] == [names[0]]


def test_the_next_and_the_previous_instrument_come_by_keys_without_a_click_while_a_chord_rings(window, ear):
    for key in (52, 59, 64):
        ear.send(0x90, key, 90)
    ear.listen(0.2, QTest.qWait)
    steady = abs(ear.listen(0.2, QTest.qWait))
    steps = abs(steady[:, 1:] - steady[:, :-1]).max()
    names = [each.name for each in window.window.browser.shown]
    before = names.index("guitar")
    QTest.keyClick(window.window, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    heard = ear.listen(0.5, QTest.qWait)
    until(lambda: window.player.now.path.stem == names[before + 1])
    assert abs(heard[:, 1:] - heard[:, :-1]).max() < 2 * steps
    assert level(ear.listen(0.1, QTest.qWait)) < -70
    QTest.keyClick(window.window, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    until(lambda: window.player.now.path.stem == "guitar")
    for key in (52, 59, 64):
        ear.send(0x80, key, 0)


def test_a_click_in_the_list_loads_and_shows_what_it_is(window):
    rows = window.window.browser._list
    place = [each.name for each in window.window.browser.shown].index("gong")
    index = window.window.browser._model.index(place)
    rows.scrollTo(index)
    QTest.mouseClick(rows.viewport(), LEFT, pos=rows.visualRect(index).center())
    until(lambda: window.player.now.path.stem == "gong")
    assert "Thai gong" in window.window.browser.details._facts.text()
    assert window.window.header.accessibleName() == "Gong"
    QTest.keyClick(window.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    until(lambda: window.player.now.path.stem == "guitar")


def test_turns_taken_back_across_instruments_come_back_in_order(window):
    window.tuning.turn("decay", 3.0)
    window.tuning.choose(library.find("gong"))
    until(lambda: window.player.now.path.stem == "gong")
    window.tuning.turn("decay", 0.5)
    for _ in range(3):
        window.tuning.history.undo()
    until(lambda: window.player.now.path.stem == "guitar" and window.tuning.value("decay") == 1)
    for _ in range(3):
        window.tuning.history.redo()
    until(lambda: window.player.now.path.stem == "gong" and window.tuning.value("decay") == 0.5)


def test_favourites_are_starred_by_a_key_and_can_be_shown_alone(window):
    browser = window.window.browser
    QTest.keyClick(window.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    QTest.mouseClick(browser.filters.only, LEFT)
    assert [each.name for each in browser.shown] == ["guitar"]
    assert "favourite" in browser._model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    QTest.mouseClick(browser.filters.only, LEFT)
    QTest.keyClick(window.window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert window.house.favourites == set()


def test_a_copy_is_mine_to_rename_and_to_throw_away(window, home, monkeypatch):
    act(window, "gong", "Duplicate")
    mine = entry(window, "gong 2")
    assert not mine.factory
    window.house.rename(mine, "tam-tam")
    assert entry(window, "tam-tam").digest == mine.digest
    assert not (library.user_folder() / "gong 2.luthier").exists()
    window.house.rename(entry(window, "tam-tam"), "guitar")
    assert "already" in window.window.notice.text
    act(window, "tam-tam", "Move to the bin")
    until(lambda: all(each.name != "tam-tam" for each in window.house.entries))
    assert list(home.rglob("Trash/files/tam-tam.luthier"))


def test_what_came_with_the_program_can_neither_be_renamed_nor_thrown_away(window):
    actions = {
        action.text(): action.isEnabled() for action in window.window.browser.menu(entry(window, "gong")).actions()
    }
    assert not actions["Rename…"]
    assert not actions["Move to the bin"]


def test_the_folder_of_an_instrument_is_shown(window, monkeypatch):
    shown = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(shown.append(url.toLocalFile())) or True)
    act(window, "gong", "Show in folder")
    assert shown == [str(library.factory_folder())]


def drop(window, *paths):
    """Let files fall on the window."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(QPoint(400, 300)), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier
    )
    window.window.dropEvent(event)


def test_an_instrument_that_is_dropped_plays_and_a_damaged_one_is_refused_in_words(window, tmp_path):
    good, bad = tmp_path / "bell.luthier", tmp_path / "broken.luthier"
    shutil.copyfile(library.find("vibraphone"), good)
    bad.write_bytes(good.read_bytes()[:5000])
    drop(window, bad)
    until(lambda: "broken.luthier" in window.window.notice.text)
    assert window.player.now.path.stem == "guitar"
    assert "⚠" in window.window.notice.text
    drop(window, good)
    until(lambda: window.player.now.path == good)
    (tmp_path / "notes.txt").write_text("la")
    drop(window, tmp_path / "notes.txt")
    assert "notes.txt" in window.window.notice.text


def test_a_setting_is_saved_without_the_instrument_and_finds_it_by_its_content(window, tmp_path):
    far = tmp_path / "bell.luthier"
    shutil.copyfile(library.find("vibraphone"), far)
    window.tuning.choose(far)
    until(lambda: window.player.now.path == far)
    window.tuning.turn("decay", 0.4)
    window.house.keep("dry bell", window.player.now, window.tuning.setting.values)
    mine = entry(window, "dry bell")
    until(lambda: window.player.now.path == mine.path)
    assert window.window.header.accessibleName() == "Dry bell"
    assert mine.size < 2000
    assert (mine.kind, mine.factory) == ("resonance", False)
    window.house.keep("dry bell", window.player.now, {})
    assert "already" in window.window.notice.text
    window.tuning.choose(library.find("gong"))
    until(lambda: window.player.now.path.stem == "gong")
    far.unlink()  # the factory's has the same content
    window.tuning.choose(mine.path)
    until(lambda: window.player.now.path == mine.path)
    assert window.tuning.value("decay") == pytest.approx(0.4)
    act(window, "dry bell", "Move to the bin")
    until(lambda: all(each.name != "dry bell" for each in window.house.entries))


def test_a_setting_waits_for_the_instrument_that_it_needs_and_plays_once_it_is_there(window, tmp_path):
    bell = tmp_path / "bell.luthier"
    preset = read(library.find("vibraphone"))
    digest = write(bell, replace(preset, header={**preset.header, "description": "another one"}))
    patch_file.write(tmp_path / "dry.json", Saved(digest, tmp_path / "gone.luthier", {"decay": 0.3}))
    hidden = bell.rename(tmp_path / "hidden.dat")
    window.doors.open([tmp_path / "dry.json"])
    until(lambda: "dry needs the instrument gone" in window.window.notice.text)
    (tmp_path / "elsewhere").mkdir()
    found = hidden.rename(tmp_path / "elsewhere" / "bell.luthier")
    drop(window, found)
    until(lambda: window.player.now.path == tmp_path / "dry.json")
    assert window.tuning.value("decay") == pytest.approx(0.3)
    window.tuning.choose(library.find("gong"))
    until(lambda: window.player.now.path.stem == "gong")
    window.doors.open([tmp_path / "dry.json"])  # it is remembered
    until(lambda: window.player.now.path == tmp_path / "dry.json")


def test_a_setting_whose_instrument_is_gone_names_it(window, tmp_path):
    patch_file.write(tmp_path / "lost.json", Saved("0" * 64, tmp_path / "harp.luthier", {}))
    (tmp_path / "other.json").write_text('{"tempo": 3}')
    window.doors.open([tmp_path / "lost.json"])
    until(lambda: "lost needs the instrument harp" in window.window.notice.text)
    window.doors.open([tmp_path / "other.json"])
    until(lambda: "other.json is no setting" in window.window.notice.text)
    assert window.player.now.path.stem == "guitar"


def test_an_instrument_is_exported_whole_with_its_knobs_and_for_other_programs(window, tmp_path):
    gong = entry(window, "gong")
    window.tuning.turn("decay", 0.25)
    chosen = tmp_path / "mine.luthier"
    act(window, "guitar", "Export")
    answer(window, chosen)
    until(lambda: "Written" in window.window.notice.text)
    exported = read(chosen)
    assert exported.header["params"]["decay"] == pytest.approx(0.25)
    assert exported.tensors["frequency"].shape == window.player.now.tensors["frequency"].shape
    window.tuning.choose(chosen)
    until(lambda: window.player.now.path == chosen)
    assert window.tuning.value("decay") == pytest.approx(0.25)
    window.exporting.export(gong, tmp_path / "gong.safetensors", None)
    until(lambda: "gong.safetensors" in window.window.notice.text, 60)
    assert (tmp_path / "gong.safetensors").exists()
    window.exporting.export(gong, tmp_path / "gong.txt", None)
    assert "the ending must be one of" in window.window.notice.text
    window.exporting.export(gong, tmp_path / "gong.wav", None)  # it has no room
    until(lambda: "room" in window.window.notice.text, 60)


def test_an_instrument_opened_from_elsewhere_is_listed_and_can_be_kept(window, tmp_path):
    friends = tmp_path / "friend's.luthier"
    preset = read(library.find("gong"))
    write(friends, Preset({**preset.header, "description": "Of a friend"}, preset.tensors))
    drop(window, friends)
    until(lambda: window.player.now.path == friends)
    listed = entry(window, "friend's")
    assert (listed.elsewhere, listed.description) == (True, "Of a friend.")
    until(lambda: window.window.browser._current == listed)
    offers = {action.text(): action for action in window.window.browser.menu(listed).actions()}
    assert not offers["Rename…"].isEnabled()
    assert not offers["Move to the bin"].isEnabled()
    offers["Keep among my own"].trigger()
    until(lambda: not entry(window, "friend's").elsewhere)
    assert library.find("friend's") == library.user_folder() / "friend's.luthier"
    window.tuning.history.undo()
    play(window, "guitar")


def test_a_folder_of_recordings_is_learned_from(window, tmp_path):
    for name in ("a.wav", "b.wav"):
        soundfile.write(tmp_path / name, np.zeros(1000), 16_000)
    drop(window, tmp_path)
    dialogue = window.workshop.dialogue
    assert [path.name for path in dialogue._recordings] == ["a.wav", "b.wav"]
    assert dialogue.plan.name.text() == tmp_path.name
    dialogue.set_recordings([])
    dialogue.accept()
