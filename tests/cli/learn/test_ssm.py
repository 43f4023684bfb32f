"""luthier learn ssm makes an instrument that plays from a recording; --as modes makes one of modes."""

import json

import numpy as np
import pytest
import soundfile

from cli.main import main
from engine.preset.preset_file import read
from engine.reference_output import deviation

TINY = ["--steps", "3", "--control", "3", "--state", "16", "--frame", "64", "--length", "0.7", "--sites", "8"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working folder, with a recording of a struck string."""
    monkeypatch.chdir(tmp_path)
    time = np.arange(22050) / 22050
    soundfile.write("string.wav", 0.5 * np.sin(2 * np.pi * 440 * time) * np.exp(-6 * time), 22050)
    return tmp_path


@pytest.mark.verify
def test_a_recording_becomes_a_network_that_names_its_source(folder, capsys):
    words = ["string.wav", "-o", "net.luthier", *TINY, "--seed", "5", "--author", "A. Luthier", "--json"]
    assert main(["learn", "ssm", *words]) == 0
    *progress, told = map(json.loads, capsys.readouterr().out.splitlines())
    assert {"step", "loss", "left"} <= progress[0].keys()
    assert told["steps"] == 3
    made = read("net.luthier")
    header = made.header
    assert (header["kind"], header["author"], header["training"]["seed"]) == ("ssm", "A. Luthier", 5)
    assert header["source"]["recording"] == "string.wav"
    assert 0 < header["training"]["compression_ratio"] < 1
    assert {"map_pad", "map_motion", "map_hand", "map_keys"} <= made.tensors.keys()
    assert deviation(made) < -80
    for performance in ("learned", "random", "permuted"):
        assert main(["render", "net.luthier", "--performance", performance, "-o", "out.wav", "--seconds", "0.5"]) == 0
        assert np.abs(soundfile.read("out.wav")[0]).max() > 0.001


@pytest.mark.verify
def test_as_modes_the_network_becomes_a_resonance_instrument(folder):
    assert main(["learn", "ssm", "string.wav", "-o", "modes.luthier", *TINY, "--as", "modes"]) == 0
    made = read("modes.luthier")
    assert made.header["kind"] == "resonance"
    assert deviation(made) < -80


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["ssm", "string.wav", "string.wav", "-o", "x.luthier"], "from one recording, not from 2"),
        (["ssm", "string.wav", "-o", "x.luthier", "--frame", "100"], "a power of two"),
        (["resonance", "string.wav", "-o", "x.luthier", "--as", "modes"], "is for ssm"),
    ],
)
def test_what_cannot_be_learned_is_one_line(folder, capsys, words, hint):
    assert main(["learn", *words]) == 2
    assert hint in capsys.readouterr().err.splitlines()[-1]
    assert not list(folder.glob("x.*"))
