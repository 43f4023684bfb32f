"""What the window plays of a patch, the commands play, render and transfer it too, sample for sample.

The live path of the window is `RackLoader`, whose chain is driven here by the callback that a device would call.
"""

import dataclasses
import json
import os
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from benchmarks.support.jack_server import running
from cli.main import main
from engine.kinds.ddsp import random_preset
from engine.midi.midi_score import read
from engine.preset import library
from engine.preset.preset_file import Preset, write
from engine.preset.preset_file import read as read_preset
from engine.render import render, render_frames
from engine.standard_chain import StandardChain
from engine.voice.offline_tracking import track_recording
from engine.voice_transfer import fit_voice, render_transfer
from session import patch_bundle, patch_file
from session.crash_marker import LoadingMarker
from session.engine_run import DEFAULT_RATE
from session.patch import ROOM, Chain, Effect, Layer, Patch
from session.rack_loader import RackLoader
from tests.session.test_command_window_parity import VALUES, chain, folder, saved

SECONDS = 2.0
BLOCK = 128  # frames
HOP_SECONDS = 0.01  # of the tracking by which `transfer` fits a voice
FADE_SECONDS = 0.005  # of the start of what `transfer` writes
VOICE_VALUES = {"voice dry": -12.0, "voice gate": -55.0, "voice snap": 1.0, "tone tilt": 2.0, "chorus mix": 0.4}
__all__ = ["chain", "folder", "saved"]


@pytest.fixture(autouse=True)
def config(folder, monkeypatch):
    """A user who has never started the program."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))


def loaded(*patches, follow_voice=False):
    """A host of the window that has loaded some patches one after the other, and played each but the last."""
    host = StandardChain(DEFAULT_RATE)
    loader = RackLoader(host, LoadingMarker())
    for patch in patches[:-1]:
        assert not loader.load(patch, follow_voice).problems
        host.midi(0x90, 60, 10)  # soft: what the limiter has limited it remembers for more than a second
        render_frames(host, 4800)
        host.panic()
        render_frames(host, 48_000)
    result = loader.load(patches[-1], follow_voice)
    assert not result.problems
    return host, loader, result.loaded


def written(path):
    """The sound (2, T) in a file."""
    sound, rate = soundfile.read(path, dtype="float32")
    assert rate == DEFAULT_RATE
    assert np.abs(sound).max() > 0.01
    return sound.T


def rendered(name, *words):
    """The sound that `luthier render` writes of the score."""
    words = ("--seconds", str(SECONDS), "--block", str(BLOCK), "--float", *words)
    assert main(["render", name, "score.mid", "-o", "command.wav", *words]) == 0
    return written("command.wav")


def test_the_window_plays_a_saved_patch_as_it_is_rendered(folder, saved):
    host, _, now = loaded(Patch(saved))
    np.testing.assert_array_equal(render(host, read("score.mid"), SECONDS, BLOCK), rendered("duo"))
    assert now.values == VALUES


def test_the_window_plays_a_bundle_as_it_is_rendered(folder, chain):
    patch_bundle.write_bundle(folder / "small.luthier", folder / "mine.luthier", Patch(folder, VALUES, chain))
    host, _, _ = loaded(patch_bundle.read_patch(folder / "mine.luthier"))
    np.testing.assert_array_equal(render(host, read("score.mid"), SECONDS, BLOCK), rendered("mine.luthier"))


def test_a_patch_sounds_the_same_after_another_instrument(folder, saved):
    host, _, _ = loaded(Patch(folder / "small.luthier", {}, Chain((Effect(ROOM), Effect("tone")))), Patch(saved))
    np.testing.assert_array_equal(render(host, read("score.mid"), SECONDS, BLOCK), rendered("duo"))


def test_effects_and_second_instrument_added_one_by_one_sound_as_a_patch_with_all_of_them(folder, saved, chain):
    """As far as single precision goes: an effect that was faded in stays a rounding below its full part."""
    host, loader, _ = loaded(Patch(folder / "small.luthier", VALUES, Chain()))
    (chorus, room), layer = chain.effects, chain.layer
    for now in (Chain((Effect(ROOM), chorus)), Chain((chorus, room)), Chain((chorus, room), layer)):
        assert not loader.arrange(Patch(folder / "small.luthier", VALUES, now)).problems
    np.testing.assert_allclose(render(host, read("score.mid"), SECONDS, BLOCK), rendered("duo"), atol=1e-4)


def test_the_command_plays_a_patch_into_a_file_as_the_window_does(folder, saved):
    assert main(["play", "duo", "--demo", "--device", "no such device", "--seconds", str(SECONDS)]) == 0
    host, _, _ = loaded(Patch(saved))
    heard = render(host, read(library.factory_folder() / "demo.mid"), SECONDS, BLOCK)
    with soundfile.SoundFile("wanted.wav", "w", int(host.rate), 2, "PCM_24") as file:
        file.write(heard.T)
    np.testing.assert_array_equal(written("luthier-demo-duo.wav"), written("wanted.wav"))


# In a process of its own: libjack may crash after the servers of other tests.
PLAY = f"""
import sys
from pathlib import Path
from cli.main import main
from engine.midi import score_playback
from engine.preset import library

