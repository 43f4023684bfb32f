"""The recorders: another rate of the device, a full disk, files that grow, and their names."""

import mido
import numpy as np
import pytest
import soundfile

from engine.events import EVENT, Kind, midi
from engine.standard_chain import StandardChain
from session.recorders.note_recorder import NoteRecorder
from session.recorders.sound_recorder import Recorder, recording_path
from session.transport import Transport
from tests.support.host_callback import render as call
from tests.support.limited_files import limited_files
from tests.support.simple_plugins import Organ


def test_a_change_of_rate_starts_another_sound_file_and_the_notes_stay_in_time(tmp_path):
    host = StandardChain(48_000)
    host.play([Organ()])
    recorder = Recorder(host, tmp_path / "take.wav")
    start = host.frame
    notes = NoteRecorder(tmp_path / "take.mid", recorder.rates)
    call(host, 4800)
    recorder.write()
    host.prepare(44_100)
    recorder.write()
    call(host, 4410)
    recorder.stop()
    lengths = {path.name: (len(soundfile.read(path)[0]), soundfile.info(path).samplerate) for path in recorder.paths}
    assert lengths == {"take.wav": (4800, 48_000), "take-2.wav": (4410, 44_100)}
    messages = np.zeros(2, EVENT)
    messages["kind"], messages["key"] = Kind.MIDI, [midi(0x90, 60, 100), midi(0x80, 60, 64)]
    messages["frame"] = start + np.array([2400, 4800 + 2205])
    notes.add(messages)
    notes.write()
    assert mido.MidiFile(tmp_path / "take.mid").length == pytest.approx(0.15, abs=0.002)


def test_a_change_of_rate_leaves_the_files_of_an_earlier_recording_alone(tmp_path):
    (tmp_path / "take-2.wav").write_bytes(b"an earlier one")
    host = StandardChain(48_000)
    host.play([Organ()])
    recorder = Recorder(host, tmp_path / "take.wav")
    host.prepare(44_100)
    recorder.write()
    call(host, 4410)
    recorder.stop()
    assert [path.name for path in recorder.paths] == ["take.wav", "take-3.wav"]
    assert soundfile.info(tmp_path / "take-3.wav").frames == 4410
    assert (tmp_path / "take-2.wav").read_bytes() == b"an earlier one"


def test_on_a_full_disk_what_was_recorded_until_then_stays(tmp_path):
    host, told = StandardChain(48_000), []
    host.play([Organ()])
    transport = Transport(told.append)
    transport.host = host
    recorder = transport.start_performance(tmp_path / "take.wav")
    call(host, 4800)
    transport.write()
    with limited_files(20_000 * 2):
        call(host, 9600)
        transport.write()
    assert not transport.is_recording(tmp_path / "take.wav")
    assert "take.wav" in str(told[0])
    assert len(told) == 1
    samples, rate = soundfile.read(tmp_path / "take.wav")
    assert (len(samples), rate) == ((40_000 - 80) // 6, 48_000)
    assert [path.name for path in tmp_path.iterdir()] == ["take.wav"]
    recorder.stop()


def test_the_name_of_a_recording_is_one_that_the_system_allows():
    path = recording_path("ä" * 125)
    assert len(path.with_stem(f"{path.stem}-1000").name.encode()) <= 255


def test_a_recording_can_be_read_up_to_its_last_second_before_it_ends(tmp_path):
    host = StandardChain(48_000)
    host.play([Organ()])
    recorder = Recorder(host, tmp_path / "take.wav")
    for second in range(1, 4):
        for _ in range(10):
            call(host, 4800)
            recorder.write()
        assert soundfile.info(tmp_path / "take.wav").duration == pytest.approx(second, abs=1)
    assert [path.name for path in tmp_path.iterdir()] == ["take.wav"]
    before = soundfile.read(tmp_path / "take.wav")[0]
    recorder.stop()
    after = soundfile.read(tmp_path / "take.wav")[0]
    assert len(after) == 3 * 48_000
    assert np.array_equal(after[: len(before)], before)


def test_a_file_that_a_recording_replaces_stays_until_the_recording_ends(tmp_path):
    host = StandardChain(48_000)
    (tmp_path / "take.wav").write_text("the old one")
    recorder = Recorder(host, tmp_path / "take.wav", float32=True)
    call(host, 4800)
    recorder.write()
    assert (tmp_path / "take.wav").read_text() == "the old one"
    recorder.stop()
    assert len(soundfile.read(tmp_path / "take.wav")[0]) == 4800


def test_a_recording_has_a_name_of_its_own_however_long_that_of_its_instrument(tmp_path, monkeypatch):
    monkeypatch.setattr("session.recorders.sound_recorder.user_music_path", lambda: tmp_path)
    monkeypatch.setattr("session.recorders.sound_recorder.time.strftime", lambda _: "2026-11-30 10-57-20")
    (tmp_path / "Luthier").mkdir()
    for name in ("Bell", "🎻" * 61):
        paths = []
        for _ in range(3):
            paths.append(recording_path(name))
            paths[-1].touch()
        paths[0].rename(paths[0].with_suffix(".mid"))
        paths.append(recording_path(name))
        assert len(set(paths)) == 4
        assert all(path.stem.startswith(name[:30]) for path in paths)
