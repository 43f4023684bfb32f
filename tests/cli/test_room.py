"""luthier render --room puts an instrument into another room, or into none."""

import mido
import numpy as np
import pytest
import soundfile

from cli.main import main
from engine.kinds.ddsp import random_preset
from engine.preset.preset_file import Preset, write


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    header, tensors = random_preset(taps=800)
    write(tmp_path / "drawn.luthier", Preset({**header, "level": -24.0}, tensors))
    notes = [mido.Message("note_on", note=69, velocity=90, time=0), mido.Message("note_off", note=69, time=240)]
    mido.MidiFile(tracks=[mido.MidiTrack(notes)]).save(tmp_path / "score.mid")


def rendered(*words):
    assert main(["render", "drawn.luthier", "score.mid", "-o", "out.wav", "--seconds", "0.5", "--float", *words]) == 0
    return soundfile.read("out.wav", dtype="float32")[0].T


def test_a_room_may_be_removed_or_replaced(random):
    own, none = rendered(), rendered("--room", "none")
    assert np.abs(none).max() > 1e-4
    assert not np.array_equal(own, none)
    soundfile.write("twice.wav", [0.5], 48_000, "FLOAT")
    np.testing.assert_allclose(rendered("--room", "twice.wav"), 1.5 * none, atol=1e-6)
    np.testing.assert_array_equal(rendered("--room", "drawn.luthier"), own)


def test_a_room_that_cannot_be_read_is_one_line(capsys):
    assert main(["render", "drawn.luthier", "score.mid", "-o", "out.wav", "--room", "cellar.wav"]) == 2
    assert "cellar.wav" in capsys.readouterr().err
