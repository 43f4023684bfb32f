"""The sound continues without clicks, and nothing is lost, whatever the window does."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtTest import QTest

from engine.preset import library
from gui.views.view_stack import PAD
from tests.gui.conftest import MIN_HEARD, end, play, quiet, start, until
from tests.gui.test_score_playback import score
from tests.gui.views.test_multitouch import screen
from tests.gui.views.touch_events import LIFT, PRESS, STAY
from tests.support.level_and_pitch import level, pitch

LEFT = Qt.MouseButton.LeftButton
CHORD = (52, 59, 64)
WINDOW = 240  # frames: 5 ms
__all__ = ["screen"]


def steps(sound):
    return float(np.abs(np.diff(sound)).max())


def falls(sound):
    """Where, in frames, 25 ms lie before the sound is silent, and what part of itself it still is 50 ms before.

    What has died away by itself is all that there is to hear of it, and has lost nothing.
    """
    peaks = np.abs(sound[:, : sound.shape[1] // WINDOW * WINDOW]).max(axis=0).reshape(-1, WINDOW).max(axis=1)
    if peaks.max() <= 1e-4:
        return sound.shape[1], 1.0
    silent = int(np.flatnonzero(peaks > 1e-4)[-1]) + 1
    earlier = max(silent - 10, 1)
    return (earlier + 5) * WINDOW, peaks[earlier] / peaks[max(earlier - 10, 0) : earlier].max()


@pytest.mark.verify
def test_every_instrument_is_exchanged_twice_while_a_chord_is_held_without_a_click(guitar, ear):
    factory = [entry.name for entry in guitar.entry_files.entries if entry.factory]
    for _ in range(2 * len(factory)):
        for key in CHORD:
            ear.send(0x90, key, 90)
        struck = ear.listen(0.3, QTest.qWait)
        before = guitar.bridge.now.path.stem
        began = ear.recorded
        QTest.keyClick(guitar.window, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
        until(lambda before=before: guitar.bridge.now.path.stem != before)
        ear.listen(0.12, QTest.qWait)
        heard = ear.since(began)
        begun, share = falls(heard)
        steady = max(steps(struck), steps(heard[:, :begun]), 1e-4)
        assert steps(heard) < 1.2 * steady, before
        if level(struck[:, -4800:]) > -50:
            assert share > 0.25, before
        for key in CHORD:
            ear.send(0x80, key, 0)
    play(guitar, "guitar")


def test_a_sweep_along_each_axis_of_the_pad_changes_the_sound_without_a_click(guitar, ear):
    guitar.window.views.show_view(PAD)
    pad = guitar.window.views.pad
    loudest = strike(guitar, pad, ear, 0.9, 0.9)
    for across in (True, False):
        quiet(guitar)
        places = [(x, 0.5) if across else (0.5, x) for x in np.linspace(0.05, 0.95, 24)]
        QTest.mousePress(pad, LEFT, pos=pad.area.point(*places[0]).toPoint())
        began = ear.recorded
        for place in places[1:]:
            ear.listen(0.02, QTest.qWait)
            QTest.mouseMove(pad, pad.area.point(*place).toPoint())
        QTest.mouseRelease(pad, LEFT, pos=pad.area.point(*places[-1]).toPoint())
        heard = ear.since(began)
        assert steps(heard) < 2.5 * loudest
        assert level(heard) > -50
    guitar.bridge.panic()


def strike(window, pad, ear, x, y):
    """The largest step of a single stroke."""
    point = pad.area.point(x, y).toPoint()
    began = ear.recorded  # before the press: a window that is busy after it must not miss the attack
    QTest.mousePress(pad, LEFT, pos=point)
    ear.listen(0.3, QTest.qWait)
    heard = ear.since(began)
    QTest.mouseRelease(pad, LEFT, pos=point)
    window.bridge.panic()
    return steps(heard)


def test_a_note_of_the_pad_sounds_until_the_last_of_two_fingers_is_released(guitar, ear, screen):
    guitar.window.views.show_view(PAD)
    pad = guitar.window.views.pad
    near, far = QPointF(pad.area.point(0.3, 0.8)), QPointF(pad.area.point(0.7, 0.8))
    screen.touch(pad, (0, PRESS, near))
    assert level(ear.listen(0.1, QTest.qWait)) > -60
    screen.touch(pad, (0, STAY, near), (1, PRESS, far))
    screen.touch(pad, (0, LIFT, near), (1, STAY, far))
    ear.listen(0.6, QTest.qWait)
    assert level(ear.listen(0.2, QTest.qWait)) > -60
    screen.touch(pad, (1, LIFT, far))
    guitar.parameters.end_gesture()
    quiet(guitar)


def test_the_window_closes_whatever_it_is_doing_and_nothing_is_lost(app, ear, tmp_path, monkeypatch):
    for name in ("CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setattr("session.recorders.sound_recorder.user_music_path", lambda: tmp_path)
    monkeypatch.setattr("gui.controllers.preview._folder", lambda: tmp_path / "demos")
    controller = start(app, ear)
    until(lambda: controller.bridge.now is not None and controller.entry_files.entries)
    controller.recording.toggle()
    until(lambda: controller.recording.recording)
    controller.bridge.note_on(52, 0.9)
    ear.listen(0.3, QTest.qWait)
    controller.opener.open([score(tmp_path / "tune.mid", *[57, 60, 64] * 20)])
    until(lambda: controller.engine.transport.score is not None)
    controller.recording.render_score(controller.parameters.patch, 440.0)
    controller.preview.demo(controller.entry_files.entries[0])
    controller.microphone.toggle()
    until(lambda: controller.engine.transport._microphone is not None)
    ear.listen(0.2, QTest.qWait)
    controller.devices.show()
    controller.parameters.choose(library.find("violin"))
    end(controller)
    for file in (tmp_path / "Luthier").glob("*.wav"):
        assert soundfile.info(file).duration > 0.1
    taken = next((tmp_path / "Luthier").glob("Guitar – 2*.wav"))
    sound, _ = soundfile.read(taken, dtype="float32")
    first = int(np.flatnonzero(np.abs(sound).max(axis=1) > MIN_HEARD)[0])  # a window may be late with its note
    assert pitch(sound[first : first + 14_400].T) == pytest.approx(164.8, rel=0.02)
    assert taken.with_suffix(".mid").exists()
    until(lambda: not children())
    assert not list((tmp_path / "Luthier").glob(".*.part"))


def children():
    """The processes that render for a window of this process."""
    mine = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = (process / "stat").read_text().rpartition(") ")[2].split()
            words = (process / "cmdline").read_text()
        except OSError:
            continue
        if int(parent[1]) == os.getpid() and parent[0] != "Z" and "session.offline_render" in words:
            mine.append(process.name)
    return mine


def test_dropping_many_files_opens_what_can_be_opened_and_reports_the_rest(guitar, tmp_path):
    (tmp_path / "torn.luthier").write_bytes(b"\x00" * 100)
    (tmp_path / "torn.onnx").write_bytes(b"no model")
    (tmp_path / "torn.mid").write_bytes(b"MThd")
    for name, words in (("torn.luthier", "torn.luthier"), ("torn.onnx", "torn.onnx"), ("torn.mid", "torn.mid")):
        guitar.opener.open([tmp_path / name])
        until(lambda words=words: words in guitar.window.notice.text)
        assert guitar.bridge.now.path.stem == "guitar"
    assert guitar.window.views.rect().contains(QPoint(5, 5))
