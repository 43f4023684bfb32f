"""LV2 plugins in the commands: as instruments, as effects, with their presets, and refused in one line."""

import json
import os

import numpy as np
import pytest
import soundfile

from cli.main import main
from tests.support.foreign.probe_bundle import URI, build_bundle

RATE = 48_000
RENDER_GUITAR = ("render", "guitar", "score.mid", "-o", "out.wav")
EFFECT = f"lv2:{URI}effect"

pytestmark = pytest.mark.usefixtures("score_folder")


@pytest.fixture(scope="module", autouse=True)
def _bundle(tmp_path_factory):
    """The bundle of the probe among those that are installed."""
    folder = tmp_path_factory.mktemp("lv2")
    build_bundle(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LV2_PATH", os.pathsep.join([str(folder), "/usr/lib/lv2"]))
        yield


def rendered(*words):
    """The sound (2, T) of a second of the score."""
    assert main(["render", *words, "-o", "out.wav", "--seconds", "1", "--float"]) == 0
    sound, _ = soundfile.read("out.wav", dtype="float32")
    return sound.T


def test_an_instrument_plays_each_key_on_its_frame():
    sound = rendered(f"lv2:{URI}instrument", "score.mid")
    assert np.flatnonzero(sound[0]).tolist() == [RATE // 4, RATE // 2]


def test_the_latency_of_an_effect_is_taken_off_and_its_knobs_are_set_by_its_name():
    plain = rendered("guitar", "score.mid")
    np.testing.assert_array_equal(rendered("guitar", "score.mid", "--with", EFFECT), plain)
    words = ("--with", EFFECT, "--set", "Probe effect.Gain=0.5")
    np.testing.assert_allclose(rendered("guitar", "score.mid", *words), plain / 2, atol=1e-6)


def test_a_preset_of_an_effect_is_loaded_and_its_values_can_be_set_after_it():
    words = ("guitar", "score.mid", "--set", "level=-20", "--with", EFFECT)
    wanted = rendered(*words, "--set", "Probe effect.Gain=1.5")
    for name in ("Loud", "Probe effect=Loud", f"{URI}preset"):
        np.testing.assert_array_equal(rendered(*words, "--plugin-preset", name), wanted)
    np.testing.assert_array_equal(
        rendered(*words, "--plugin-preset", "Loud", "--set", "Probe effect.Gain=1"), rendered(*words)
    )


def test_show_tells_of_presets(capsys):
    assert main(["show", EFFECT]) == 0
    assert "Presets       Loud\n" in capsys.readouterr().out
    assert main(["show", EFFECT, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["presets"] == {f"{URI}preset": "Loud"}


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["render", "lv2:urn:none", "score.mid", "-o", "out.wav"], "no LV2 plugin 'urn:none' is installed"),
        ([*RENDER_GUITAR, "--with", "lv2:urn:none"], "no LV2 plugin 'urn:none'"),
        (["play", "lv2:urn:50m30n3:plugins:SO-404"], "its library cannot be opened"),
        (["show", "lv2:"], "names no plugin: say lv2:URI"),
        (["play", "lv2:"], "names no plugin: say lv2:URI"),
        (["play", EFFECT], f"Probe effect is an effect: play an instrument --with {EFFECT}"),
        (
            ["play", "lv2:http://drobilla.net/plugins/mda/Overdrive"],
            "play an instrument --with lv2:http://drobilla.net/plugins/mda/Overdrive",
        ),
        ([*RENDER_GUITAR, "--plugin-preset", "X"], "no preset 'X'; there are none"),
        ([*RENDER_GUITAR, "--with", EFFECT, "--plugin-preset", "X"], "no preset 'X'; there are Loud"),
    ],
)
def test_what_cannot_be_had_is_told_in_one_line(score_folder, capfd, words, reason):
    assert main(words) == 2
    lines = capfd.readouterr().err.splitlines()
    assert reason in lines[-1]
    assert [line for line in lines if line.startswith("luthier:")] == lines[-1:]
    assert not (score_folder / "out.wav").exists()
