"""luthier learn events, decompose and render: from a recording to a score and back, and the errors."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from cli.main import main
from engine.preset.library import factory_folder
from engine.preset.preset_file import read
from engine.reference_output import deviation
from train.events.config import CONFIGS, Config, Sizes

pytestmark = pytest.mark.verify  # it learns

TINY = Sizes(channels=16, keys=88, events=8, embedding=48, width=8, pitches=12, impulse=256, samples=2**13, rooms=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a recording of a plucked string, and an instrument that learned from it for some steps."""
    place = tmp_path_factory.mktemp("events")
    time = np.arange(11025) / 22050
    string = 0.5 * np.sin(2 * np.pi * 440 * time) * np.exp(-9 * time)
    soundfile.write(place / "string.wav", np.tile(string, 4), 22050)
    before = CONFIGS["small"]
    CONFIGS["small"] = Config(TINY, synthetic=1)
    path = str(place / "bits.luthier")
    words = ["learn", "events", str(place / "string.wav"), "-o", path, "--steps", "6", "--seed", "3"]
    assert main([*words, "--author", "A. Luthier"]) == 0
    CONFIGS["small"] = before
    whole = ["decompose", str(place / "string.wav"), path, "-o", str(place / "whole.json"), "--rounds", "1"]
    assert main(whole) == 0
    return place


@pytest.fixture(autouse=True)
def _there(folder, monkeypatch):
    monkeypatch.chdir(folder)


def render(capsys, *words):
    """The sound (T,) that `luthier render` writes."""
    assert main(["render", "bits.luthier", "score.json", "-o", "out.wav", "--float", *words]) == 0
    return soundfile.read("out.wav")[0][:, 0]


@pytest.fixture
def score():
    shutil.copy("whole.json", "score.json")
    return json.loads(Path("score.json").read_text())


def test_the_learned_instrument_names_its_source(capsys):
    header = read("bits.luthier").header
    assert (header["kind"], header["author"], header["training"]["seed"]) == ("events", "A. Luthier", 3)
    assert header["source"]["recording"] == "string.wav"
    assert header["training"]["steps"] == 6
    assert main(["show", "bits.luthier"]) == 0
    assert "events" in capsys.readouterr().out
    assert header["loudness"]["lufs"] == pytest.approx(-23, abs=1)
    song = str(factory_folder() / "demo.mid")
    assert main(["render", "bits.luthier", song, "-o", "song.wav", "--seconds", "1"]) == 0
    assert np.abs(soundfile.read("song.wav")[0]).max() > 0.001


def test_a_score_is_rendered_whole_thinned_permuted_or_random_and_repeatably(score, capsys):
    whole = render(capsys)
    assert len(whole) >= 2 * 22050
    assert np.abs(whole).max() > 1e-4
    np.testing.assert_array_equal(render(capsys), whole)
    for words in (["--keep", "1"], ["--permute", "--seed", "1"], ["--random", "--seed", "1"]):
        other = render(capsys, *words)
        assert np.abs(other).max() > 0
        assert len(other) != len(whole) or np.abs(other - whole).max() > 1e-6
        np.testing.assert_array_equal(render(capsys, *words), other)


def test_a_part_of_a_recording_is_decomposed(score, capsys):
    words = ["decompose", "string.wav@0.5-1", "bits.luthier", "-o", "part.json", "--rounds", "0", "--json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    part = json.loads(Path("part.json").read_text())
    assert (told["seconds"], told["events"]) == (0.5, len(part["events"]))
    assert part["seconds"] == 0.5 < score["seconds"] == 2.0
    assert 0 < len(part["events"]) < len(score["events"])


def test_a_score_is_rendered_in_another_room_at_another_rate_and_length(score, capsys):
    other = {**score, "room": [0.0, 0, 0, 1.0]}
    Path("other.json").write_text(json.dumps(other))
    assert np.abs(render(capsys, "--context", "other.json")[:4000] - render(capsys)[:4000]).max() > 1e-5
    assert len(render(capsys, "--rate", "48000", "--seconds", "0.5")) == 24_000


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["decompose", "string.wav", "guitar", "-o", "s.json"], "only one of kind events"),
        (["decompose", "none.wav", "bits.luthier", "-o", "s.json"], "no such recording"),
        (["render", "guitar", "score.json", "-o", "o.wav"], "only one of kind events"),
        (["render", "bits.luthier", "string.wav.json", "-o", "o.wav"], "No such file"),
        (["render", "guitar", "song.mid", "-o", "o.wav", "--keep", "3"], "for a score of events"),
    ],
)
def test_what_cannot_be_done_is_one_line(capsys, words, hint):
    assert main(words) == 2
    error = capsys.readouterr().err.splitlines()
    assert len(error) == 1
    assert hint in error[0]


def test_the_rate_of_the_recording_is_kept_unless_another_is_said(folder, monkeypatch):
    monkeypatch.setitem(CONFIGS, "small", Config(TINY, synthetic=1))
    time = np.arange(44_100) / 44_100
    soundfile.write("full.wav", 0.5 * np.sin(2 * np.pi * 440 * time) * np.exp(-9 * time), 44_100)
    words = ["learn", "events", "full.wav", "--steps", "2"]
    assert main([*words, "-o", "./own.luthier"]) == 0
    assert main([*words, "-o", "./other.luthier", "--rate", "16000"]) == 0
    own, other = read("own.luthier"), read("other.luthier")
    assert (own.header["rate"], own.header["decoder"]["hop"]) == (44_100, 2 * TINY.hop)
    assert (other.header["rate"], other.header["decoder"]["hop"]) == (16_000, TINY.hop)
    assert max(deviation(own), deviation(other)) < -50
