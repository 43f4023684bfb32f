"""The factory instruments: complete, equally loud, in tune, alike from strike to strike, true to their probes."""

import numpy as np
import pytest

from engine.instruments import make
from engine.library import factory_folder
from engine.preset import read
from engine.probe import deviation
from engine.render import render
from engine.rig import Rig
from engine.sources.score import score
from export.finish import TARGET, loudness
from train.pitch import detect

FACTORY = sorted(factory_folder().glob("*.luthier"))
PLUCKED = [path for path in FACTORY if path.stem in ("banjo", "guitar", "mandolin")]
RATE = 48_000

each = pytest.mark.parametrize("path", FACTORY, ids=lambda path: path.stem)
plucked = pytest.mark.parametrize("path", PLUCKED, ids=lambda path: path.stem)


def strikes(preset, keys, velocity=90, apart=0.5):
    """Each key struck alone, let go before the next: (keys, frames)."""
    rig = Rig(RATE)
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
    assert deviation(read(path)) < -80


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
