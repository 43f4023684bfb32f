"""Foreign plugins in the commands: as instruments, as effects, and refused in one line."""

import argparse
import json
import re
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from benchmarks.support.jack_server import running
from cli import play
from cli.main import main
from engine.foreign import load
from engine.foreign.scan import preset_scan
from engine.standard_chain import StandardChain
from tests.support.foreign.probe import HANG, LATENCY, RESTART
from tests.support.host_callback import render
from tests.support.wait_limit import MAX_WAIT_SECONDS

RATE = 48_000
RENDER_GUITAR = ("render", "guitar", "score.mid", "-o", "out.wav")


def rendered(*words):
    """The sound (2, T) of a second of the score."""
    assert main(["render", *map(str, words), "-o", "out.wav", "--seconds", "1", "--float"]) == 0
    sound, rate = soundfile.read("out.wav", dtype="float32")
    assert rate == RATE
    assert len(sound) == RATE
    return sound.T


def test_a_foreign_instrument_plays_each_key_on_its_frame(score_folder, probe_path):
    sound = rendered(f"{probe_path}#probe.instrument", "score.mid")
    assert np.flatnonzero(sound[0]).tolist() == [RATE // 4, RATE // 2]


def test_the_latency_of_a_foreign_effect_is_taken_off(score_folder, probe_path):
    plain = rendered("guitar", "score.mid")
    np.testing.assert_array_equal(rendered("guitar", "score.mid", "--with", f"{probe_path}#probe.effect"), plain)


def test_an_effect_that_is_switched_off_leaves_the_sound_on_time(score_folder, probe_path):
    words = ("guitar", "score.mid", "--with", f"{probe_path}#probe.mono")
    on, off = rendered(*words), rendered(*words, "--set", "Probe mono.on=0")
    assert len(off.T) == len(on.T) == RATE
    np.testing.assert_allclose(off, on, atol=1e-6)


def test_what_went_wrong_in_a_plugin_is_said_in_a_line(score_folder, probe_path, capsys):
    words = ("guitar", "score.mid", "--with", f"{probe_path}#probe.effect")
    rendered(*words)
    assert "silenced" not in capsys.readouterr().out
    rendered(*words, "--set", "Probe effect.Mode=1")
    assert re.fullmatch(
        r"Probe effect: \d+ samples silenced, no numbers or far too loud", capsys.readouterr().out.splitlines()[-1]
    )
    rendered(*words, "--set", "Probe effect.Mode=7", "--json")
    told = json.loads(capsys.readouterr().out.splitlines()[-1])["plugin_faults"]
    assert re.fullmatch(r"Probe effect: \d+ blocks given up by the plugin", told)


def test_the_knobs_of_a_foreign_effect_are_set_by_its_name(score_folder, probe_path):
    plain = rendered("guitar", "score.mid")
    words = ("--with", f"{probe_path}#probe.mono", "--set", "Probe mono.Gain=0.5")
    np.testing.assert_allclose(rendered("guitar", "score.mid", *words), plain / 2, atol=1e-6)


def test_a_foreign_instrument_plays_in_a_room_and_before_our_effects(score_folder, probe_path):
    words = (f"{probe_path}#probe.instrument", "score.mid", "--with", "room", "--with", "chorus")
    sound = rendered(*words)
    assert np.flatnonzero(np.abs(sound[0]) > 1e-6)[-1] > RATE // 2 + 100


def test_side_chain_and_outputs_are_as_the_options_say(score_folder, probe_path):
    plain, wide = rendered("guitar", "score.mid"), f"{probe_path}#probe.wide"
    words = ("guitar", "score.mid", "--with", wide, "--plugin-outputs", "first")
    np.testing.assert_array_equal(rendered(*words, "--side-chain", "silence"), plain)
    np.testing.assert_array_equal(rendered(*words, "--side-chain", "microphone"), plain)  # a file has none
    softer = ("--set", f"Probe wide.Gain={1 / 11}")  # of eleven times the sound: ten come in at the side
    np.testing.assert_allclose(rendered(*words, *softer), plain, atol=1e-5)
    both = (*words[:-2], "--with", wide, "--plugin-outputs", "first", "--side-chain", "silence")
    np.testing.assert_array_equal(rendered(*both), plain)
    second = (*both, "--side-chain", "Probe wide2=input", "--set", f"Probe wide2.Gain={1 / 11}")
    np.testing.assert_allclose(rendered(*second), plain, atol=1e-5)
    assert np.abs(rendered(*both, "--plugin-outputs", "Probe wide2=all")).min() > 0.5  # its third output is loud


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--side-chain", "loud"], "--side-chain loud: 'loud' is none of input, microphone, silence"),
        (["--plugin-outputs", "Probe wide="], "--plugin-outputs Probe wide=: '' is none of all, first"),
        (["--side-chain", "guitar=silence"], "'guitar' has no such choice; these have: Probe wide"),
        (["--plugin-outputs", "Probe mono=first"], "'Probe mono' has no such choice; these have: Probe wide"),
    ],
)
def test_a_choice_that_there_is_not_is_told_in_one_line(score_folder, probe_path, capsys, words, reason):
    chain = ["--with", f"{probe_path}#probe.mono", "--with", f"{probe_path}#probe.wide"]
    assert main(["render", "guitar", "score.mid", "-o", "out.wav", *chain, *words]) == 2
    assert capsys.readouterr().err.strip().splitlines()[-1].endswith(reason)
    assert main(["render", "guitar", "score.mid", "-o", "out.wav", *chain[:2], "--side-chain", "silence"]) == 2
    assert capsys.readouterr().err.strip().endswith("silence: no plugin of the chain has such a choice")
    assert not (score_folder / "out.wav").exists()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["render", "PROBE#probe.none", "score.mid", "-o", "out.wav"], "has no plugin 'probe.none'"),
        (["render", "gone.clap", "score.mid", "-o", "out.wav"], "no such plugin"),
        ([*RENDER_GUITAR, "--with", "gone.clap"], "no such plugin"),
        ([*RENDER_GUITAR, "--with", "PROBE"], "has 5 plugins: say"),
        (["render", "PROBE#probe.instrument", "-o", "out.wav", "--performance", "learned"], "was not learned"),
        (["transfer", "voice.wav", "PROBE#probe.instrument", "-o", "out.wav"], "cannot follow a voice"),
        (["play", "gone.clap"], "no such plugin"),
        (["gone.clap"], "no such plugin"),
        (
            [*RENDER_GUITAR, "--with", "PROBE#probe.mono", "--set", "Probe mono.X=1"],
            "there is no knob 'Probe mono.X'; there are Probe mono.Gain, Probe mono.Mode, Probe mono.Knob,",
        ),
        (["play", "PROBE#probe.mono"], "Probe mono is an effect: play an instrument --with PROBE#probe.mono"),
    ],
)
def test_what_cannot_be_had_is_told_in_one_line(score_folder, probe_path, capsys, words, reason):
    soundfile.write("voice.wav", np.sin(np.arange(RATE) / 20), RATE)
    assert main([word.replace("PROBE", str(probe_path)) for word in words]) == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert reason.replace("PROBE", str(probe_path)) in told[-1]
    assert told[-1].startswith("luthier: ")
    assert not (score_folder / "out.wav").exists()


