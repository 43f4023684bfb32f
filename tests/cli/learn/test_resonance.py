"""luthier learn makes an instrument that plays from a recording, and refuses what it cannot learn from."""

import argparse
import json
import re
from importlib import import_module

import numpy as np
import pytest
import soundfile

from cli.learn.option_checks import LEARNABLE, KindOptions
from cli.main import main
from engine.instruments import load
from engine.kinds import KINDS
from engine.midi.midi_score import make_score
from engine.preset.preset_file import read
from engine.reference_output import deviation
from engine.render import render
from engine.standard_chain import StandardChain
from export.likeness import read_verdict

TINY = [
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
    "--variants",
    "1",
    "--length",
    "1",
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working folder, with a recording of one struck string."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    time = np.arange(22050) / 22050
    soundfile.write("string.wav", 0.5 * np.sin(2 * np.pi * 440 * time) * np.exp(-6 * time), 22050)
    soundfile.write("silence.wav", np.zeros(22050), 22050)
    return tmp_path


def test_a_recording_becomes_an_instrument_that_names_its_source(folder, capsys):
    words = ["string.wav", "-o", "string.luthier", *TINY, "--seed", "5", "--author", "A. Luthier", "--json"]
    assert main(["learn", "resonance", *words]) == 0
    *progress, told = map(json.loads, capsys.readouterr().out.splitlines())
    assert {"step", "loss", "left"} <= progress[0].keys()
    assert told["steps"] == 3
    assert soundfile.info(told["preview"]).duration == pytest.approx(1, abs=0.02)
    assert {"words", "distance", "silence", "codec", "codec_name"} <= told["likeness"].keys()
    assert [soundfile.info(path).samplerate for path in told["comparison"]] == [48_000, 48_000]
    header = read("string.luthier").header
    assert (header["name"], header["author"], header["training"]["seed"]) == ("string", "A. Luthier", 5)
    assert header["source"]["recording"] == "string.wav"
    assert load("string.luthier").name == "resonance"


def test_one_stroke_is_learned_as_a_note_in_tune(folder, capsys):
    assert main(["learn", "resonance", "string.wav", "-o", "note.luthier", "--tag", "string"]) == 0
    told = capsys.readouterr()
    assert "one stroke" in told.err
    header = read("note.luthier").header
    verdict = read_verdict(header)
    assert str(verdict) in told.out
    assert verdict.words in ("hard to tell from the recording", "very like the recording")
    assert verdict.distance < verdict.silence / 3
    assert main(["show", "note.luthier"]) == 0
    assert verdict.words in " ".join(capsys.readouterr().out.split())
    assert (header["training"]["recipe"], header["tags"]) == ("notes", ["string"])
    host = StandardChain(48_000)
    host.play([load("note.luthier")])
    sound = render(host, make_score([(0, (0x90, 72, 90))]), seconds=1.0)[0]
    assert np.abs(np.fft.rfft(sound)).argmax() == pytest.approx(523.25, abs=1)
    assert deviation(read("note.luthier")) < -80


@pytest.mark.verify
def test_a_part_of_a_recording_can_be_learned(folder):
    time = np.arange(22050) / 22050
    low, high = (0.5 * np.sin(2 * np.pi * f * time) * np.exp(-6 * time) for f in (220, 330))
    soundfile.write("two.wav", np.concatenate([low, high]), 22050)
    assert main(["learn", "resonance", "two.wav", "-o", "second.luthier", "--as", "notes", "--start", "0.99"]) == 0
    assert read("second.luthier").tensors["pitch"][0] == pytest.approx(330, rel=0.002)


@pytest.mark.verify
def test_several_notes_of_one_recording_become_keys_and_those_between_are_interpolated(folder):
    time = np.arange(22050) / 22050
    low, high = (0.5 * np.sin(2 * np.pi * f * time) * np.exp(-6 * time) for f in (220, 261.63))
    soundfile.write("two.wav", np.concatenate([low, high]), 22050)
    assert main(["learn", "resonance", "two.wav@0-0.99", "two.wav@1-2", "-o", "two.luthier"]) == 0
    found = read("two.luthier")
    assert found.tensors["pitch"] == pytest.approx([220, 233.08, 246.94, 261.63], rel=0.002)
    assert found.header["source"]["recording"] == "two.wav@0-0.99 and two.wav@1-2"
    assert not list(folder.glob("*.learning"))


@pytest.mark.verify
def test_a_stroke_without_a_pitch_is_learned_and_named_after_its_strongest_mode(folder, capsys, random):
    time, frequency = np.arange(44100)[:, None] / 44100, random.uniform(900, 6000, 24)
    size = np.where(np.arange(24) == 5, 2.0, random.uniform(0.2, 0.6, 24))
    sound = (size * np.exp(-5 * time) * np.sin(2 * np.pi * frequency * time + frequency)).sum(1)
    soundfile.write("gong.wav", 0.05 * sound, 44100)
    assert main(["learn", "resonance", "gong.wav", "--as", "notes", "-o", "gong.luthier"]) == 0
    assert read("gong.luthier").tensors["pitch"] == pytest.approx([frequency[5]], rel=0.002)
    assert "no clear pitch" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["resonance", "nothing.wav", "-o", "x.luthier"], "no such recording"),
        (
            ["resonance", "string.wav", "silence.wav", "--as", "piece", "-o", "x.luthier"],
            "from one recording, not from 2",
        ),
        (["resonance", "string.wav", "silence.wav", "-o", "x.luthier", "--start", "1"], "a part of one recording"),
        (["resonance", "string.wav@0.9-0.2", "-o", "x.luthier"], "the end (0.2 s) must come after the start (0.9 s)"),
        (["resonance", "silence.wav", "-o", "x.luthier"], "silent"),
        (["resonance", "silence.wav", "-o", "x.luthier", *TINY], "silent"),
        (["resonance", "string.wav@0.9-1", "-o", "x.luthier", *TINY], "too short"),
        (["resonance", "string.wav", "-o", "x.luthier", "--start", "5"], "nothing to hear"),
        (["resonance", "string.wav", "-o", "x.luthier", "--device", "abacus"], "no device 'abacus'"),
        (["resonance", "string.wav", "-o", "x.luthier", "--steps", "3", "--minutes", "1"], "not allowed with"),
        (["ddsp", "string.wav", "-o", "x.luthier", "--start", "5"], "nothing to hear"),
        (["ddsp", "string.wav@3-4", "-o", "x.luthier"], "nothing to hear in string.wav from 3 s"),
        (["ddsp", "string.wav", "-o", "x.luthier", "--state", "8"], "--state is for ssm"),
        (["events", "string.wav", "-o", "x.luthier", "--as", "piece"], "--as is for resonance or ssm"),
        (["resonance", "string.wav", "-o", "x.luthier", "--from", "violin"], "--from is for ddsp"),
        (["resonance", "string.wav", "-o", "x.luthier", "--sites", "9"], "--sites is for a piece"),
        (["kazoo", "string.wav", "-o", "x.luthier"], "invalid choice"),
    ],
)
def test_what_cannot_be_learned_is_one_line(folder, capsys, words, hint):
    assert main(["learn", *words]) == 2
    assert hint in capsys.readouterr().err.splitlines()[-1]
    assert not list(folder.glob("x.*"))


@pytest.mark.parametrize("kind", LEARNABLE)
def test_a_kind_adds_the_options_that_it_declares(kind):
    parser = argparse.ArgumentParser(add_help=False)
    import_module(f"cli.learn.{kind}").add_arguments(KindOptions(parser))
    assert set(re.findall(r"--(\w+)", parser.format_usage())) == set(KINDS[kind].learn_options)
