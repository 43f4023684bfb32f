"""Plugins of Debian's zam-plugins in both formats: the same sound."""

from pathlib import Path

import numpy as np
import pytest

from engine.foreign import load
from engine.host import Host
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Signal

FOLDER = Path("/usr/lib/clap")
URI = "urn:zamaudio:"
FRAMES = 20_000
SETTINGS = {
    "ZamDelay": {"Time": 50.0, "Dry/Wet": 0.7, "Feedback": 0.4},
    "ZamCompX2": {"Threshold": -30.0, "Ratio": 8.0, "Makeup": 6.0},
    "ZaMaximX2": {"Threshold": -20.0, "Output Ceiling": -3.0},
}


def processed(name, values, sound):
    """A sound after a plugin with its values, set before it plays."""
    plugin, host = load(name), Host(RATE)
    host.play([Signal(sound), plugin])
    for title, value in values.items():
        host.set_param(plugin, title, value, frame=0)
    heard = render(host, FRAMES)
    latency = plugin.latency
    host.play([])
    plugin.close()
    return heard, latency


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("has_settings", [False, True])
def test_a_plugin_sounds_alike_in_both_formats(random, name, has_settings):
    sound = (0.2 * random.standard_normal((2, FRAMES))).astype(np.float32)
    values = SETTINGS[name] if has_settings else {}
    clap, latency = processed(FOLDER / f"{name}.clap", values, sound)
    lv2, told = processed(f"lv2:{URI}{name}", values, sound)
    assert told == latency
    np.testing.assert_array_equal(lv2, clap)
    assert np.abs(lv2).max() > 0.01
