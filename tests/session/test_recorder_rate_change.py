"""The recorders while the sample rate of the device changes."""

import mido
import numpy as np
import pytest
import soundfile

from engine.events import EVENT, Kind, midi
from engine.standard_chain import StandardChain
from session.note_recorder import NoteRecorder
from session.sound_recorder import Recorder
from tests.support.host_callback import render as call
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
