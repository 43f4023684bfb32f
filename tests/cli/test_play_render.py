"""luthier render and luthier play sound as the engine does, and print in one line why they cannot."""

import argparse
import json
import os
import sys
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

from benchmarks.support.constant_and_impulse import ConstantTone
from benchmarks.support.jack_server import running
from cli import play
from cli.chain_options import HostedRack
from cli.main import main
from cli.playback import panic_key, status_line
from engine.instruments import load
from engine.midi.midi_score import read
from engine.preset import library
from engine.preset.preset_file import write
from engine.render import render
from engine.standard_chain import StandardChain
from tests.support.host_callback import render as call
from tests.support.resonance_preset import small_preset
from tests.support.simple_plugins import Organ


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
    host = StandardChain(44100)
    host.play([load(folder / "small.luthier", 3)])
    assert rate == 44100
    np.testing.assert_array_equal(audio.T, render(host, read("score.mid"), 1.0))
    told = json.loads(capsys.readouterr().out)
    assert told["seconds"] == 1
    assert told["peak"] == pytest.approx(np.abs(audio).max())


def test_a_score_without_notes_on_an_enabled_channel_is_refused_with_a_channel_that_has_some(folder, capsys):
    assert main(["render", "small.luthier", "score.mid", "-o", "out.wav", "--seconds", "1", "--channel", "2"]) == 2
    assert "score.mid has notes on channel 1 only, which is not heard; say --channel 1" in capsys.readouterr().err
    assert not Path("out.wav").exists()


@pytest.mark.parametrize("performance", ["learned", "random", "permuted"])
def test_an_instrument_performs_what_it_learned(folder, performance):
    words = ["render", "small.luthier", "--performance", performance, "-o", "out.wav", "--seconds", "0.5"]
    assert main([*words, "--seed", "2"]) == 0
    once = soundfile.read("out.wav")[0]
    assert main([*words, "--seed", "2"]) == 0
    np.testing.assert_array_equal(soundfile.read("out.wav")[0], once)
    assert np.abs(once).max() > 0.001


def test_what_was_not_learned_has_no_performance(folder, capsys, monkeypatch):
    monkeypatch.setattr("engine.instrument_chain.make_instrument", lambda path, seed: ConstantTone())
    words = ["render", "small.luthier", "--performance", "learned", "-o", "out.wav", "--room", "none"]
    assert main(words) == 2
    assert capsys.readouterr().err == "luthier: tone was not learned, so it has no performance of its own\n"


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
    assert "luthier-demo-small.wav" in told
    audio, rate = soundfile.read("luthier-demo-small.wav")
    assert (len(audio), rate) == (48000, 48000)


def test_without_a_device_playing_waits_for_one_and_says_why(folder, capsys):
    assert main(["play", "small.luthier", "--device", "no such device", "--seconds", "0.2"]) == 0
    assert capsys.readouterr().out.count("waiting for an audio device: ") == 1


def test_playing_nothing_is_refused(capsys):
    assert main(["play"]) == 2
    assert "luthier presets" in capsys.readouterr().err


