"""An instrument made through the window, by mouse and keys alone, while the music goes on."""

import numpy as np
import pytest
import soundfile
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from engine import library
from tests.gui.conftest import until
from tests.gui.ear import level, pitch

LEFT = Qt.MouseButton.LeftButton
RATE = 16_000  # Hz: little to learn
LEARNING = 100.0  # seconds that it may take, niced as it is, beside other work


@pytest.fixture
def window(guitar, monkeypatch):
    """The window with the guitar in it; what it learns waits for no other work on this machine."""
    monkeypatch.setattr("gui.learner.NICE", "0")
    return guitar


def test_a_recording_that_is_dropped_becomes_an_instrument_in_tune_while_the_music_goes_on(window, ear, tmp_path):
    time = np.arange(RATE) / RATE
    partials = [np.exp(-(2 + n) * time) * np.sin(2 * np.pi * 220 * n * time) / n for n in range(1, 6)]
    strike = np.concatenate([np.zeros(RATE // 10), 0.4 * np.sum(partials, axis=0)])
    soundfile.write(tmp_path / "chime.wav", strike, RATE)
    window.open([tmp_path / "chime.wav"])
    dialogue = window.workshop.dialogue
    assert dialogue._name.text() == "chime"
    dialogue._taken.setFocus()
    QTest.keyClick(dialogue._taken, Qt.Key.Key_Down)
    assert dialogue._taken.currentData() == "notes"
    QTest.mouseClick(dialogue.learn, LEFT)
    assert window.workshop.learner.busy
    assert not dialogue.learn.isEnabled()
    window.player.press(52, 0.9)
    assert level(ear.listen(0.3, QTest.qWait)) > -60
    window.player.release(52)
    dialogue.accept()
    until(lambda: not window.workshop.learner.busy, LEARNING)
    until(lambda: window.player.now.path.stem == "chime")
    assert "Learned chime" in window.window.notice.text
    until(lambda: any(entry.name == "chime" for entry in window.house.entries))
    assert not library.is_factory(window.player.now.path)
    window.player.press(57, 0.9)
    assert pitch(ear.listen(0.5, QTest.qWait)[:, 4800:]) == pytest.approx(220, rel=0.01)
    window.player.release(57)


def test_a_recording_of_silence_is_refused_in_words(window, tmp_path):
    soundfile.write(tmp_path / "silence.wav", np.zeros(RATE), RATE)
    window.open([tmp_path / "silence.wav"])
    QTest.mouseClick(window.workshop.dialogue.learn, LEFT)
    until(lambda: not window.workshop.learner.busy, LEARNING)
    assert "Nothing was learned" in window.window.notice.text
    assert "⚠" in window.window.notice.text
    window.workshop.dialogue.accept()


def test_learning_is_given_up_when_the_window_closes(window, tmp_path):
    soundfile.write(tmp_path / "noise.wav", np.random.default_rng(1).normal(0, 0.1, RATE), RATE)
    window.workshop.open([tmp_path / "noise.wav"])
    QTest.mouseClick(window.workshop.dialogue.learn, LEFT)
    process = window.workshop.learner._process
    until(lambda: process.state().name == "Running")
    window.workshop.close()
    assert process.state().name == "NotRunning"
    window.workshop.dialogue.set_busy(False)
    window.workshop.dialogue.accept()
