"""What is learned plays at the nominal loudness, whatever the level of its recording, or the command says why not."""

import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from cli.learn.progress import loudness_notices
from cli.main import main
from engine.preset.preset_file import read
from export.loudness import MAX_LEVEL_DB, TARGET_LUFS, measure_loudness, normalize
from tests.support.resonance_preset import small_preset

RATE = 22050
PIECE = ["--as", "piece", "--control", "2", "--resonances", "2", "--modes", "4", "--variants", "1", "--length", "1"]
NETWORK = ["--control", "3", "--state", "16", "--frame", "64", "--length", "0.7", "--sites", "8", "--as", "modes"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working folder, with a struck string at full scale and 60 dB below."""
    monkeypatch.chdir(tmp_path)
    time = np.arange(RATE) / RATE
    string = np.sin(2 * np.pi * 440 * time) * np.exp(-6 * time)
    string /= np.abs(string).max()
    soundfile.write("full.wav", string, RATE, "FLOAT")
    soundfile.write("soft.wav", 0.001 * string, RATE, "FLOAT")
    return tmp_path


@pytest.mark.verify
@pytest.mark.parametrize(
    "words",
    [
        ["resonance", "--as", "notes"],
        ["resonance", *PIECE, "--steps", "3"],
        ["ssm", *NETWORK, "--steps", "3"],
    ],
)
def test_recordings_60_dB_apart_become_instruments_of_one_loudness(folder, capsys, words):
    kind, *options = words
    found = []
    for name in ("full", "soft"):
        assert main(["learn", kind, f"{name}.wav", "-o", f"./{name}.luthier", *options, "--json"]) == 0
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["loudness"] == pytest.approx(TARGET_LUFS, abs=1)
        found.append(read(f"{name}.luthier"))
        assert measure_loudness(found[-1]) == pytest.approx(TARGET_LUFS, abs=1)
    if "notes" in options:
        for tensor in ("frequency", "amplitude", "decay"):  # of the strongest mode: others are rounding errors
            soft, full = (preset.tensors[tensor][..., 0] for preset in reversed(found))
            np.testing.assert_allclose(soft, full, rtol=1e-3)


@pytest.mark.parametrize(("gain", "is_nominal"), [(1e-3, True), (1e-4, False), (1e2, True)])
def test_a_level_beyond_the_usual_range_is_played_up_to_its_bound(gain, is_nominal):
    preset = small_preset()
    quiet = {name: gain * preset.tensors[name] for name in ("amplitude", "hiss", "knock")}
    tensors = {
        **preset.tensors,
        **{name: value.astype(np.float32) for name, value in quiet.items()},
        "gain": np.zeros(2, np.float32),
    }
    made = normalize(replace(preset, tensors=tensors))
    lufs = measure_loudness(made)
    assert made.header["loudness"]["lufs"] == pytest.approx(lufs, abs=0.01)
    assert (abs(lufs - TARGET_LUFS) < 1) == is_nominal
    assert bool(loudness_notices(lufs)) != is_nominal
    assert abs(made.header["level"]) <= MAX_LEVEL_DB


def test_what_is_silent_on_all_keys_is_refused():
    preset = small_preset()
    with pytest.raises(ValueError, match="is silent on the keys"):
        normalize(
            replace(
                preset,
                tensors={
                    **preset.tensors,
                    "strike": 0 * preset.tensors["strike"],
                    "envelope": 0 * preset.tensors["envelope"],
                    "knock": 0 * preset.tensors["knock"],
                    "hiss": 0 * preset.tensors["hiss"],
                },
            )
        )
