"""Plugins of Debian's zam-plugins: what they do to a sound, and do again with their values restored."""

from pathlib import Path

import numpy as np
import pytest

from engine.foreign.clap.plugin import ClapPlugin
from engine.host import Host
from tests.support.foreign.block_thread import BLOCKS, play_with_lock_held
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Signal

FOLDER = Path("/usr/lib/clap")
PLUGINS = sorted(path.stem for path in FOLDER.glob("Z*.clap"))
FRAMES = 20_000
SETTINGS = {
    "ZamDelay": {"Time": 50.0, "Dry/Wet": 0.7, "Feedback": 0.4},
    "ZamCompX2": {"Threshold": -30.0, "Ratio": 8.0, "Makeup": 6.0},
    "ZaMaximX2": {"Threshold": -20.0, "Output Ceiling": -3.0},
}


@pytest.fixture(scope="module", autouse=True)
def _installed():
    if not PLUGINS:
        pytest.skip("needs Debian's zam-plugins: apt-get install zam-plugins")


def processed(plugin, values, block=128, sound=None):
    """A sound after a plugin: by default half a second of noise."""
    given = np.random.default_rng(3).standard_normal((2, FRAMES)) if sound is None else sound
    host = Host(RATE)
    host.play([Signal((0.2 * given).astype(np.float32)), plugin])
    for name, value in values.items():
        host.set_param(plugin, name, value, frame=0)
    return render(host, FRAMES, block)


@pytest.mark.parametrize("name", SETTINGS)
def test_it_changes_the_sound_alike_with_the_same_values(name):
    made = [ClapPlugin(FOLDER / f"{name}.clap") for _ in range(3)]
    first, second, untouched = made
    wet = processed(first, SETTINGS[name])
    values = dict(zip([param.name for param in first.params], first.values(), strict=False))  # `on` is ours
    for param, value in SETTINGS[name].items():
        assert values[param] == pytest.approx(value)
    np.testing.assert_array_equal(processed(second, values), wet)
    assert np.abs(wet - processed(untouched, {})).max() > 0.01
    assert first.broken_samples == first.refused_events == 0
    for plugin in made:
        plugin.close()


def test_an_echo_of_a_mono_plugin_comes_on_its_own_side_after_its_time():
    plugin = ClapPlugin(FOLDER / "ZamDelay.clap")
    click = np.zeros((2, FRAMES))
    click[0, 100] = 1
    out = processed(plugin, {"Time": 100.0, "Dry/Wet": 0.5, "LPF": 20_000.0}, sound=click)
    echo = int(np.argmax(np.abs(out[0, 2000:]))) + 2000
    assert abs(echo - 100 - RATE // 10) < 100  # it glides to a new time
    assert np.abs(out[1]).max() < 1e-9 < np.abs(out[0, echo])
    plugin.close()


def test_a_limiter_tells_its_latency():
    plugin = ClapPlugin(FOLDER / "ZaMaximX2.clap")
    out = processed(plugin, {"Threshold": 0.0, "Output Ceiling": 0.0})
    given = (0.2 * np.random.default_rng(3).standard_normal((2, FRAMES))).astype(np.float32)
    assert plugin.latency == RATE // 100
    shifted = np.corrcoef(out[0, plugin.latency :], given[0, : FRAMES - plugin.latency])[0, 1]
    assert shifted > 0.99
    plugin.close()


@pytest.mark.verify
@pytest.mark.parametrize("name", PLUGINS)
def test_every_one_plays_and_is_closed(name):
    plugin = ClapPlugin(FOLDER / f"{name}.clap")
    out = processed(plugin, {}, [128, 1, 4096])
    assert np.abs(out).max() > 0.01
    assert plugin.broken_samples == plugin.failed_blocks == 0
    plugin.reset()
    plugin.close()


def test_the_gil_is_never_asked_for_while_they_play(tmp_path):
    plugins = [ClapPlugin(FOLDER / f"{name}.clap") for name in SETTINGS]
    host = Host(RATE)
    host.play([Signal(0.1), *plugins])
    for plugin, values in zip(plugins, SETTINGS.values(), strict=True):
        for name, value in values.items():
            host.set_param(plugin, name, value, frame=10_000)
    assert play_with_lock_held(host, tmp_path) == BLOCKS
    for plugin in plugins:
        plugin.close()
