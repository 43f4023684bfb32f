"""What is learned keeps the rate of its recordings up to 48 kHz, unless the command says another."""

import numpy as np
import pytest
import soundfile

from cli.learn.sample_rate import MIN_RATE_HZ, source_rate
from cli.main import main
from engine.preset.preset_file import read
from engine.reference_output import deviation

OPTIONS = {
    "notes": ["resonance", "--as", "notes"],
    "piece": [
        "resonance",
        "--as",
        "piece",
        "--steps",
        "3",
        "--control",
        "2",
        "--resonances",
        "2",
        "--modes",
        "4",
        "--length",
        "0.9",
    ],
    "ssm": ["ssm", "--steps", "2", "--control", "3", "--state", "16", "--sites", "8", "--length", "0.9"],
    "ddsp": ["ddsp", "--steps", "1", "--units", "8", "--harmonics", "12"],
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_string(name, rate, seconds=1.0):
    """Write a struck string that fades by 26 dB."""
    time = np.arange(round(seconds * rate)) / rate
    soundfile.write(name, 0.5 * np.sin(2 * np.pi * 440 * time) * np.exp(-3 * time / seconds), rate)


@pytest.mark.parametrize(
    ("own", "rate"), [(44_100, 44_100), (48_000, 48_000), (96_000, 48_000), (22_050, 22_050), (8_000, MIN_RATE_HZ)]
)
def test_the_rate_is_that_of_the_file_within_bounds(folder, own, rate):
    write_string("string.wav", own)
    assert source_rate(["string.wav"]) == rate


def test_of_several_files_the_highest_rate_counts_and_a_damaged_one_is_passed_over(folder):
    write_string("low.wav", 22_050)
    write_string("high.wav", 44_100)
    (folder / "broken.wav").write_bytes(b"RIFF")
    assert source_rate(["low.wav", "broken.wav", "high.wav"]) == 44_100


@pytest.mark.verify
@pytest.mark.parametrize("kind", OPTIONS)
def test_every_kind_learns_at_the_rate_of_its_recording_or_at_another(folder, kind):
    write_string("string.wav", 44_100, 4.0 if kind == "ddsp" else 0.9)
    words = ["learn", OPTIONS[kind][0], "string.wav", *OPTIONS[kind][1:]]
    assert main([*words, "-o", "./own.luthier"]) == 0
    assert main([*words, "-o", "./other.luthier", "--rate", "16000"]) == 0
    own, other = read("own.luthier"), read("other.luthier")
    assert (own.header["rate"], other.header["rate"]) == (44_100, 16_000)
    assert deviation(own) < -50
    assert deviation(other) < -50
