"""Every slot of the window, its files gone, the disk full or the device gone: the window lives and says one line."""

import contextlib
import shutil

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from engine.devices import stream
from engine.devices.backend import NoDeviceError
from engine.preset import library
from gui import app as gui_app
from gui import preferences
from gui.browser.catalogue import Entry
from session import patch_file
from tests.gui.conftest import activate, end, until
from tests.gui.faults.full_disk import full_disk
from tests.gui.faults.slot_walk import SlotWalk, make_files
from tests.gui.faults.test_taken_names import save_as, type_name

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Folders of a user who has an instrument and a patch."""
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("LV2_PATH", str(tmp_path / "lv2"))  # no hundreds of plugins to be scanned
    monkeypatch.setattr("session.recorders.sound_recorder.user_music_path", lambda: tmp_path / "music")
    library.user_folder().mkdir(parents=True)
    shutil.copyfile(library.find("gong"), library.user_folder() / "mine.luthier")
    saved = patch_file.SavedPatch("0" * 64, library.find("gong"), {})
    patch_file.write(library.user_folder() / "lost.json", saved)
    return tmp_path


@pytest.fixture
def window(home, server, app, monkeypatch):
    """A window that plays a patch of the user's, its files listed."""
    monkeypatch.setattr("PyQt6.QtGui.QDesktopServices.openUrl", lambda url: False)  # there is no desktop
    controller = gui_app.open_window(app, preferences.load())
    until(lambda: controller.bridge.now is not None and controller.bridge.status.state == "playing")
    activate(controller)
    save_as(controller, "evening")
    until(lambda: any(entry.name == "evening" for entry in controller.entry_files.entries))
    until(lambda: controller.bridge.now.path.stem == "evening")
    yield controller
    end(controller)


def lose(controller, what, files, stack):
    """Take the files, the room on the disk or the device away."""
    if what == "files":
        for path in (*files, *library.user_folder().iterdir()):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    elif what == "disk":
        stack.enter_context(full_disk())
    else:

        def refuse(_):
            raise NoDeviceError("there is no device")

        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(stream, "_openers", lambda _: [refuse])
        controller.engine.submit(controller.engine.stream._close_device)
        until(lambda: controller.bridge.status.state == "waiting")


def own_entries(controller):
    """The user's instrument, patch and broken patch, an instrument opened from elsewhere, one of the factory's."""
    found = {entry.name: entry for entry in controller.entry_files.entries}
    elsewhere = Entry(library.user_folder().parent / "friend.luthier", "friend", False, digest="1", is_external=True)
    return [found["mine"], found["evening"], found["lost"], elsewhere, found["gong"]]


def told(controller):
    """What the window says from now on."""
    said = []
    for each in vars(controller).values():
        if hasattr(each, "notified"):
            each.notified.connect(lambda words, *_: said.append(words))
    controller.bridge.failed.connect(said.append)
    return said


@pytest.mark.parametrize(
    "lost",
    ["files", pytest.param("disk", marks=pytest.mark.verify), pytest.param("device", marks=pytest.mark.verify)],
)
def test_no_slot_ends_the_window(window, home, lost):
    files, said = make_files(home / "files"), told(window)
    walk = SlotWalk(window, own_entries(window), files)
    walk.settle()
    with contextlib.ExitStack() as stack:
        lose(window, lost, files, stack)
        walk.run()
        walk.settle()
    assert walk.unknown == set()
    assert len(walk.called) > 300
    assert window.window.isVisible()
    assert window.engine.is_alive()
    lines = [words for words in said if words != "walk"]
    assert lines
    for words in lines:
        assert words.isprintable(), words
        assert not any(raw in words for raw in ("Errno", "Error", "Traceback", "Exception", "went wrong")), words


def say_after(controller, action):
    """What the window says in answer to an action."""
    controller.window.notice.hide()
    action()
    until(lambda: controller.window.notice.text)
    return controller.window.notice.text


def test_what_needs_a_file_that_is_gone_says_so(window, home):
    files = make_files(home / "files")
    entries = {entry.name: entry for entry in own_entries(window)}
    lose(window, "files", files, contextlib.ExitStack())
    mine, browser = entries["mine"], window.window.browser
    assert "mine.luthier is not there any more" in say_after(window, lambda: window.entry_files.rename(mine, "other"))
    assert "mine.luthier is not there any more" in say_after(window, lambda: browser.duplicate_requested.emit(mine))
    assert "mine.luthier could not be moved" in say_after(window, lambda: browser.delete_requested.emit(mine))
    assert "mine.luthier cannot be read" in say_after(window, lambda: browser.entry_selected.emit(mine))
    assert "mine.luthier" in say_after(window, lambda: browser.layer_requested.emit(mine))
    assert "mine.luthier cannot be read" in say_after(window, lambda: browser.demo_requested.emit(mine))
    assert "evening.json is not there any more" in say_after(
        window, lambda: window.export.export(entries["evening"], home / "out.luthier", None)
    )
    for file in files:
        assert f"{file} is not there" in say_after(window, lambda file=file: window.opener.open([file]))
    assert not (home / "out.luthier").exists()


def test_what_needs_room_on_a_full_disk_says_so_and_leaves_nothing_half(window, home):
    files = make_files(home / "files")
    window.opener.open([files[0]])
    until(lambda: window.engine.transport.score is not None)
    window.parameters.set_value("decay", 0.5)
    entries = {entry.name: entry for entry in own_entries(window)}
    before = {path: path.is_file() and path.read_bytes() for path in home.rglob("*") if "state" not in str(path)}
    full = ("disk is full", "could not be saved")
    with full_disk():
        for action in (
            window.session_restore.save,
            lambda: save_as(window, "night"),
            lambda: window.entry_files.write_patch("evening", window.bridge.now, {}, True),
            lambda: window.window.browser.duplicate_requested.emit(entries["mine"]),
            lambda: window.window.browser.demo_requested.emit(entries["gong"]),
            lambda: window.export.export(entries["gong"], home / "out.luthier", None),
            window.window.score_bar.render_clicked.emit,
            window.recording.toggle,
        ):
            assert any(words in say_after(window, action) for words in full), window.window.notice.text
    after = {path: path.is_file() and path.read_bytes() for path in home.rglob("*") if "state" not in str(path)}
    assert {path: content for path, content in after.items() if content and before.get(path) != content} == {}
    assert {path for path, content in before.items() if content and path not in after} == set()
    save_as(window, "night")
    assert window.window.notice.text == "Saved as night"


def test_without_a_device_everything_but_the_sound_goes_on(window, home):
    with contextlib.ExitStack() as stack:
        lose(window, "device", [], stack)
        QTest.keyClick(window.window, Qt.Key.Key_S, CONTROL)
        type_name(window, "night")
        assert window.window.notice.text == "Saved as night"
        window.parameters.choose(library.find("gong"))
        until(lambda: window.bridge.now.path.stem == "gong")
    until(lambda: window.bridge.status.state == "playing")
    window.bridge.note_on(60, 0.8)
    until(lambda: window.bridge.status.voices)
    window.bridge.panic()
