"""The factory instruments: complete, equally loud, in tune, alike from strike to strike, true to their probes."""

import numpy as np
import pytest
import torch

from engine.instruments import make
from engine.instruments.ddsp.spoken import spoken
from engine.library import factory_folder
from engine.preset import Preset, read
from engine.probe import deviation
from engine.render import render
from engine.rig import Rig
from engine.sources.score import score
from export.finish import TARGET, loudness
from train.ddsp.weights import model_of
from train.pitch import detect

FACTORY = sorted(factory_folder().glob("*.luthier"))
PLUCKED = [path for path in FACTORY if path.stem in ("banjo", "guitar", "mandolin")]
DECODED = [path for path in FACTORY if read(path).header["kind"] == "ddsp"]
RATE = 48_000

each = pytest.mark.parametrize("path", FACTORY, ids=lambda path: path.stem)
plucked = pytest.mark.parametrize("path", PLUCKED, ids=lambda path: path.stem)
decoded = pytest.mark.parametrize("path", DECODED, ids=lambda path: path.stem)


def strikes(preset, keys, velocity=90, apart=0.5, rate=RATE):
    """Each key struck alone, let go before the next: (keys, frames)."""
    rig = Rig(rate)
    rig.play([make(preset)])
    notes = []
    for i, key in enumerate(keys):
        notes += [(i * apart, (0x90, key, velocity)), ((i + 0.9) * apart, (0x80, key, 0))]
        notes += [((i + 0.98) * apart, (0xB0, 120, 0))]
    return render(rig, score(notes), seconds=len(keys) * apart)[0].reshape(len(keys), -1)


def level(x):
    return 10 * np.log10((x.astype(np.float64) ** 2).mean(axis=-1))


def test_there_are_enough():
    assert len(FACTORY) >= 7
    assert {"guitar", "banjo", "mandolin", "celesta", "vibraphone", "piano"} <= {path.stem for path in FACTORY}
    assert {"violin", "flute", "cello"} <= {path.stem for path in DECODED}


@each
def test_it_says_what_it_is(path):
    header = read(path).header
    for name in ("name", "description", "author", "licence"):
        assert header[name].strip(), name
    assert header["source"]["recording"]
    assert header["source"]["attribution"]
    assert header["tags"]
    assert header["name"] == path.stem
    training = header["training"]
    assert training["seconds"] > 0
    assert {"version", "recipe", "config", "steps", "seed"} <= training.keys()


@each
def test_the_engine_gives_what_the_trained_model_gave(path):
    assert deviation(read(path)) < (-55 if path in DECODED else -80)  # of a decoder float16 says less than float32


@decoded
def test_a_decoder_in_float32_says_what_torch_says(path):
    preset = read(path)
    features, curve = preset.header["features"], preset.header["probe"]["curve"]
    whole = Preset(preset.header, {name: tensor.astype(np.float32) for name, tensor in preset.tensors.items()})
    pitch, loudness = (torch.tensor(curve[name])[None] for name in ("pitch", "loudness"))
    model = model_of(whole.header, whole.tensors).double()
    with torch.no_grad():
        torch_says = model.controls(pitch.double(), (loudness.double() - features["mean"]) / features["deviation"])
    amplitude, harmonics, noise = (part[0].numpy() for part in torch_says)
    engine_says = spoken(whole, pitch[0].numpy(), loudness[0].numpy())
    for ours, wanted in zip(engine_says, (amplitude, harmonics / amplitude, noise), strict=True):
        assert 10 * np.log10(((ours - wanted) ** 2).sum() / (wanted**2).sum()) < -100


@decoded
def test_a_decoder_of_256_units_fits_into_three_megabytes_and_one_of_512_into_eleven(path):
    units = len(read(path).tensors["pitch_0_bias"])
    assert path.stat().st_size <= (3e6 if units <= 256 else 11e6)


@each
def test_it_is_as_loud_as_the_others(path):
    preset = read(path)
    measured = loudness(preset)
    assert abs(measured - TARGET) < 0.5
    assert abs(measured - preset.header["loudness"]["lufs"]) < 0.1


@each
def test_its_strikes_are_alike_but_not_the_same(path):
    preset = read(path)
    keys = preset.header["keys"]
    struck = strikes(preset, [(keys["low"] + keys["high"]) // 2] * 32)
    assert np.std(level(struck)) <= 1
    assert len({x.tobytes() for x in struck}) == 32


@each
def test_it_is_as_loud_at_every_rate(path):
    preset = read(path)
    keys = np.round(np.linspace(preset.header["keys"]["low"], preset.header["keys"]["high"], 64)).astype(int).tolist()
    levels = [level(strikes(preset, keys, rate=rate)).mean() for rate in (44_100, RATE, 96_000)]
    assert np.ptp(levels) < 0.5


@plucked
def test_every_key_is_in_tune(path):
    preset = read(path)
    keys = preset.header["keys"]
    wrong = {}
    for key, sound in zip(
        range(keys["low"], keys["high"] + 1),
        strikes(preset, range(keys["low"], keys["high"] + 1), apart=0.8),
        strict=True,
    ):
        cents = cents_off(sound, 440 * 2 ** ((key - 69) / 12))
        if abs(cents) > 10:
            wrong[key] = round(cents, 1)
    assert not wrong


@plucked
@pytest.mark.parametrize("velocity", [40, 90, 120])
def test_neighbouring_keys_are_equally_loud(path, velocity):
    preset = read(path)
    keys = range(preset.header["keys"]["low"], preset.header["keys"]["high"] + 1)
    levels = level(strikes(preset, keys, velocity))
    assert np.abs(np.diff(levels)).max() <= 3


def test_the_guitar_fits_into_two_megabytes():
    assert next(path for path in FACTORY if path.stem == "guitar").stat().st_size <= 2_000_000


def cents_off(sound, expected):
    """How far the pitch of a sound is from an expected one in Hz."""
    return 1200 * np.log2(detect(sound, RATE, near=expected).frequency / expected)
