"""Names that are none are refused in words; nothing is replaced unasked, and what is replaced goes to the bin."""

import numpy as np
import pytest
import soundfile
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QInputDialog, QLineEdit, QMessageBox

from engine.atomic_write import write_bytes
from engine.preset import library
from gui.processes.check_recordings import RecordingCheck
from gui.trash import ReplacedFile, Trash
from session import patch_file
from tests.gui.conftest import until
from tests.gui.test_browser import act, answer, entry

LEFT = Qt.MouseButton.LeftButton
PATHS = ["../moved", "Big Hall/2", "..", "a\\b"]


@pytest.fixture
def window(guitar):
    """The window with the guitar in it; the user's files are gone afterwards."""
    yield guitar
    for path in library.user_folder().glob("*"):
        if path.is_file():
            path.unlink()


def type_name(window, name):
    """Enter a name where it is asked for."""
    (asked,) = [each for each in window.window.findChildren(QInputDialog) if each.isVisible()]
    line = asked.findChild(QLineEdit)
    line.setText(name)
    QTest.keyClick(line, Qt.Key.Key_Return)


def press(window, words):
    """Press a button of the question that is open."""
    (asked,) = [each for each in window.window.findChildren(QMessageBox) if each.isVisible()]
    assert not asked.isModal()
    QTest.mouseClick(next(button for button in asked.buttons() if words in button.text()), LEFT)
    return asked.text()


