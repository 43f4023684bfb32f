"""--with appends the built-in effects by name, and --set sets their parameters."""

import json

import mido
import numpy as np
import pytest
import soundfile

from cli.main import main
from engine import impulse_response
from engine.effects import make
from engine.instruments import load
from engine.kinds.ddsp import random_preset
from engine.midi.midi_score import read
from engine.preset.preset_file import Preset, write
from engine.render import render
from engine.standard_chain import StandardChain
from tests.support.resonance_preset import small_preset


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The working folder: an instrument, a room and a score of two notes."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "small.luthier", small_preset())
    soundfile.write("hall.wav", np.array([0.5, 0.0, 0.25], np.float32), 48_000, "FLOAT")
    notes = [mido.Message("note_on", note=note, velocity=90, time=240) for note in (60, 67)]
    mido.MidiFile(tracks=[mido.MidiTrack(notes)]).save(tmp_path / "score.mid")
    return tmp_path


def rendered(*words):
    """The sound (2, T) that the command writes."""
    base = ["render", "small.luthier", "score.mid", "-o", "out.wav", "--seconds", "1", "--float"]
    assert main([*base, *words]) == 0
    return soundfile.read("out.wav", dtype="float32")[0].T


def expected(effects, *values):
    """The sound of a chain built by hand; values: (effect, name, value)."""
    host = StandardChain(48_000)
    host.play([load("small.luthier"), *effects])
    for effect, name, value in values:
        host.set_param(effect, name, value)
    return render(host, read("score.mid"), 1.0)


def test_effects_come_in_the_order_given_and_their_parameters_are_set():
    chorus, room, tone = make("chorus"), make("room", impulse_response.find_room("hall.wav")), make("tone")
    words = ["--with", "chorus", "--set", "chorus.depth=0.004", "--with", "room=hall.wav", "--with", "tone"]
    sound = rendered(*words, "--set", "room.level=-3", "--set", "tone.tilt=4")
    values = [(chorus, "depth", 0.004), (room, "level", -3.0), (tone, "tilt", 4.0)]
    np.testing.assert_array_equal(sound, expected([chorus, room, tone], *values))
    assert not np.array_equal(sound, rendered())


def test_a_second_effect_of_a_name_has_a_number():
    first, second = make("chorus"), make("chorus")
    sound = rendered("--with", "chorus", "--with", "chorus", "--set", "chorus.mix=1", "--set", "chorus2.mix=0.2")
    np.testing.assert_array_equal(sound, expected([first, second], (first, "mix", 1.0), (second, "mix", 0.2)))


def test_the_note_of_a_delay_is_set_by_its_name(capfd):
    first, second = make("delay"), make("delay")
    words = ["--with", "delay", "--with", "delay", "--set", "delay.tempo=140", "--set", "delay2.tempo=140"]
    sound = rendered(*words, "--set", "delay.note=1/8.", "--set", "delay2.note=2")
    values = [(first, "tempo", 140.0), (second, "tempo", 140.0), (first, "note", 7.0), (second, "note", 2.0)]
    np.testing.assert_array_equal(sound, expected([first, second], *values))
    base = ["render", "small.luthier", "score.mid", "-o", "out2.wav", "--with", "delay"]
    assert main([*base, "--set", "delay.note=1/7"]) == 2
    assert "delay.note=VALUE, or one of 1/32, 1/16T, 1/16," in capfd.readouterr().err
    assert main(["show", "delay"]) == 0
    shown = [line.split()[:5] for line in capfd.readouterr().out.splitlines()]
    assert ["note", "1/4", "1/32", "…", "1/1"] in shown


def test_a_room_by_name_is_that_of_the_violin_where_the_instrument_has_none():
    room = make("room", impulse_response.find_room("violin"))
    np.testing.assert_array_equal(rendered("--with", "room"), expected([room]))


def test_an_instrument_keeps_its_room_when_it_is_named(folder):
    write(folder / "small.luthier", Preset(*random_preset(taps=800)))
    own = rendered()
    np.testing.assert_array_equal(rendered("--with", "room"), own)
    assert not np.array_equal(rendered("--with", "room=hall.wav"), own)


def test_a_transferred_voice_goes_through_the_effects(folder):
    write("drawn.luthier", Preset(*random_preset()))
    time = np.arange(48_000) / 48_000
    soundfile.write("voice.wav", 0.3 * np.sin(2 * np.pi * 220 * time), 48_000)
    words = ["transfer", "voice.wav", "drawn.luthier", "-o", "out.wav", "--float"]
    assert main(words) == 0
    plain = soundfile.read("out.wav")[0]
    assert main([*words, "--with", "chorus", "--set", "chorus.mix=1"]) == 0
    assert np.abs(soundfile.read("out.wav")[0][: len(plain)] - plain).max() > 1e-3


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--with", "echo"], "no effect 'echo'; there are tone, chorus, compressor, room"),
        (["--with", "room=cellar.wav"], "cellar.wav"),
        (["--with", "room=small.luthier"], "small has no room"),
        (["--with", "chorus", "--set", "chorus.depth=0.4"], "chorus.depth goes from 0 to 0.006 s"),
        (["--set", "chorus.depth=0.004"], "there is no knob 'chorus.depth'; there are resonance."),
    ],
)
def test_what_cannot_be_had_is_one_line_and_no_file(folder, capfd, words, reason):
    assert main(["render", "small.luthier", "score.mid", "-o", "out.wav", *words]) == 2
    error = capfd.readouterr().err.splitlines()[-1]
    assert error.startswith("luthier: ")
    assert reason in error
    assert not (folder / "out.wav").exists()


def test_an_effect_is_shown_with_its_parameters(capsys):
    assert main(["show", "chorus"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("chorus\n")
    assert "  depth  0.002 s  0 … 0.006" in page
    assert main(["show", "tone", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["params"][0]["name"] == make("tone").params[0].name
