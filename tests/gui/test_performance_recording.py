"""Recording of performances, as sound and as notes."""

import mido
import numpy as np
import pytest
import soundfile
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QInputDialog, QWidget

from gui.controllers.recording.recording_files import RecordingFiles
from tests.gui.conftest import listen_from_onset, quiet, until
from tests.support.level_and_pitch import pitch

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(guitar, tmp_path, monkeypatch):
    """The window with the guitar in it, and a folder for music."""
    monkeypatch.setattr("session.recorders.sound_recorder.user_music_path", lambda: tmp_path)
    monkeypatch.setattr("session.score_player.LOOKAHEAD_SECONDS", 4.0)  # a busy machine runs its thread late
    return guitar


def test_a_performance_is_recorded_as_sound_and_as_notes(window, tmp_path, ear):
    QTest.keyClick(window.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    until(lambda: window.recording.recording)
    assert window.window.top_bar.record.text().startswith("■ 0:0")
    window.bridge.note_on(57, 0.8)
    ear.listen(0.4, QTest.qWait)
    window.bridge.note_off(57)
    ear.listen(0.2, QTest.qWait)
    QTest.mouseClick(window.window.top_bar.record, LEFT)
    until(lambda: "Recorded" in window.window.notice.text)
    sound, rate = soundfile.read(next((tmp_path / "Luthier").glob("Guitar – *.wav")), dtype="float32")
    assert soundfile.info(next((tmp_path / "Luthier").glob("*.wav"))).subtype == "PCM_24"
    begin = int(np.abs(sound).max(axis=1).argmax())
    assert pitch(sound[begin : begin + round(0.3 * rate)].T) == pytest.approx(220, rel=0.01)
    track = mido.MidiFile(next((tmp_path / "Luthier").glob("*.mid"))).tracks[0]
    notes = [(message.type, message.note) for message in track if not message.is_meta]
    assert notes == [("note_on", 57), ("note_off", 57)]
    length = mido.MidiFile(next((tmp_path / "Luthier").glob("*.mid"))).length
    assert 0.4 < length < len(sound) / rate


def test_pedal_and_wheel_are_recorded_and_released_at_the_end(window, tmp_path, ear):
    QTest.keyClick(window.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    until(lambda: window.recording.recording)
    window.bridge.set_channel(1)
    for message in ((0xB0, 64, 127), (0x90, 60, 100), (0x80, 60, 0), (0xE0, 0, 80), (0xB0, 1, 70), (0x90, 64, 90)):
        ear.send(*message)
        ear.listen(0.05, QTest.qWait)
    ear.send(0x99, 38, 100)  # another channel, which is not heard
    ear.listen(0.3, QTest.qWait)
    QTest.keyClick(window.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    until(lambda: list((tmp_path / "Luthier").glob("*.mid")))
    file = mido.MidiFile(next((tmp_path / "Luthier").glob("*.mid")))
    assert [message.bytes() for message in file.tracks[0] if not message.is_meta] == [
        [0xB0, 64, 127], [0x90, 60, 100], [0x80, 60, 0], [0xE0, 0, 80], [0xB0, 1, 70], [0x90, 64, 90], [0x80, 64, 64],
    ]  # fmt: skip
    assert file.tracks[0][-2].time > 0.25 * 960
    ear.send(0xB0, 64, 0)
    ear.send(0xE0, 0, 64)
    ear.send(0xB0, 1, 0)
    ear.send(0x80, 64, 0)
    window.bridge.set_channel(0)


def test_a_full_disk_ends_the_recording_and_not_the_sound(window, ear):
    def full(_):
        raise OSError("no space left")

    QTest.keyClick(window.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    until(lambda: window.recording.recording)
    window.engine.transport._performance._write = full
    until(lambda: "could not be written on: no space left" in window.window.notice.text)
    window.bridge.note_on(57, 0.8)
    assert pitch(ear.listen(0.4, QTest.qWait)) == pytest.approx(220, rel=0.02)
    window.bridge.note_off(57)
    until(lambda: not window.recording.recording and window.recording._finishing is None)
    assert "no space left" in window.window.notice.text


def test_a_finished_recording_is_played_renamed_and_shown(window, tmp_path, ear, monkeypatch):
    opened, notice = [], window.window.notice
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(opened.append(url.toLocalFile())) or True)
    QTest.keyClick(window.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    until(lambda: window.recording.recording)
    window.bridge.note_on(57, 0.8)
    ear.listen(0.4, QTest.qWait)
    window.bridge.note_off(57)
    QTest.keyClick(window.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    until(lambda: "Recorded" in notice.text)
    quiet(window)
    assert [button.text() for button in notice.buttons] == ["▶ Play", "Rename…", "Show in folder"]
    QTest.mouseClick(notice.buttons[2], LEFT)
    assert opened == [str(tmp_path / "Luthier")]
    began = ear.recorded
    QTest.mouseClick(notice.buttons[0], LEFT)
    assert pitch(listen_from_onset(ear, began, 0.4)) == pytest.approx(220, rel=0.02)
    QTest.mouseClick(notice.buttons[1], LEFT)
    asked = next(each for each in window.window.findChildren(QInputDialog) if each.isVisible())
    asked.setTextValue("first take")
    asked.accept()
    files = sorted(path.name for path in (tmp_path / "Luthier").iterdir())
    assert files == ["first take.mid", "first take.wav"]
    assert "Renamed" in notice.text


@pytest.mark.parametrize("name", ["../up", "a/b", ".hidden", "two\nlines", "taken"])
def test_a_recording_keeps_its_name_where_the_new_one_is_invalid_or_taken(app, tmp_path, name):
    for each in ("old.wav", "old.mid", "taken.mid"):
        (tmp_path / each).write_text(each)
    files, told = RecordingFiles(QWidget()), []
    files.notified.connect(lambda text, error: told.append(error))
    files.rename([tmp_path / "old.wav", tmp_path / "old.mid"], name)
    assert told == [True]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old.mid", "old.wav", "taken.mid"]
