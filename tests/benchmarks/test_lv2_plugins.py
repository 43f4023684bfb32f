"""The trials of `make acceptance SUITES=lv2`: what they tell of good and of bad plugins."""

import os

import pytest

from benchmarks.acceptance.plugins import lv2_plugins, lv2_trial
from benchmarks.acceptance.plugins.lv2_trial import Trial, try_plugin
from engine.foreign.callbacks import compile_all
from tests.support.foreign.probe_bundle import PORTS, URI, build_bundle

DRAWN_COUNT = 40


@pytest.fixture(scope="module", autouse=True)
def bundle(tmp_path_factory):
    """The bundle of the probe among those that are installed, and everything compiled."""
    compile_all()
    folder = tmp_path_factory.mktemp("lv2")
    build_bundle(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LV2_PATH", os.pathsep.join([str(folder), "/usr/lib/lv2"]))
        yield


@pytest.mark.parametrize("name", PORTS)
def test_a_good_plugin_goes_through_all(name):
    trial = try_plugin(f"{URI}{name}")
    assert (trial.stage, trial.text) == (Trial.DONE, "")
    assert trial.sounds
    assert trial.facts["state_bytes"] > 300


@pytest.mark.parametrize(
    ("fault", "stage", "text"),
    [
        ("create", Trial.REFUSED, f"{URI}effect: it refuses to start"), ("abort", "open", "ended by SIGABRT"),
        ("run", "play", "ended by SIGABRT"), ("hang", "open", "no answer within 0.5 s"),
    ],
)  # fmt: skip
def test_a_bad_one_is_told_by_its_stage_and_its_end(monkeypatch, fault, stage, text):
    monkeypatch.setenv("PROBE_FAULT", fault)
    monkeypatch.setattr(lv2_trial, "MAX_TRIAL_SECONDS", 0.5 if fault == "hang" else 30.0)
    trial = try_plugin(f"{URI}effect")
    assert (trial.stage, trial.text, trial.is_good) == (stage, text, False)


@pytest.mark.verify
def test_plugins_drawn_from_those_that_are_installed_play_or_are_refused_in_one_line():
    installed = lv2_plugins.draw(1.0)
    trials = lv2_plugins.run(lv2_plugins.draw(min(DRAWN_COUNT / len(installed), 1.0)))
    assert len(trials) == min(DRAWN_COUNT, len(installed))
    good = [entry for entry, trial in trials.items() if trial.is_good]
    assert len(good) >= len(trials) * lv2_plugins.MIN_GOOD_COUNT // lv2_plugins.PLUGIN_COUNT - 1
    for entry, trial in trials.items():
        assert trial.is_good or (trial.text and "\n" not in trial.text), entry.name
