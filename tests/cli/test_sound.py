"""luthier render and luthier play sound as the engine does, and say plainly when they cannot."""

import json

import mido
import numpy as np
import pytest
import soundfile

from benchmarks.jackserver import running
from cli.main import main
from engine.instruments import load
from engine.preset import write
from engine.render import render
from engine.rig import Rig
from engine.sources.score import read
from tests.engine.instrument import small_preset


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working folder, with a preset and a score of two notes."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "small.luthier", small_preset())
    notes = [mido.Message("note_on", note=note, velocity=90, time=240) for note in (60, 67)]
    mido.MidiFile(tracks=[mido.MidiTrack(notes)]).save(tmp_path / "score.mid")
    return tmp_path


def test_a_rendered_file_holds_what_the_engine_plays(folder, capsys):
    words = ["render", "small.luthier", "score.mid", "-o", "out.wav", "--rate", "44100", "--seconds", "1", "--float"]
    assert main([*words, "--seed", "3", "--json"]) == 0
    audio, rate = soundfile.read("out.wav", dtype="float32")
    rig = Rig(44100)
    rig.play([load(folder / "small.luthier", 3)])
    assert rate == 44100
    np.testing.assert_array_equal(audio.T, render(rig, read("score.mid"), 1.0))
    told = json.loads(capsys.readouterr().out)
    assert told["seconds"] == 1
    assert told["peak"] == pytest.approx(np.abs(audio).max())


def test_a_channel_that_is_not_asked_for_is_not_heard(folder):
    assert main(["render", "small.luthier", "score.mid", "-o", "out.wav", "--seconds", "1", "--channel", "2"]) == 0
    audio, _ = soundfile.read("out.wav")
    assert not audio.any()


@pytest.mark.parametrize("performance", ["learned", "random", "permuted"])
def test_an_instrument_performs_what_it_learned(folder, performance):
    words = ["render", "small.luthier", "--performance", performance, "-o", "out.wav", "--seconds", "0.5"]
    assert main([*words, "--seed", "2"]) == 0
    once = soundfile.read("out.wav")[0]
    assert main([*words, "--seed", "2"]) == 0
    np.testing.assert_array_equal(soundfile.read("out.wav")[0], once)
    assert np.abs(once).max() > 0.001


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["small.luthier", "-o", "out.wav"], "SCORE.mid --performance is required"),
        (["nobody.luthier", "score.mid", "-o", "out.wav"], "no file 'nobody.luthier'"),
        (["small.luthier", "nothing.mid", "-o", "out.wav"], "nothing.mid"),
        (["small.luthier", "small.luthier", "-o", "out.wav"], "not a MIDI file"),
        (["small.luthier", "score.mid", "-o", "out.mp3"], ".wav or .flac"),
        (["small.luthier", "score.mid", "-o", "nowhere/out.wav"], "nowhere"),
        (["small.luthier", "score.mid"], "-o"),
        (["small.luthier", "score.mid", "-o", "out.wav", "--rate", "fast"], "from 8000 to 384000 Hz"),
        (["small.luthier", "score.mid", "-o", "out.wav", "--rate", "nan"], "from 8000 to 384000 Hz"),
        (["small.luthier", "score.mid", "-o", "out.wav", "--block", "1.5"], "no whole number"),
        (["small.luthier", "score.mid", "-o", "out.wav", "--channel", "17"], "from 1 to 16"),
    ],
)
def test_what_cannot_be_rendered_is_one_line_and_no_file(folder, capfd, words, hint):
    assert main(["render", *words]) == 2
    line = capfd.readouterr().err.splitlines()[-1]
    assert line.startswith("luthier: ")
    assert hint in line
    assert sorted(path.name for path in folder.iterdir()) == ["score.mid", "small.luthier"]


def test_the_demo_goes_into_a_file_where_there_is_no_device(folder, capsys):
    assert main(["play", "small.luthier", "--demo", "--device", "no such device", "--seconds", "1"]) == 0
    told = capsys.readouterr().out
    assert "no audio device (" in told
    assert "luthier-demo.wav" in told
    audio, rate = soundfile.read("luthier-demo.wav")
    assert (len(audio), rate) == (48000, 48000)


def test_without_a_device_playing_waits_for_one_and_says_why(folder, capsys):
    assert main(["play", "small.luthier", "--device", "no such device", "--seconds", "0.2"]) == 0
    assert capsys.readouterr().out.count("waiting for an audio device: ") == 1


def test_playing_nothing_is_refused(capsys):
    assert main(["play"]) == 2
    assert "luthier presets" in capsys.readouterr().err


def test_devices_are_told_one_json_object_a_line(capsys):
    assert main(["devices", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(row["kind"] in ("output", "input", "midi", "hint") for row in rows)
    assert main(["devices"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(rows)


def test_what_is_played_is_recorded(folder, capsys):
    with running() as server:
        words = ["play", "small.luthier", "--demo", "--seconds", "1", "--record", "heard.wav", "--backend", "jack"]
        assert main(words) == 0
    audio, rate = soundfile.read("heard.wav")
    assert rate == server.rate
    assert len(audio) > 0.5 * rate
    assert np.abs(audio).max() > 0.01
