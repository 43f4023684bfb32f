"""An LV2 plugin in the chain: what it tells, its state, its presets and its work."""

import time

import numpy as np
import pytest

from engine.events import Kind
from engine.plugin.external import PluginError
from tests.support.foreign import probe
from tests.support.foreign.block_thread import BLOCKS, play_with_lock_held
from tests.support.foreign.probe import LATENCY
from tests.support.foreign.probe_bundle import URI
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Signal
from tests.support.wait_limit import MAX_WAIT_SECONDS


def test_it_tells_of_itself(make):
    plugin = make("instrument")
    gain, mode, knob = plugin.params
    assert (plugin.name, plugin.is_instrument, plugin.latency, plugin.voices) == ("Probe instrument", True, 0, 0)
    assert (gain.name, gain.unit, gain.low, gain.high, gain.default) == ("Gain", "dB", 0.0, 2.0, 1.0)
    assert (gain.key, gain.group, gain.steps, gain.words) == ("gain", "Sound", 0, ())
    assert (mode.key, mode.group, mode.steps) == ("mode", "", 8)
    assert mode.words == ((0.0, "plain"), (1.0, "not a number"))
    assert knob.default == 0.25
    assert make("effect").latency == LATENCY


@pytest.mark.parametrize(
    "damage",
    [
        lambda state: b"", lambda state: state[: len(state) // 2], lambda state: b"\x00" + state,
        lambda state: b"\xff\xfe" + state, lambda state: state.replace(b"appliesTo", b"appliesX"),
        lambda state: state[:-1], lambda state: b"<a> <b> <c> .",
    ],
)  # fmt: skip
def test_a_damaged_state_is_refused_in_one_line_and_changes_nothing(make, damage, capfd):
    plugin = make("effect")
    state = plugin.save_state()
    with pytest.raises(ValueError, match="its state is damaged") as refused:
        plugin.load_state(damage(state))
    assert "\n" not in str(refused.value)
    assert plugin.save_state() == state
    assert capfd.readouterr().err == ""


def test_the_state_of_another_plugin_is_refused_in_one_line(make):
    with pytest.raises(ValueError, match=f"Probe mono: this is the state of {URI}effect"):
        make("mono").load_state(make("effect").save_state())


def test_a_preset_is_listed_and_loaded_while_it_plays(make, host, noise):
    plugin = make("effect")
    host.play([Signal(noise), plugin])
    assert plugin.find_presets() == {f"{URI}preset": "Loud"}
    plugin.load_preset(f"{URI}preset")
    assert plugin.drain_changes() == [(0, 1.5)]
    np.testing.assert_array_equal(render(host, 4000)[:, LATENCY:], np.float32(1.5) * noise[:, :-LATENCY])
    with pytest.raises(PluginError, match="has no preset"):
        plugin.load_preset("urn:nothing")


def calls(plugin):
    """What the probe counts, as its output tells."""
    return float(plugin.controls.values[[port.symbol for port in plugin._ports].index("calls")])


@pytest.mark.parametrize("name", ["effect", "mono"])
def test_its_work_is_done_between_two_blocks_of_a_file(make, host, name):
    plugin = make(name)
    host.play([plugin])
    host.set_param(plugin, "Mode", probe.ASK)
    render(host, 128)
    assert calls(plugin) == 0
    plugin.catch_up()
    render(host, 256)  # it is told after the first block, and shows it after the second
    assert calls(plugin) == 1


def test_its_work_is_done_by_the_worker_thread_while_it_plays(make, host):
    plugin = make("effect")
    host.play([plugin])
    host.set_param(plugin, "Mode", probe.ASK)
    end = time.monotonic() + MAX_WAIT_SECONDS
    for _ in range(20):
        render(host, 128)
    assert calls(plugin) == 0  # nobody says that it plays live
    while not calls(plugin) and time.monotonic() < end:
        host.poll()
        render(host, 128)
    assert calls(plugin) == 1


def test_it_may_ask_for_the_number_of_a_uri_while_it_plays(make, host):
    plugin = make("effect")
    host.play([plugin])
    host.set_param(plugin, "Mode", probe.RESTART)
    render(host, 256)
    assert calls(plugin) == 100


def test_another_rate_keeps_its_state(make, host):
    plugin = make("effect")
    host.play([plugin])
    host.set_param(plugin, "Gain", 0.5)
    render(host, 200)
    state = plugin.save_state()
    host.prepare(44_100.0)
    assert plugin.save_state() == state
    assert plugin.values()[0] == 0.5
    host.prepare(RATE)
    assert plugin.save_state() == state


def test_the_gil_is_never_asked_for_while_it_plays(make, host, tmp_path):
    effect = make("effect")
    host.play([make("instrument"), effect, make("mono"), make("wide")])
    for mode in (probe.ASK, probe.RESTART):
        host.set_param(effect, "Mode", mode, frame=mode * 1000)
    for frame in range(10_000, 40_000, 1000):
        host.set_param(effect, "Gain", 0.5 + frame / 40_000, frame=frame)
        host.send(Kind.NOTE_ON, 60, 1.0, note=60, frame=frame)
    assert play_with_lock_held(host, tmp_path) == BLOCKS
