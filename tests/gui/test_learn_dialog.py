"""Learning through the window, by mouse and keys, while playing continues."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from engine.preset import library
from gui import preferences
from gui.controllers.learn import LearnController
from gui.preferences import Preferences
from gui.processes import process_lifetime
from gui.processes.check_recordings import check_recordings
from tests.gui.conftest import processes, until
from tests.support.level_and_pitch import level, pitch
from tests.support.wait_limit import MAX_WAIT_SECONDS

LEFT = Qt.MouseButton.LeftButton
RATE = 16_000  # Hz: little to learn
LEARNING = 1000.0  # seconds, after which learning is taken for hung


@pytest.fixture
def window(guitar, monkeypatch):
    """The window with the guitar in it; what it learns waits for no other work on this machine."""
    monkeypatch.setattr("gui.processes.learn.NICENESS", "0")
    return guitar


@pytest.fixture
def chime(tmp_path):
    """A stroke of 220 Hz."""
    time = np.arange(RATE) / RATE
    partials = [np.exp(-(2 + n) * time) * np.sin(2 * np.pi * 220 * n * time) / n for n in range(1, 6)]
    strike = np.concatenate([np.zeros(RATE // 10), 0.4 * np.sum(partials, axis=0)])
    soundfile.write(tmp_path / "chime.wav", strike, RATE)
    return tmp_path / "chime.wav"


@pytest.mark.verify
def test_a_dropped_recording_becomes_an_instrument_in_tune_while_playing_continues(window, ear, data):
    window.opener.open([data / "guitar" / "guitar_A3_very-long_forte_normal.mp3"])
    dialog = window.learn.dialog
    assert dialog.form.name.text() == "guitar_A3_very-long_forte_normal"
    dialog.form.name.selectAll()
    QTest.keyClicks(dialog.form.name, "my string")
    assert not dialog.learn.isEnabled()
    until(dialog.learn.isEnabled)
    assert "one stroke: good to learn from" in dialog.check_label.text()
    assert "about half a minute" in dialog.progress.label.text()
    QTest.mouseClick(dialog.learn, LEFT)
    assert window.learn.process.busy
    assert not dialog.learn.isEnabled()
    window.bridge.note_on(52, 0.9)
    assert level(ear.listen(0.3, QTest.qWait)) > -60
    window.bridge.note_off(52)
    dialog.accept()
    assert "Learning my string" in window.window.browser.learn.text()
    until(lambda: not window.learn.process.busy, LEARNING)
    until(lambda: window.bridge.now.path.stem == "my string")
    assert "Learned my string" in window.window.notice.text
    assert dialog.likeness.label.text() in ("Hard to tell from the recording", "Very like the recording")
    assert [path.exists() for path in dialog.likeness.pair] == [True, True]
    assert "Learning" not in window.window.browser.learn.text()
    until(lambda: any(entry.name == "my string" for entry in window.entry_files.entries))
    assert not library.is_factory(window.bridge.now.path)
    window.bridge.note_on(57, 0.9)
    assert pitch(ear.listen(0.5, QTest.qWait)[:, 4800:]) == pytest.approx(220, rel=0.01)
    window.bridge.note_off(57)


@pytest.mark.verify
def test_learning_a_piece_is_stopped_early_kept_and_resumable(window, chime):
    window.opener.open([chime])
    dialog = window.learn.dialog
    until(lambda: dialog.check_label.text().startswith("1.1 s"))
    dialog.form.name.setText("bells")
    dialog.form.mode.setFocus()
    QTest.keyClick(dialog.form.mode, Qt.Key.Key_End)
    assert dialog.form.mode.currentData() == "piece"
    assert "This takes 10 min" in dialog.progress.label.text()
    assert not dialog.resume.isVisible()
    QTest.mouseClick(dialog.learn, LEFT)
    assert preferences.load().learning["name"] == "bells"
    until(dialog.progress.curve.isVisible, LEARNING)
    assert "loss" in dialog.progress.label.text()
    QTest.mouseClick(dialog.stop, LEFT)
    until(lambda: not window.learn.process.busy, LEARNING)
    assert "Learned bells: stopped early" in window.window.notice.text
    assert dialog.resume.isVisible()
    assert preferences.load().learning == {}
    until(lambda: window.bridge.now.path.stem == "bells")
    dialog.accept()


def test_a_mapping_is_opened_to_learn_its_recordings_as_notes(window, tmp_path):
    for name in ("C4", "E4"):
        soundfile.write(tmp_path / f"{name}.wav", np.sin(np.arange(RATE) / 9) * np.hanning(RATE), RATE)
    (tmp_path / "piano.sfz").write_text("<region> sample=C4.wav key=60 <region> sample=E4.wav key=64")
    dialog = window.learn.dialog
    dialog.form.mode.setCurrentIndex(dialog.form.mode.findData("piece"))  # as the last run left it
    window.opener.open([tmp_path / "piano.sfz"])
    until(lambda: dialog.check_label.text().startswith("2 recordings"))
    assert (dialog.form.name.text(), dialog.form.learns_notes) == ("piano", True)
    assert (dialog.form.mode.isEnabled(), dialog.form.task(False).taken) == (False, None)
    assert dialog.learn.isEnabled()
    assert not dialog.play_recording.isEnabled()
    dialog.accept()


def test_a_silent_recording_is_refused_with_a_message_before_learning(window, tmp_path):
    soundfile.write(tmp_path / "silence.wav", np.zeros(RATE), RATE)
    window.opener.open([tmp_path / "silence.wav"])
    dialog = window.learn.dialog
    until(lambda: dialog.check_label.text() == "⚠ The recording is silent.")
    assert not dialog.learn.isEnabled()
    dialog.accept()


def test_the_microphone_is_recorded_for_learning_while_a_note_sounds(window, ear, tmp_path, monkeypatch):
    monkeypatch.setattr("session.recorders.sound_recorder.user_music_path", lambda: tmp_path)
    window.learn.show()
    dialog = window.learn.dialog
    window.bridge.note_on(45, 0.9)
    QTest.mouseClick(dialog.record, LEFT)
    until(lambda: "■" in dialog.record.text())
    microphone = f"{window.bridge.status.name}:in_1"
    until(lambda: ear.has_port(microphone))
    time = np.arange(48_000) / 48_000
    ear.sing(window.bridge.status.name, np.float32(0.3 * np.exp(-3 * time) * np.sin(2 * np.pi * 330 * time)))
    heard = ear.listen(1.2, QTest.qWait)
    assert pitch(heard[:, 4800:]) == pytest.approx(110, rel=0.01)  # the note, and nothing of the microphone
    until(lambda: dialog.bench.meter.highest > -20)
    assert dialog.bench.meter.text.startswith("good")
    QTest.mouseClick(dialog.record, LEFT)
    until(lambda: "s, " in dialog.check_label.text())
    file = next((tmp_path / "Luthier").glob("Recording – *.wav"))
    sound, _ = soundfile.read(file, dtype="float32")
    begin = int(np.abs(sound).max(axis=1).argmax())
    assert pitch(sound[begin : begin + 14_400].T) == pytest.approx(330, rel=0.01)
    assert dialog.recordings == [file]
    assert dialog.bench.meter.isHidden()
    until(dialog.bench.waveform.isVisible)
    dialog.bench.waveform.set_part(0.2, dialog.bench.waveform.seconds)
    QTest.mouseClick(dialog.bench.trim, LEFT)
    until(lambda: [path.stem for path in dialog.recordings] == [f"{file.stem} – part"])
    assert "Written" in window.window.notice.text
    until(lambda: "s, " in dialog.check_label.text())
    assert file.is_file()
    assert [plugin.name for plugin in window.engine.host.chain] == ["resonance"]
    window.bridge.note_off(45)
    dialog.set_recordings([])
    dialog.accept()


def test_faults_are_reported_for_each_recording(tmp_path):
    rng = np.random.default_rng(1)
    soundfile.write(tmp_path / "hiss.wav", rng.normal(0, 0.05, RATE), RATE)
    (tmp_path / "text.wav").write_text("no sound")
    check = check_recordings([tmp_path / "hiss.wav", tmp_path / "text.wav"])
    assert check.faults[0].startswith("left out: not a sound file")
    assert check.faults[1].startswith("hiss.wav: The recording is noisy")
    assert (check.count, check.usable) == (1, True)
    assert not check_recordings([tmp_path / "text.wav"]).usable


def test_a_mapping_stands_for_its_recordings(tmp_path):
    for name in ("C4", "E4"):
        soundfile.write(tmp_path / f"{name}.wav", np.sin(np.arange(RATE) / 9) * np.hanning(RATE), RATE)
    (tmp_path / "piano.sfz").write_text("<region> sample=C4.wav key=60 <region> sample=E4.wav key=64")
    check = check_recordings([tmp_path / "piano.sfz"])
    assert (check.count, check.usable, check.can_learn) == (2, True, True)
    (tmp_path / "empty.sfz").touch()
    check = check_recordings([tmp_path / "empty.sfz"])
    assert "empty.sfz maps no recording to a key" in check.faults[0]
    assert not check.usable


def test_the_opposite_sides_of_a_recording_are_named(tmp_path):
    tone = 0.5 * np.sin(np.arange(RATE) / 9) * np.hanning(RATE)
    soundfile.write(tmp_path / "wide.wav", np.stack([tone, -tone], axis=1), RATE)
    check = check_recordings([tmp_path / "wide.wav"])
    assert "wide.wav: its sides are in opposite phase" in check.faults[0]
    assert check.usable


@pytest.mark.verify
def test_learning_ends_with_the_window_and_resumes_at_the_next_start(app, home, chime, monkeypatch):
    remembered = Preferences()
    first = LearnController(app.activeWindow(), remembered)
    first.open([chime])
    until(first.dialog.learn.isEnabled)
    QTest.mouseClick(first.dialog.learn, LEFT)
    number = first.process._process.processId()
    until(lambda: len(processes(number)) > 2, LEARNING)  # it has processes of its own
    first.close()
    process_lifetime.wait_all(MAX_WAIT_SECONDS)
    until(lambda: not processes(number))
    library.destination("chime").with_suffix(".learning").mkdir(exist_ok=True)
    second, told = LearnController(app.activeWindow(), preferences.load()), []
    second.notified.connect(lambda words, _: told.append(words))
    second.offer_resume()
    assert "Learning chime was not finished" in told[0]
    until(second.dialog.resume.isEnabled)
    started = []
    monkeypatch.setattr(second.process, "start", started.append)
    second.dialog.show()
    QTest.mouseClick(second.dialog.resume, LEFT)
    assert started[0].arguments == [
        "learn", "resonance", str(chime), "--output=chime", "--json", "--replace", "--resume",
    ]  # fmt: skip
    for each in (first, second):
        each.close()
        each.dialog.deleteLater()
    Path(library.destination("chime").with_suffix(".learning")).rmdir()


def test_every_kind_can_be_selected_with_its_own_duration(window, chime):
    window.opener.open([chime])
    dialog, began = window.learn.dialog, []
    until(dialog.learn.isEnabled)
    dialog.start_requested.disconnect()
    dialog.start_requested.connect(began.append)
    dialog.form.kind.setFocus()
    QTest.keyClick(dialog.form.kind, Qt.Key.Key_Home)
    for _ in range(dialog.form.kind.count()):
        QTest.mouseClick(dialog.learn, LEFT)
        QTest.keyClick(dialog.form.kind, Qt.Key.Key_Down)
    dialog.start_requested.connect(window.learn._start)
    assert {task.kind for task in began} == {"resonance", "ssm", "ddsp", "events"}
    assert [task.arguments[-2:] for task in began if task.kind != "resonance"] == [
        ["--minutes", "20"], ["--minutes", "60"], ["--minutes", "60"],
    ]  # fmt: skip
    dialog.set_recordings([])
    dialog.form.kind.setCurrentIndex(0)
    dialog.accept()