class Logged(score_playback.ScorePlayback):
    def __init__(self, ring, score, start):
        self.start = start
        print("from frame", start)
        super().__init__(ring, score, start)

    def feed(self, frame, rate):
        super().feed(frame, rate)
        if frame > self.start + {SECONDS} * rate:
            raise KeyboardInterrupt  # as Ctrl+C, after so many frames

score_playback.ScorePlayback = Logged
library.user_folder = lambda: Path("user").absolute()
sys.exit(main(["play", "duo", "--demo", "--record", "heard.wav", "--backend", "jack"]))
"""


def test_the_command_plays_a_patch_on_a_device_as_the_window_does(folder, saved):
    with running(rate=int(DEFAULT_RATE), block=BLOCK, synchronous=True):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-c", PLAY]
        run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    assert run.returncode == 130
    start = int(run.stdout.partition("from frame ")[2].split()[0])
    heard, score = written("heard.wav"), read(library.factory_folder() / "demo.mid")
    host, _, _ = loaded(Patch(saved))
    events = score.events(host.rate)
    events["frame"] += start
    wanted = render(host, events, start / host.rate + 2 * SECONDS, BLOCK)
    silent = [int(np.flatnonzero(np.abs(sound).max(axis=0))[0]) for sound in (heard, wanted)]
    first = silent[1] - silent[0]  # the frame at which the recording begins
    assert first % BLOCK == 0
    length = min(heard.shape[1], wanted.shape[1] - first)
    assert length > 0.9 * SECONDS * host.rate
    np.testing.assert_array_equal(heard[:, :length], wanted[:, first : first + length])


@pytest.fixture(params=[None, Layer("gong", 60, True)], ids=["alone", "with a second instrument"])
def singing(folder, request):
    """A patch called `voice`, of an instrument that can follow a voice, with effects; and a recorded voice."""
    header, tensors = random_preset(harmonics=20, taps=50)
    write(folder / "drawn.luthier", Preset({**header, "level": -12.0}, tensors))
    effects = (Effect("tone"), Effect(ROOM, str(folder / "hall.wav")), Effect("chorus"), Effect("compressor"))
    path, digest = patch_file.destination("voice"), read_preset(folder / "drawn.luthier").digest
    chain = Chain(effects, request.param)
    patch_file.write(path, patch_file.SavedPatch(digest, folder / "drawn.luthier", VOICE_VALUES, chain))
    time = np.arange(72_000) / DEFAULT_RATE
    sung = sum(np.sin(2 * np.pi * k * 150 * time) / k for k in range(1, 12))
    soundfile.write("sung.wav", 0.1 * sung * np.clip(10 * np.sin(2 * np.pi * time), 0, 1), int(DEFAULT_RATE), "FLOAT")
    return path


def test_a_voice_is_transferred_as_the_window_plays_it(folder, singing, capsys):
    assert main(["transfer", "sung.wav", "voice", "-o", "out.wav", "--float", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    sound = soundfile.read("sung.wav", dtype="float32")[0]
    curves = track_recording(sound, DEFAULT_RATE, HOP_SECONDS)
    fit = fit_voice(curves, read_preset(folder / "drawn.luthier").header, HOP_SECONDS)
    values = {"voice follow": 0.0, "voice level": fit.gain, "voice transpose": fit.transpose}
    host, _, now = loaded(dataclasses.replace(Patch(singing), values=values), follow_voice=True)
    assert now.values == {**VOICE_VALUES, **values}
    assert told["transpose"] == fit.transpose
    removed = round(told["removed"] * host.rate)
    wanted = np.concatenate(list(render_transfer(host, sound, BLOCK)), axis=1)[:, removed:]
    fade = np.minimum(np.arange(wanted.shape[1]) / (FADE_SECONDS * host.rate), 1).astype(np.float32)
    np.testing.assert_array_equal(written("out.wav"), wanted * fade)


def test_options_of_the_voice_come_before_what_a_patch_holds(folder, singing):
    def transferred(*words):
        assert main(["transfer", "sung.wav", "voice", "-o", "out.wav", "--float", *words]) == 0
        return written("out.wav")

    held = transferred()
    np.testing.assert_array_equal(held, transferred("--dry", "-12"))
    silent = transferred("--dry", "-60")
    length = min(held.shape[1], silent.shape[1])
    assert np.abs(held[:, :length] - silent[:, :length]).max() > 0.001
