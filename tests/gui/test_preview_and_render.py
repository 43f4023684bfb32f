"""Demos, test tone and previews beside the instrument, and offline rendering."""

import numpy as np
import pytest
import soundfile
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from engine.preset import library
from gui.browser.entry_list import DEMO_BUTTON_WIDTH
from gui.processes.check_recordings import RecordingCheck
from gui.processes.learn import LearnStatus
from gui.processes.render import RenderProcess
from session import offline_render
from session.offline_render import RenderJob
from tests.gui.conftest import listen_from_onset, play, quiet, until
from tests.gui.test_score_playback import score
from tests.support.level_and_pitch import level, pitch

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(guitar, tmp_path, monkeypatch):
    """The window with the guitar in it, a folder for music and one for demos."""
    monkeypatch.setattr("session.recorders.sound_recorder.user_music_path", lambda: tmp_path)
    monkeypatch.setattr("gui.controllers.preview._folder", lambda: tmp_path / "demos")
    return guitar


def ask(window, name):
    """Click the demo button of a row of the list."""
    rows, browser = window.window.browser.list, window.window.browser
    index = browser.model.index([each.name for each in browser.shown].index(name))
    rows.scrollTo(index)
    place = rows.visualRect(index)
    QTest.mouseClick(rows.viewport(), LEFT, pos=QPoint(place.right() - DEMO_BUTTON_WIDTH // 2, place.center().y()))


def test_a_demo_plays_without_loading_its_instrument_and_stops_when_requested_again(window, ear, tmp_path):
    ask(window, "vibraphone")
    model = window.window.browser.model
    assert model.demo
    until(lambda: list((tmp_path / "demos").glob("*.wav")) and window.engine.host.audition.playing)
    assert level(ear.listen(0.5, QTest.qWait)) > -60
    assert window.bridge.now.path.stem == "guitar"
    ask(window, "vibraphone")
    assert not model.demo
    until(lambda: not window.engine.host.audition.playing)
    ear.listen(0.1, QTest.qWait)
    assert level(ear.listen(0.2, QTest.qWait)) < -80
    ask(window, "vibraphone")
    until(lambda: window.engine.host.audition.playing)  # it was kept
    window.preview.stop()


def test_a_demo_ends_by_itself(window):
    entry = next(each for each in window.entry_files.entries if each.name == "gong")
    folder = window.preview.demo.__globals__["_folder"]()
    folder.mkdir()
    soundfile.write(folder / f"{entry.digest}.wav", np.zeros(4800), 48_000)
    window.preview.demo(entry)
    assert window.window.browser.model.demo == entry.digest
    until(lambda: not window.window.browser.model.demo)


def test_the_test_tone_is_heard_whatever_is_playing(window, ear):
    window.devices.show()
    button = next(each for each in window.devices.dialog.findChildren(object) if _words(each) == "Test tone")
    began = ear.recorded
    QTest.mouseClick(button, LEFT)
    heard = listen_from_onset(ear, began, 0.4)
    assert pitch(heard[:, 4800:], 300, 600) == pytest.approx(440, rel=0.01)
    assert level(heard[:, 4800:]) == pytest.approx(-23 - 12, abs=1)  # the volume of a first start is -12 dB
    window.devices.dialog.accept()
    window.preview.stop()


def _words(widget):
    return widget.text() if hasattr(widget, "text") and hasattr(widget, "clicked") else ""


def test_recording_and_preview_are_played_from_the_learn_dialog(window, ear, tmp_path):
    for name, frequency in (("bell", 330), ("learned", 550)):
        time = np.arange(48_000) / 48_000
        soundfile.write(tmp_path / f"{name}.wav", 0.3 * np.sin(2 * np.pi * frequency * time), 48_000)
    dialog = window.learn.dialog
    dialog.set_recordings([tmp_path / "bell.wav"])
    dialog.set_check(RecordingCheck(1, 1.0, 1))
    dialog.show_status(LearnStatus(0.5, "", 0.1, tmp_path / "learned.wav"))
    dialog.show()
    for button, frequency in ((dialog.play_recording, 330), (dialog.play_preview, 550)):
        began = ear.recorded
        QTest.mouseClick(button, LEFT)
        heard = listen_from_onset(ear, began, 0.4)
        assert pitch(heard[:, 4800:], 200, 800) == pytest.approx(frequency, rel=0.01)
        window.preview.stop()
        until(lambda: not window.engine.host.audition.playing)
        quiet(window)
    dialog.set_busy(True)
    dialog.set_busy(False)
    assert not dialog.play_preview.isEnabled()
    dialog.set_recordings([])
    dialog.accept()


def test_a_score_is_rendered_to_a_file_and_rendering_can_be_cancelled(window, tmp_path):
    window.parameters.set_value("level", 0.0)
    window.opener.open([score(tmp_path / "tune.mid", 57, 60)])
    bar = window.window.score_bar
    until(lambda: window.engine.transport.score is not None)
    window.engine.submit(window.engine.transport.score.stop)
    QTest.mouseClick(bar.render_button, LEFT)
    assert "✕" in bar.render_button.text()
    QTest.mouseClick(bar.render_button, LEFT)
    assert bar.render_button.text() == "→ WAV"
    QTest.mouseClick(bar.render_button, LEFT)
    until(lambda: "Written" in window.window.notice.text)
    file = next((tmp_path / "Luthier").glob("Guitar – tune – *.wav"))
    assert soundfile.info(file).subtype == "PCM_24"
    sound, rate = soundfile.read(file, dtype="float32")
    assert pitch(sound[4800 : rate // 2].T) == pytest.approx(220, rel=0.01)
    assert not list((tmp_path / "Luthier").glob(".*"))
    window.engine.transport.close_score()
    bar.hide()
    window.bridge.panic()
    quiet(window)


def test_a_cancelled_render_leaves_no_partial_file_whatever_its_name(app, tmp_path):
    name = "tune [1] " + 51 * "x"  # longer than the name of a draft keeps, with a pattern of glob in it
    render = RenderProcess()
    render.start(RenderJob(str(library.find("guitar")), str(tmp_path / f"{name}.wav")))
    until(lambda: list(tmp_path.glob(".tune*.part")))
    render.cancel()
    assert not list(tmp_path.iterdir())


def test_a_render_job_uses_parameters_tuning_tempo_and_chain(tmp_path):
    tune = score(tmp_path / "tune.mid", 69, 69)
    plain = RenderJob(str(library.find("cowbell")), str(tmp_path / "a.wav"), str(tune))
    assert list(offline_render.render(plain))[-1] == 1
    chain = {"effects": [{"kind": "room", "source": "none"}, {"kind": "compressor"}]}
    values = {"level": -24.0, "compressor gain": 0.0}
    changed = RenderJob(plain.path, str(tmp_path / "b.wav"), str(tune), 2.0, 44_100.0, 466.0, values, chain)
    list(offline_render.render(changed))
    (before, _), (after, rate) = (soundfile.read(tmp_path / f"{name}.wav") for name in "ab")
    assert rate == 44_100
    assert np.abs(after).max() < 0.5 * np.abs(before).max()
    with pytest.raises(ValueError, match="not a MIDI file"):
        list(offline_render.render(RenderJob(plain.path, plain.out, __file__)))
    (tmp_path / "job.json").write_text("{}")
    with pytest.raises(TypeError):
        offline_render.main([str(tmp_path / "job.json")])


def test_pedals_step_through_the_instruments(window, ear):
    menu = window.button_midi_learn.menu("next")
    menu.actions()[0].trigger()
    assert "move a controller" in window.window.top_bar.next.toolTip()
    ear.send(0xB0, 23, 0)
    until(lambda: "CC 23" in window.window.top_bar.next.toolTip())
    names = [each.name for each in window.window.browser.shown]
    after = names[(names.index("guitar") + 1) % len(names)]
    for value in (127, 0):
        ear.send(0xB0, 23, value)
    until(lambda: window.bridge.now.path.stem == after)
    window.button_midi_learn.menu("next").actions()[1].trigger()
    assert "right click" in window.window.top_bar.next.toolTip()
    play(window, "guitar")
