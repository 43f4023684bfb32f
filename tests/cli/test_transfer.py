"""luthier transfer follows a recorded voice through the real chain, at its pitch and in its time."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from cli.main import main
from engine.kinds.ddsp import random_preset
from engine.preset.preset_file import Preset, write
from tests.support.foreign.probe import LATENCY
from tests.support.resonance_preset import small_preset

SECONDS, QUIET = 1.5, 0.3
PITCH = 150.0  # below the range of the drawn instrument, which begins at 196 Hz


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A preset, and a voice at 22050 Hz in stereo: silence, then a tone, then silence."""
    monkeypatch.chdir(tmp_path)
    header, tensors = random_preset(harmonics=20, taps=50)
    write("drawn.luthier", Preset({**header, "level": -12.0}, tensors))
    time = np.arange(round(SECONDS * 22_050)) / 22_050
    sung = sum(np.sin(2 * np.pi * k * PITCH * time) / k for k in range(1, 12))
    sung *= 0.1 * np.clip((time - QUIET) / 0.02, 0, 1) * np.clip((SECONDS - QUIET - time) / 0.02, 0, 1)
    soundfile.write("voice.wav", np.stack([sung, sung], 1), 22_050)


def transferred(capsys, *words):
    assert main(["transfer", "voice.wav", "drawn.luthier", "-o", "out.wav", "--json", *words]) == 0
    audio, rate = soundfile.read("out.wav")
    return json.loads(capsys.readouterr().out), audio.T, rate


def pitch_of(audio, rate):
    """Hz of the strongest period between 100 and 1000 Hz, by autocorrelation."""
    spectrum = np.abs(np.fft.rfft(audio, 2 * len(audio))) ** 2
    alike = np.fft.irfft(spectrum)[: len(audio)]
    lags = np.arange(int(rate / 1000), int(rate / 100))
    top = lags[alike[lags] > 0.9 * alike[lags].max()][0]
    while alike[top + 1] > alike[top]:
        top += 1
    return rate / top


def test_the_instrument_sounds_while_the_voice_does_an_octave_higher(capsys):
    told, audio, rate = transferred(capsys)
    assert rate == 48_000
    assert told["transpose"] == 12
    middle = audio[0, int(0.6 * rate) : int(1.0 * rate)]
    assert pitch_of(middle, rate) == pytest.approx(2 * PITCH, rel=0.01)
    level = np.sqrt((audio**2).mean(0))
    assert level[: int((QUIET - 0.03) * rate)].max() < 1e-4
    assert level[int((SECONDS - QUIET + 0.2) * rate) :].max() < 0.01 * level.max()
    assert 0.005 < told["removed"] < 0.03


def test_a_side_chain_hears_the_voice_and_the_latency_of_its_plugin_is_taken_off(capsys, probe_path):
    plain, alone, rate = transferred(capsys)
    words = ("--with", f"{probe_path}#probe.wide", "--plugin-outputs", "first", "--set", "Probe wide.Gain=0.1")
    told, quiet, _ = transferred(capsys, *words, "--side-chain", "silence")
    assert told["removed"] - plain["removed"] == pytest.approx(LATENCY / rate, abs=1e-9)
    length = min(alone.shape[1], quiet.shape[1])
    start = round(QUIET * rate)  # after the fade-in
    np.testing.assert_allclose(quiet[:, start:length], 0.1 * alone[:, start:length], atol=1e-5)
    _, heard, _ = transferred(capsys, *words, "--side-chain", "microphone")
    voice = (heard[:, :length] - quiet[:, :length])[0, int(0.6 * rate) : int(1.0 * rate)]
    assert pitch_of(voice, rate) == pytest.approx(PITCH, rel=0.01)


def test_transposition_and_rate_are_those_of_the_options(capsys):
    told, audio, rate = transferred(capsys, "--transpose", "7", "--rate", "44100", "--room", "none")
    assert (told["transpose"], rate) == (7, 44_100)
    middle = audio[0, int(0.6 * rate) : int(1.0 * rate)]
    assert pitch_of(middle, rate) == pytest.approx(PITCH * 2 ** (7 / 12), rel=0.01)


def test_transposition_level_and_latency_are_printed(capsys):
    assert main(["transfer", "voice.wav", "drawn.luthier", "-o", "out.wav"]) == 0
    said = capsys.readouterr().out
    for word in ("moved by +1 octave,", "tracker", "frame 10.0 ms", "are taken off", "out.wav: "):
        assert word in said


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["missing.wav", "drawn.luthier"], "missing.wav"),
        (["drawn.luthier", "drawn.luthier"], "not a sound file"),
        (["short.wav", "drawn.luthier"], "lasts 0.05 s"),
        (["silent.wav", "drawn.luthier"], "nothing to follow"),
        (["voice.wav", "small.luthier"], "cannot follow a voice"),
    ],
)
def test_what_cannot_be_done_is_one_line(capsys, words, reason):
    write("small.luthier", small_preset())
    soundfile.write("short.wav", np.ones(400) * 0.1, 8000)
    soundfile.write("silent.wav", np.zeros(8000), 8000)
    assert main(["transfer", *words, "-o", "out.wav"]) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert reason in said[-1]
    assert said[-1].startswith("luthier: ")


def test_a_voice_is_never_overwritten_by_its_answer(folder, capsys):
    before = Path("voice.wav").read_bytes()
    assert main(["transfer", "voice.wav", "drawn.luthier", "-o", "./voice.wav"]) == 2
    assert "is the voice itself" in capsys.readouterr().err
    assert Path("voice.wav").read_bytes() == before
