"""`luthier learn ddsp`: an instrument from a recording, and learning continued from that instrument."""

import json

import numpy as np
import pytest
import soundfile

from cli.main import main
from engine.preset.preset_file import read
from engine.reference_output import deviation
from train.ddsp.preset_weights import load_model

RATE = 16_000


@pytest.fixture
def melody(tmp_path):
    """Ten seconds of a tone with ten harmonics that wanders over an octave and swells."""
    time = np.arange(10 * RATE) / RATE
    turns = np.cumsum(330 * 2 ** (0.5 * np.sin(2 * np.pi * 0.3 * time))) / RATE
    sound = sum(np.sin(2 * np.pi * k * turns) / k for k in range(1, 11)) * (0.2 + 0.1 * np.sin(2 * np.pi * time))
    soundfile.write(tmp_path / "melody.wav", sound, RATE)
    return tmp_path / "melody.wav"


def learn(*words):
    return main(["learn", "ddsp", *map(str, words), "--json"])


@pytest.mark.verify
def test_a_recording_becomes_an_instrument_and_learning_goes_on_from_it(melody, tmp_path, capsys):
    path = tmp_path / "wanderer.luthier"
    assert learn(melody, "-o", path, "--units", 16, "--steps", 3, "--voice", melody) == 0
    told = capsys.readouterr()
    assert json.loads(told.out.splitlines()[-1])["steps"] == 3
    assert "only 8 s to learn from" in told.err
    assert "8 s to learn from, 2 s kept back" in told.err
    made = read(path)
    assert made.header["pitch"]["low"] == pytest.approx(330 * 2**-0.5, rel=0.01)
    assert made.header["pitch"]["high"] == pytest.approx(330 * 2**0.5, rel=0.01)
    assert made.tensors["harmonics_bias"].shape == (int(np.ceil(8000 / made.header["pitch"]["low"])),)
    assert made.header["training"]["kept"] == json.loads(told.out.splitlines()[-1])["kept"] > 0
    assert deviation(made) < -55
    assert list((tmp_path / "wanderer.learning").glob("events.*"))

    further = tmp_path / "further.luthier"
    assert learn(melody, "-o", further, "--steps", 1, "--from", path) == 0
    again = read(further)
    assert again.header["features"]["mean"] == made.header["features"]["mean"]
    before, after = (load_model(p.header, p.tensors).decoder.gru.weight_hh_l0.detach() for p in (made, again))
    assert 0 <= float((after - before).abs().max()) < 0.01


@pytest.mark.verify
def test_learning_goes_on_at_the_rate_of_a_recording_of_the_full_band(melody, tmp_path, capsys):
    path, full = tmp_path / "wanderer.luthier", tmp_path / "full.luthier"
    assert learn(melody, "-o", path, "--units", 16, "--steps", 1) == 0
    assert learn(melody, "-o", full, "--steps", 1, "--from", path, "--rate", 44_100) == 0
    before, made = read(path), read(full)
    assert (made.header["rate"], made.header["hop"]) == (44_100, 441)
    assert made.header["features"]["mean"] == before.header["features"]["mean"]
    assert made.header["training"]["from"]["rate"] == 16_000
    assert made.tensors["harmonics_bias"].shape == (int(np.ceil(22_050 / made.header["pitch"]["low"])),)
    assert made.tensors["noise_bias"].shape == (129,)
    assert deviation(made) < -55


def test_going_on_from_another_kind_is_refused(melody, tmp_path, capsys):
    assert learn(melody, "-o", tmp_path / "x.luthier", "--steps", 1, "--from", "guitar") == 2
    assert "of kind resonance, not ddsp" in capsys.readouterr().err