def test_what_a_plugin_tells_of_itself_is_shown(score_folder, probe_path, capsys):
    name = f"{probe_path}#probe.effect"
    assert main(["show", name]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Probe effect\n")
    assert "64 frames at 48000 Hz, 1.3 ms" in told
    assert "Mode" in told
    assert "1 not a number, 2 huge" in told
    assert main(["show", name, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["latency"], facts["has_state"], facts["params"][0]["key"]) == (LATENCY, True, "100")


@pytest.mark.parametrize("words", [["export", "PROBE", "-o", "a.clap"], ["report", "PROBE", "-o", "a.html"]])
def test_what_is_made_of_learned_instruments_refuses_a_plugin(score_folder, probe_path, capsys, words):
    assert main([word.replace("PROBE", f"{probe_path}#probe.effect") for word in words]) == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 1
    assert "is a plugin" in told[0]
    assert len(list(score_folder.iterdir())) == 1


def test_presets_are_shown_and_loaded_by_the_command(probe_path, capsys, score_folder, monkeypatch):
    effect = f"{probe_path}#probe.effect"
    assert main(["show", effect]) == 0
    assert "Presets       Loud, Soft" in capsys.readouterr().out
    words = ["render", "guitar", "score.mid", "-o", "out.wav", "--seconds", "0.1", "--with", effect]
    assert main([*words, "--plugin-preset", "Loud"]) == 0
    assert main([*words, "--plugin-preset", "Probe effect=#soft"]) == 0
    capsys.readouterr()
    assert main([*words, "--plugin-preset", "Gone"]) == 2
    assert "there are Loud, Soft" in capsys.readouterr().err
    preset_scan._find.cache_clear()
    monkeypatch.setenv("PROBE_FAULT", "discovery")
    assert main(["show", effect]) == 0
    assert "cannot be listed" in " ".join(capsys.readouterr().out.split())  # on as many lines as a path needs


def test_a_plugin_that_stops_while_it_plays_is_told_once(probe_path, monkeypatch, capsys):
    host, plugin = StandardChain(RATE), load(f"{probe_path}#probe.effect")
    host.play([plugin])
    host.set_param(plugin, "Mode", RESTART)
    render(host, 256)
    monkeypatch.setenv("PROBE_FAULT", "activate")
    task = play._make_plugin_task(host, argparse.Namespace(json=False))
    for _ in range(3):
        task()
    assert capsys.readouterr().out == "Probe effect cannot play at 48000 Hz\n"


def run_play(*words):
    """`luthier play` in a process of its own."""
    command = [sys.executable, "-m", "cli.main", "play", *words, "--backend", "jack"]
    with running():
        return subprocess.run(command, capture_output=True, text=True, timeout=MAX_WAIT_SECONDS, check=False)


@pytest.mark.verify
def test_playing_goes_on_without_an_effect_that_hangs(score_folder, probe_path):
    effect = ["--with", f"{probe_path}#probe.effect", "--set", f"Probe effect.Mode={HANG}"]
    ended = run_play("guitar", *effect, "--demo", "--seconds", "4", "--record", "a.wav")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Probe effect does not come back: it is left out" in ended.stdout
    sound, _ = soundfile.read("a-2.wav")
    assert len(sound) >= 3 * RATE
    assert np.abs(sound).max() > 0.01


@pytest.mark.verify
def test_playing_ends_where_the_instrument_hangs(probe_path):
    ended = run_play(f"{probe_path}#probe.instrument", "--set", f"Mode={HANG}", "--seconds", "20")
    assert ended.returncode == 1
    assert "Probe does not come back" in ended.stdout