def test_devices_are_printed_as_one_json_object_a_line(capsys):
    assert main(["devices", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(row["kind"] in ("output", "input", "midi", "hint") for row in rows)
    assert main(["devices"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(rows)


def test_a_recording_of_what_is_played_equals_its_rendering(folder, capsys):
    with running() as server:
        words = ["play", "small.luthier", "--demo", "--seconds", "3", "--record", "heard.wav", "--backend", "jack"]
        assert main(words) == 0
    audio, rate = soundfile.read("heard.wav", dtype="float32")
    assert rate == server.rate
    host = StandardChain(rate)
    host.play([load(folder / "small.luthier", 0)])
    rendered = render(host, read(library.factory_folder() / "demo.mid"), 3.0)
    heard, wanted = (sound[:, np.flatnonzero(np.abs(sound).max(axis=0) > 1e-3)[0] :] for sound in (audio.T, rendered))
    length = min(heard.shape[1], wanted.shape[1])
    assert length > 0.3 * rate
    np.testing.assert_allclose(heard[:, :length], wanted[:, :length], atol=1e-4)


def test_the_status_is_printed_as_json(folder, capsys):
    with running() as server:
        assert main(["play", "small.luthier", "--seconds", "3", "--backend", "jack", "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    last = [each for each in told if "state" in each][-1]
    assert (last["state"], last["rate"], last["block"], last["voices"]) == ("playing", server.rate, server.block, 0)


def test_an_instrument_is_tuned_to_the_requested_a(folder):
    assert (
        main(["render", "small.luthier", "score.mid", "-o", "out.wav", "--seconds", "1", "--float", "--a4", "415"])
        == 0
    )
    host = StandardChain(48000)
    host.set_param(host.interpreter, "a4", 415)
    host.play([load(folder / "small.luthier")])
    wanted = render(host, read("score.mid"), 1.0)
    np.testing.assert_array_equal(soundfile.read("out.wav", dtype="float32")[0].T, wanted)
    host = StandardChain(48000)
    host.play([load(folder / "small.luthier")])
    assert np.abs(render(host, read("score.mid"), 1.0) - wanted).max() > 0.001


@pytest.mark.parametrize("error", [ValueError("a plugin is gone"), RuntimeError("the audio device has stopped")])
def test_a_program_change_that_fails_leaves_what_plays(folder, capsys, monkeypatch, error):
    write(folder / "small.luthier", small_preset())
    monkeypatch.setattr(library, "user_folder", lambda: folder)
    host = StandardChain(48000)

    def refuse(row):
        raise error

    monkeypatch.setattr(host, "play", refuse)
    host.midi(0xC0, 0)
    call(host, 128)
    args = argparse.Namespace(seed=0, plugins=[], params=[], json=False, room=None)
    play._make_program_change_task(HostedRack(host, None), args)()
    assert capsys.readouterr().out == f"{error}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of its own")
def test_typing_p_silences_everything(monkeypatch):
    host, organ = StandardChain(48000), Organ()
    host.play([organ])
    host.midi(0x90, 60, 127)
    assert call(host, 1000).any()
    ours, theirs = os.openpty()
    with os.fdopen(ours, "wb", buffering=0) as keys, os.fdopen(theirs) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        poll = panic_key.make_poll(host.panic)
        poll()
        assert call(host, 48000, 4096)[0, -1] != 0
        keys.write(b"p\n")
        poll()
    assert not call(host, 96000, 4096)[:, -1000:].any()


def test_the_live_line_shows_the_whole_status():
    status = {
        "device": "system", "backend": "jack", "realtime": False, "rate": 48000.0, "block": 128, "latency": 0.00533,
        "load": 0.123, "worst": 0.5, "underruns": 2, "clipped": 3, "lost": 0, "voices": 7, "ports": ["Grand", "Pads"],
    }  # fmt: skip
    assert status_line.format_line(status) == (
        "system (jack) · 48000 Hz · block 128 not realtime · 5.3 ms · load 12% worst 50% · under-runs 2 · "
        "clipped 3 · voices 7 · MIDI Grand, Pads"
    )


def test_a_recording_ends_where_the_rate_changes_and_another_begins(tmp_path):
    host = StandardChain(48_000)
    host.play([Organ()])
    args = argparse.Namespace(record=str(tmp_path / "take.wav"), json=False)
    with play._record(host, args) as write:
        call(host, 4800)
        write()
        host.prepare(44_100)
        write()
        call(host, 4410)
    lengths = {
        path.name: (len(soundfile.read(path)[0]), soundfile.info(path).samplerate) for path in tmp_path.iterdir()
    }
    assert lengths == {"take.wav": (4800, 48_000), "take-2.wav": (4410, 44_100)}


def test_a_recording_without_a_device_is_said_to_be_empty(tmp_path, capsys):
    host = StandardChain(48_000)
    args = argparse.Namespace(record=str(tmp_path / "take.wav"), json=False)
    with play._record(host, args) as write:
        write()
    assert "take.wav is empty: nothing was played" in "".join(capsys.readouterr())
