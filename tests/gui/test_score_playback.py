"""Playback of scores: position, tempo, seek, invalid files."""

from itertools import pairwise

import mido
import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from engine.events import Kind
from engine.preset import library
from tests.gui.conftest import quiet, until
from tests.gui.test_performance_recording import LEFT, window
from tests.support.level_and_pitch import level, pitch

__all__ = ["window"]

COMMITTED = 4800  # frames after a change of tempo that may still hold notes of the one before


def score(path, *keys):
    """A MIDI file of quarter notes at 120 beats a minute."""
    file, track = mido.MidiFile(), mido.MidiTrack()
    for key in keys:
        track.append(mido.Message("note_on", note=key, velocity=100))
        track.append(mido.Message("note_off", note=key, time=file.ticks_per_beat))
    file.tracks.append(track)
    file.save(path)
    return path


def test_a_score_plays_shows_its_position_and_stops(window, tmp_path, ear):
    bar = window.window.score_bar
    window.opener.open([score(tmp_path / "tune.mid", *[57] * 24)])
    until(lambda: 57 in window.window.keyboard.lit)
    sound = ear.listen(0.3, QTest.qWait)
    assert pitch(sound) == pytest.approx(220, rel=0.02)
    until(lambda: window.engine.transport.score.position > 0.6)
    assert bar.play.text() == "■"
    assert bar.time_label.text().endswith("/ 0:12")
    QTest.mouseClick(bar.play, LEFT)
    until(lambda: window.engine.transport.score.position is None)
    until(lambda: not window.window.keyboard.lit)
    quiet(window)
    assert level(ear.listen(0.2, QTest.qWait)) < -70
    QTest.mouseClick(bar.play, LEFT)
    until(lambda: window.engine.transport.score.position is not None)
    QTest.mouseClick(bar.loop, LEFT)
    bar.tempo_slider.setValue(200)
    until(lambda: window.engine.transport.score.tempo == 2 and window.engine.transport.score.loop)
    window.engine.transport.close_score()
    bar.hide()
    window.bridge.panic()


def test_a_change_of_tempo_keeps_the_position_and_skips_no_note(window, tmp_path):
    begun, keys = [], list(range(50, 80))

    def hear(events):
        begun.extend((int(each["frame"]), int(each["key"])) for each in events if each["kind"] == Kind.NOTE_ON)

    window.bridge.events.connect(hear)
    window.opener.open([score(tmp_path / "tune.mid", *keys)])
    until(lambda: len(begun) >= 4)
    before = window.engine.host.frame
    for percent in (150, 200):
        window.window.score_bar.tempo_slider.setValue(percent)
    until(lambda: window.engine.transport.score.tempo == 2)
    after = window.engine.host.frame + COMMITTED
    until(lambda: len(begun) == len(keys))
    window.bridge.events.disconnect(hear)
    assert [key for _, key in begun] == keys
    frames, rate = np.array([frame for frame, _ in begun]), window.engine.host.rate
    slow, fast = frames[frames < before], frames[frames > after]
    assert min(len(slow), len(fast)) > 3
    np.testing.assert_allclose(np.diff(slow), rate / 2, atol=1)
    np.testing.assert_allclose(np.diff(fast), rate / 4, atol=1)
    window.score.close()
    until(lambda: window.engine.transport.score is None)
    window.bridge.panic()


def test_a_score_plays_evenly_while_instruments_are_loaded_and_presets_are_read(window, tmp_path):
    begun = []

    def hear(events):
        begun.extend(int(each["frame"]) for each in events if each["kind"] == Kind.NOTE_ON)

    window.bridge.events.connect(hear)
    window.opener.open([score(tmp_path / "tune.mid", *[60, 64] * 18)])
    until(lambda: window.engine.transport.score is not None)
    window.window.score_bar.tempo_slider.setValue(200)
    until(lambda: window.engine.transport.score.tempo == 2)
    fast = window.engine.host.frame + COMMITTED
    until(lambda: begun)
    for name in ("violin", "mosaic", "guitar"):
        window.parameters.choose(library.find(name))
        window.entry_files.scan()
        until(lambda name=name: window.bridge.now.path.stem == name)
    until(lambda: len(begun) >= 20 and begun[-1] > fast)
    window.bridge.events.disconnect(hear)
    gaps = np.diff([frame for frame in begun if frame > fast])
    assert len(gaps) > 10
    np.testing.assert_allclose(gaps, window.engine.host.rate / 4, atol=1)
    window.score.close()
    until(lambda: window.engine.transport.score is None)
    window.bridge.panic()


def jumps(keys):
    """The keys of a rising scale that do not follow the one before them."""
    return [key for before, key in pairwise(keys) if key != before + 1]


