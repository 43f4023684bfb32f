"""The factory instruments that follow a voice: in tune from a score, and robust to any microphone input."""

import numpy as np
import pytest
import soundfile
import soxr

from engine.instrument_chain import follow_voice, make_chain
from engine.midi.midi_score import make_score
from engine.preset.library import factory_folder
from engine.preset.preset_file import read
from engine.render import render
from engine.standard_chain import StandardChain
from engine.voice_transfer import render_transfer
from tests.support.harmonic_tones import tone
from train.notes.pitch import detect

RATE, LENGTH = 48_000, 0.8  # Hz; seconds of a note
DECODED = [path for path in sorted(factory_folder().glob("*.luthier")) if read(path).header["kind"] == "ddsp"]

each = pytest.mark.parametrize("path", DECODED, ids=lambda path: path.stem)


@each
def test_a_score_is_played_within_ten_cents_and_without_clicks_between_notes(path):
    preset = read(path)
    low, high = (69 + 12 * np.log2(preset.header["pitch"][end] / 440) for end in ("low", "high"))
    keys = np.round(np.linspace(low + 1, high - 1, 8)).astype(int).tolist()
    host = StandardChain(RATE)
    host.play(make_chain(preset, room="none"))
    notes = [(i * LENGTH, (0x90, key, 90)) for i, key in enumerate(keys)]
    notes += [((i + 1) * LENGTH, (0x80, key, 0)) for i, key in enumerate(keys)]
    sound = render(host, make_score(notes), seconds=len(keys) * LENGTH)[0].reshape(len(keys), -1)
    frames = sound.shape[1]
    for key, heard in zip(keys, sound, strict=True):
        expected = 440 * 2 ** ((key - 69) / 12)
        found = detect(heard[frames // 4 :].astype(np.float64), RATE, near=expected).frequency
        assert abs(1200 * np.log2(found / expected)) < 10, key
    steps = np.abs(np.diff(sound.reshape(-1)))
    for i in range(1, len(keys)):
        beside = (
            steps[i * frames - frames // 2 : i * frames - 480],
            steps[i * frames + 4800 : i * frames + frames // 2],
        )
        at = steps[i * frames - 480 : i * frames + 480]
        assert at.max() < 1.1 * (beside[0].max() + beside[1].max()), keys[i]


def microphones(data):
    """Inputs of a microphone by name: (T,) at RATE."""
    random = np.random.default_rng(5)
    voice, rate = soundfile.read(data / "voice" / "singing-female.wav", dtype="float32", always_2d=True)
    speech, own = soundfile.read(data / "voice" / "speech-female.wav", dtype="float32", always_2d=True)
    sung = soxr.resample(voice.mean(1), rate, RATE)[: 2 * RATE].astype(np.float32)
    broken = sung.copy()
    broken[5000:5100], broken[30_000], broken[40_000:40_010] = np.nan, np.inf, -1e30
    two = tone(330.0, random, seconds=1.5)[0] + tone(415.0, random, seconds=1.5)[0]
    return {
        "silence": np.zeros(RATE, np.float32),
        "noise": (0.1 * random.normal(size=RATE)).astype(np.float32),
        "clipped": np.clip(30 * sung, -1, 1),
        "speech": soxr.resample(speech.mean(1), own, RATE)[: 2 * RATE].astype(np.float32),
        "two voices": two,
        "no numbers": broken,
    }


@pytest.mark.parametrize("name", ["silence", "noise", "clipped", "speech", "two voices", "no numbers"])
def test_for_any_microphone_input_the_output_is_finite_and_ends(data, name):
    sound = microphones(data)[name]
    host = StandardChain(RATE)
    host.play(follow_voice(make_chain("violin", room="none")))
    answer = np.concatenate(
        list(render_transfer(host, np.concatenate((sound, np.zeros(RATE, np.float32))), 256, 0.0)), axis=1
    )
    assert np.isfinite(answer).all()
    assert np.abs(answer).max() <= 1
    assert np.abs(answer[:, -RATE // 4 :]).max() < 1e-3  # the gate has closed
    if name == "silence":
        assert not answer.any()
    if name in ("clipped", "no numbers"):
        assert np.abs(answer).max() > 0.02
