"""An error that nothing handles ends neither window nor engine: one line, the trace in a file, the session kept."""

import threading

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from gui import preferences
from session import fault_log
from tests.gui.conftest import until
from tests.support.level_and_pitch import pitch


@pytest.fixture
def window(guitar, faults):
    """The window with the guitar in it; its faults are meant."""
    fault_log.path().unlink(missing_ok=True)
    guitar.window.notice.hide()
    yield guitar
    faults.clear()


def raise_fault(*_):
    """Fail as nobody expects."""
    raise KeyError("a fault\nof two lines")


def check_told(window, kind="KeyError"):
    """One line in the window, the trace in the file."""
    until(lambda: "Something went wrong" in window.window.notice.text)
    assert window.window.notice.text.isprintable()
    assert str(fault_log.path()) in window.window.notice.text
    assert f"{kind}: " in fault_log.path().read_text()
    assert "raise_fault" in fault_log.path().read_text()


def test_an_error_in_a_slot_is_one_line_and_keeps_the_session(window, ear, monkeypatch):
    window.parameters.set_value("decay", 2.5)
    monkeypatch.setattr(window.entry_files, "save", raise_fault)
    QTest.keyClick(window.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    check_told(window)
    assert preferences.load().values["decay"] == pytest.approx(2.5)
    window.bridge.note_on(57, 0.8)
    assert pitch(ear.listen(0.4, QTest.qWait)) == pytest.approx(220, rel=0.02)
    window.bridge.note_off(57)


def test_an_error_in_a_slot_that_is_called_sixty_times_a_second_fills_no_disk(window, monkeypatch):
    monkeypatch.setattr(window.bridge.engine, "status", None)  # the engine sets another one
    monkeypatch.setattr(window.bridge, "_drain_messages", raise_fault)
    check_told(window)
    size = fault_log.path().stat().st_size
    for _ in range(20):
        window.bridge._timer.timeout.emit()
    assert fault_log.path().stat().st_size < 3 * size


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_in_a_thread_is_one_line(window):
    thread = threading.Thread(target=raise_fault)
    thread.start()
    thread.join()
    check_told(window)


def test_an_error_in_a_task_of_the_engine_is_one_line_and_the_engine_goes_on(window, ear):
    window.engine.submit(raise_fault)
    until(lambda: "A fault in Luthier, KeyError" in window.window.notice.text)
    assert "raise_fault" in fault_log.path().read_text()
    window.bridge.note_on(57, 0.8)
    assert pitch(ear.listen(0.4, QTest.qWait)) == pytest.approx(220, rel=0.02)
    window.bridge.note_off(57)
    assert window.engine.is_alive()


def test_an_error_in_the_polling_of_the_device_does_not_end_the_engine(window, monkeypatch):
    monkeypatch.setattr(window.engine.stream, "poll", raise_fault)
    until(lambda: "A fault in Luthier, KeyError" in window.window.notice.text)
    monkeypatch.undo()
    answers = []
    window.engine.request(lambda: 1, answers.append)
    until(lambda: answers)
    assert window.engine.is_alive()


def test_an_error_while_the_session_is_kept_does_not_come_back_to_the_hook(window, monkeypatch):
    monkeypatch.setattr(window.error_hook, "_save", raise_fault)
    monkeypatch.setattr(window.entry_files, "save", raise_fault)
    window.window.top_bar.save.click()
    check_told(window)


def test_the_log_does_not_grow_without_end(window, monkeypatch):
    monkeypatch.setattr(fault_log, "MAX_BYTES", 100)
    for number in range(3):
        fault_log.write(ValueError(f"fault {number}"))
    assert "fault 2" in fault_log.path().read_text()
    assert "fault 1" in fault_log.path().with_suffix(".1.log").read_text()
    assert len(list(fault_log.path().parent.iterdir())) == 2