def test_seeking_in_a_score_by_mouse_and_keys_restores_the_pedal(window, tmp_path):
    begun, frames, line = [], [], window.window.score_bar.seek_bar
    file = score(tmp_path / "tune.mid", *range(50, 66))
    written = mido.MidiFile(file)
    written.tracks[0].insert(4, mido.Message("control_change", control=64, value=127))
    written.tracks[0].insert(6, mido.Message("control_change", control=64, value=90))
    written.save(file)

    def hear(events):
        notes = [each for each in events if each["kind"] == Kind.NOTE_ON]
        begun.extend(int(each["key"]) for each in notes)
        frames.extend(int(each["frame"]) for each in notes)

    window.bridge.events.connect(hear)
    window.opener.open([file])
    until(lambda: begun)
    QTest.mouseClick(line, LEFT, pos=QPoint(line.width() // 2, 3))
    until(lambda: len(jumps(begun)) == 1 and begun[-1] != jumps(begun)[0])
    (place,) = jumps(begun)
    assert place in (57, 58, 59)
    assert begun[begun.index(place) :] == list(range(place, begun[-1] + 1))
    assert window.engine.host.interpreter.state["channels"][0]["pedals"][0, 0] == 90
    count = len(begun)
    QTest.keyClick(line, Qt.Key.Key_Home)
    until(lambda: 50 in begun[count:])
    QTest.mouseClick(window.window.score_bar.play, LEFT)
    until(lambda: window.engine.transport.score.position is None)
    QTest.keyClick(line, Qt.Key.Key_Right)
    until(lambda: window.engine.transport.score.next_start > 4)
    again = window.engine.host.frame
    QTest.mouseClick(window.window.score_bar.play, LEFT)
    until(lambda: frames[-1] > again)
    assert next(key for frame, key in zip(frames, begun, strict=True) if frame > again) >= 60
    window.bridge.events.disconnect(hear)
    window.score.close()
    until(lambda: window.engine.transport.score is None)
    window.bridge.panic()


def test_an_invalid_score_is_refused_with_a_message(window, tmp_path):
    (tmp_path / "noise.mid").write_bytes(b"no score at all")
    window.opener.open([tmp_path / "noise.mid"])
    until(lambda: "noise.mid" in window.window.notice.text)
    assert "⚠" in window.window.notice.text


def test_the_demo_score_that_comes_with_the_program_is_opened(window):
    window.opener.open([library.factory_folder() / "demo.mid"])
    until(lambda: window.engine.transport.score is not None and window.engine.transport.score.path.stem == "demo")
    until(window.window.score_bar.isVisible)
    assert window.engine.transport.score.seconds > 5
    QTest.mouseClick(window.window.score_bar.findChildren(type(window.window.score_bar.play))[-1], LEFT)
    until(lambda: window.engine.transport.score is None)
    assert not window.window.score_bar.isVisible()
    window.bridge.panic()


@pytest.mark.parametrize("suffix", [".kar", ".RMI", ".smf"])
def test_scores_of_other_names_play_and_a_notice_says_where_a_damaged_one_ends(window, tmp_path, suffix):
    path = score(tmp_path / f"tune{suffix}", *[57] * 24)
    path.write_bytes(path.read_bytes()[:-6])
    window.opener.open([path])
    until(lambda: 57 in window.window.keyboard.lit)
    until(lambda: "track 1 can be read up to 0:1" in window.window.notice.text)
    window.score.close()
    quiet(window)


def test_the_drums_of_a_score_are_silent_and_those_of_a_keyboard_sound(window, tmp_path, ear):
    file = mido.MidiFile(tracks=[mido.MidiTrack()])
    file.tracks[0] += [mido.Message("note_on", note=note, velocity=90, channel=9, time=48) for note in range(50, 60)]
    file.tracks[0].append(mido.Message("note_on", note=64, velocity=90))
    file.save(tmp_path / "drums.mid")
    heard = []
    window.bridge.notes_changed.connect(heard.append)
    window.opener.open([tmp_path / "drums.mid"])
    until(lambda: any(64 in notes for notes in heard))
    assert not any(notes.keys() & set(range(50, 60)) for notes in heard)
    window.score.close()
    window.bridge.panic()
    ear.send(0x99, 52, 100)
    until(lambda: 52 in window.window.keyboard.lit)
    until(lambda: window.window.status_bar.message_label.text() == "10: note E3 on, 100")
    ear.send(0x89, 52, 0)
    until(lambda: not window.window.keyboard.lit)
    window.bridge.notes_changed.disconnect(heard.append)
    window.bridge.panic()
    quiet(window)