def save_as(window, name):
    """Press Ctrl+S and enter a name."""
    QTest.keyClick(window.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    type_name(window, name)


def trashed(home, name):
    """The files of this name in the bin, the oldest first."""
    found = [path for path in home.rglob("Trash/files/*") if path.name.startswith(name)]
    return sorted(found, key=lambda path: path.stat().st_mtime_ns)


def own_files():
    """The names of the user's files."""
    return sorted(path.name for path in library.user_folder().iterdir() if path.is_file())


@pytest.mark.parametrize("name", PATHS)
def test_a_path_is_no_name_of_a_file(window, name):
    act(window, "gong", "Duplicate")
    act(window, "gong 2", "Rename")
    type_name(window, name)
    assert window.window.notice.text.startswith(f"⚠ {name}: a name may not ")
    save_as(window, name)
    assert window.window.notice.text.startswith(f"⚠ {name}: a name may not ")
    assert own_files() == ["gong 2.luthier"]
    assert list(library.user_folder().parent.iterdir()) == [library.user_folder()]


def test_a_name_with_the_ending_of_its_file_stays_in_the_folder(window, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    act(window, "gong", "Duplicate")
    window.entry_files.rename(entry(window, "gong 2"), "tam-tam.luthier")
    assert own_files() == ["tam-tam.luthier"]
    save_as(window, "evening.json")
    assert own_files() == ["evening.json", "tam-tam.luthier"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a\nb.luthier", ".hidden.luthier", "x" * 250 + ".luthier"])
def test_an_instrument_is_not_exported_under_what_is_no_name(window, tmp_path, name):
    act(window, "gong", "Export")
    answer(window, tmp_path / name)
    assert "a name may not" in window.window.notice.text or "too long" in window.window.notice.text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("loss", ["to the bin", "renamed", "deleted"])
def test_what_plays_can_be_saved_after_its_file_has_gone(window, loss, tmp_path):
    window.parameters.set_value("decay", 2.0)
    save_as(window, "evening")
    mine = library.user_folder() / "evening.json"
    until(lambda: window.bridge.now.path == mine)
    if loss == "to the bin":
        act(window, "evening", "Move to the bin")
    elif loss == "renamed":
        mine.rename(tmp_path / "elsewhere.json")
    else:
        mine.unlink()
    QTest.keyClick(window.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    type_name(window, "night")
    assert window.window.notice.text == "Saved as night"
    saved = patch_file.read(library.user_folder() / "night.json")
    assert saved.values["decay"] == pytest.approx(2)
    assert saved.path == library.find("guitar")


def test_a_patch_of_ones_own_is_replaced_after_a_question_and_comes_back_by_undo(window, home):
    mine = library.user_folder() / "evening.json"
    window.parameters.set_value("decay", 2.0)
    save_as(window, "evening")
    until(lambda: window.bridge.now.path == mine)
    first = mine.read_text()
    window.parameters.set_value("decay", 3.0)
    save_as(window, "evening")
    assert mine.read_text() == first
    assert "There is a patch called evening already" in press(window, "Replace")
    second = mine.read_text()
    assert patch_file.read(mine).values["decay"] == pytest.approx(3)
    assert trashed(home, "evening")[-1].read_text() == first
    window.parameters.undo_stack.undo()
    assert mine.read_text() == first
    window.parameters.undo_stack.redo()
    assert mine.read_text() == second
    window.parameters.undo_stack.undo()
    assert mine.read_text() == first


def test_a_patch_is_kept_beside_the_one_of_its_name(window):
    save_as(window, "evening")
    save_as(window, "evening")
    press(window, "Keep both")
    assert own_files() == ["evening 2.json", "evening.json"]
    save_as(window, " evening.json ")
    press(window, "Cancel")
    assert own_files() == ["evening 2.json", "evening.json"]


def test_an_instruments_name_is_not_taken_for_a_patch(window):
    save_as(window, "gong")
    assert "There is an instrument called gong already" in window.window.notice.text
    assert own_files() == []


@pytest.fixture
def learning(window, tmp_path, monkeypatch):
    """The dialog with a recording to learn `bell` from; the tasks that were started are kept, and not run."""
    tasks = []
    monkeypatch.setattr(window.learn.process, "start", tasks.append)
    recording = tmp_path / "bell.wav"
    soundfile.write(recording, np.zeros(1600), 16_000)
    dialog = window.learn.dialog
    dialog.set_recordings([recording])
    dialog.set_check(RecordingCheck(1, 2.0, 1))
    window.learn.show()
    yield dialog, tasks
    dialog.set_busy(False)
    dialog.set_recordings([])
    dialog.accept()


@pytest.mark.parametrize("name", [*PATHS, ".bell", "bell.wav"])
def test_nothing_is_learned_under_what_is_no_name(learning, name):
    dialog, _ = learning
    dialog.form.name.setText(name)
    assert not dialog.learn.isEnabled()
    assert dialog.progress.label.text().startswith(f"{name}: a name may not ")
    dialog.form.name.setText("bell")
    assert dialog.learn.isEnabled()


def test_learning_asks_before_an_instrument_and_its_run_are_replaced(window, learning, home):
    dialog, tasks = learning
    mine, run = library.user_folder() / "bell.luthier", library.user_folder() / "bell.learning"
    library.user_folder().mkdir(exist_ok=True)
    mine.write_text("the old one")
    run.mkdir()
    (run / "checkpoint.pt").touch()
    QTest.mouseClick(dialog.learn, LEFT)
    assert tasks == []
    assert "There is an instrument called bell already" in press(window, "Cancel")
    assert (tasks, mine.read_text(), run.is_dir()) == ([], "the old one", True)
    QTest.mouseClick(dialog.learn, LEFT)
    press(window, "Keep both")
    assert [task.name for task in tasks] == ["bell 2"]
    dialog.set_busy(False)
    QTest.mouseClick(dialog.learn, LEFT)
    press(window, "Replace")
    assert [task.name for task in tasks] == ["bell 2", "bell"]
    assert tasks[1].arguments[:2] == ["learn", "resonance"]
    assert {"--output=bell", "--replace"} <= set(tasks[1].arguments)
    assert mine.read_text() == "the old one"  # until there is another one
    assert trashed(home, "bell.learning")
    write_bytes(mine, library.find("gong").read_bytes())
    window.learn.process.learned.emit(str(mine), "done", {})
    assert trashed(home, "bell.luthier")[-1].read_text() == "the old one"
    until(lambda: window.bridge.now.path == mine)
    assert own_files() == ["bell.luthier"]


def test_a_run_that_fails_leaves_the_instrument_that_it_was_to_replace(window, learning, home):
    dialog, _ = learning
    mine = library.user_folder() / "bell.luthier"
    library.user_folder().mkdir(exist_ok=True)
    mine.write_text("the old one")
    before = trashed(home, "bell")
    QTest.mouseClick(dialog.learn, LEFT)
    press(window, "Replace")
    window.learn.process.failed.emit("the disk is full", False)
    assert mine.read_text() == "the old one"
    assert trashed(home, "bell") == before
    assert list(library.user_folder().rglob("bell*")) == [mine]


def test_a_replaced_file_is_kept_where_links_are_impossible_and_over_an_end_of_the_program(
    tmp_path, home, monkeypatch
):
    def refuse(*_):
        raise OSError("no links here")

    monkeypatch.setattr("gui.trash.os.link", refuse)
    mine = tmp_path / "bell.luthier"
    mine.write_text("the old one")
    ReplacedFile(mine, Trash()).keep()
    mine.write_text("the new one")
    trash = Trash()
    assert ReplacedFile(mine, trash).finish()
    assert mine.read_text() == "the new one"
    mine.unlink()
    assert trash.restore(mine)
    assert mine.read_text() == "the old one"
