"""What holds of a plugin in the chain whatever its format: sound, switch, state, and what it may do wrong."""

import threading
import time

import numpy as np
import pytest

from engine.events import Kind
from engine.foreign import Outputs, Routing, SideChain
from engine.foreign.lv2.plugin import Lv2Plugin
from engine.foreign.microphone_tap import MicrophoneTap
from engine.plugin import param_values
from engine.plugin.external import PluginError
from engine.render import render_frames
from tests.support.foreign import probe
from tests.support.foreign.probe import LATENCY, NOTE_ON, hold, release, written_events
from tests.support.foreign.probe_bundle import binary_of
from tests.support.host_callback import render
from tests.support.simple_plugins import Signal
from tests.support.wait_limit import MAX_WAIT_SECONDS


@pytest.fixture(params=["clap", "lv2"], autouse=True)
def format(request):
    """The format of the plugins."""
    return request.param


@pytest.fixture
def make(request, format):
    """A function that makes a plugin of the probe."""
    return request.getfixturevalue(f"make_{format}")


def test_what_an_effect_returns_takes_the_place_of_what_came_in(make, host, noise):
    host.play([Signal(noise), make("effect")])
    np.testing.assert_array_equal(render(host, 4000, [64, 1, 300])[:, LATENCY:], noise[:, :-LATENCY])


def test_a_mono_effect_is_there_for_each_side(make, host, noise):
    effect = make("mono")
    host.play([Signal(noise), effect])
    host.set_param(effect, "Gain", 2.0, frame=0)
    np.testing.assert_array_equal(render(host, 4000)[:, LATENCY:], 2 * noise[:, :-LATENCY])


def test_an_effect_is_switched_off_and_on_without_a_click(make, host):
    effect = make("mono")
    host.play([Signal(np.ones((2, 6000), np.float32)), effect])
    host.set_param(effect, "Gain", 0.0, frame=0)
    host.set_param(effect, "on", 0.0, frame=2000)
    host.set_param(effect, "on", 1.0, frame=4000)
    for side in render(host, 6000, [128, 1, 300]):
        assert not side[:2000].any()
        np.testing.assert_allclose(side[2000:2480], np.arange(1, 481) / 480, atol=1e-5)
        np.testing.assert_array_equal(side[2480:4000], 1)
        np.testing.assert_array_equal(side[4000:4544], 1)  # until all that comes in would have come through it
        np.testing.assert_allclose(side[4544:5024], 1 - np.arange(1, 481) / 480, atol=1e-5)
        assert not side[5024:].any()


@pytest.mark.parametrize("block", [128, [1, 300, 7], 4096], ids=str)
def test_nothing_is_missing_while_an_effect_is_switched_off_and_on(make, host, block):
    effect = make("effect")
    host.play([Signal(np.ones((2, 9000), np.float32)), effect])
    turns = {1000: 0, 2000: 1, 2100: 0, 4000: 1, 4700: 0, 4710: 1, 6000: 0, 6010: 0}
    for frame, on in turns.items():
        host.set_param(effect, "on", float(on), frame=frame)
    np.testing.assert_allclose(render(host, 9000, block)[:, LATENCY:], 1, atol=1e-5)


def test_an_effect_that_begins_switched_off_passes_what_comes_in(make, host, noise):
    effect = make("effect")
    effect.switch_off()
    host.play([Signal(noise), effect])
    np.testing.assert_array_equal(render(host, 4000), noise)
    assert [param.name for param in effect.params] == ["Gain", "Mode", "Knob", "on"]
    assert "on" not in [param.name for param in make("instrument").params]


def test_an_effect_has_no_latency_while_it_is_switched_off(make, host):
    effect = make("effect")
    host.play([effect])
    found = [host.latency]
    for on in (0.0, 1.0):
        host.set_param(effect, "on", on)
        render(host, 200)
        found.append(host.latency)
    assert found == [LATENCY, 0, LATENCY]
    effect.switch_off()
    assert effect.latency == 0


@pytest.mark.parametrize("summed", [True, False])
@pytest.mark.parametrize("heard", ["input", "silence", "microphone"])
def test_side_chains_and_further_outputs_are_connected_as_chosen(make, host, noise, heard, summed):
    host.play([Signal(noise), make("wide", routing=Routing(SideChain(heard), Outputs("all" if summed else "first")))])
    expected = np.float32(11 if heard == "input" else 1) * noise[:, :-LATENCY] + np.float32(100 if summed else 0)
    np.testing.assert_allclose(render(host, 4000)[:, LATENCY:], expected, rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize("is_turned", [False, True])
def test_a_side_chain_hears_the_microphone_also_while_a_knob_is_turned(make, host, noise, is_turned):
    voice, tap, plugin = noise[:, ::-1].copy(), MicrophoneTap(), make("wide")
    plugin.set_routing(Routing(SideChain.MICROPHONE, Outputs.FIRST), tap)
    host.play([tap, Signal(noise), plugin])
    for frame in range(100, 4000, 333) if is_turned else ():
        host.set_param(plugin, "Knob", frame / 4000, frame=frame)
    heard = render_frames(host, 4000, np.ascontiguousarray(voice.T))
    expected = noise[:, :-LATENCY] + np.float32(10) * voice[:, :-LATENCY]
    np.testing.assert_allclose(heard[:, LATENCY:], expected, rtol=1e-6, atol=1e-6)


def test_another_routing_is_taken_while_it_plays(make, host, noise):
    plugin = make("wide", routing=Routing(SideChain.SILENCE, Outputs.FIRST))
    host.play([Signal(noise), plugin])
    before = render(host, 2000)
    plugin.set_routing(Routing())
    heard = np.concatenate([before, render(host, 2000)], axis=1)[:, LATENCY:]
    np.testing.assert_array_equal(heard[:, : 2000 - LATENCY], noise[:, : 2000 - LATENCY])
    expected = np.float32(11) * noise[:, 2000:-LATENCY] + np.float32(100)
    np.testing.assert_allclose(heard[:, 2000:], expected, rtol=1e-6, atol=1e-5)
    assert (plugin.has_side_chain, plugin.has_further_outputs) == (True, True)
    assert not any(getattr(make("mono"), name) for name in ("has_side_chain", "has_further_outputs"))


@pytest.mark.parametrize("name", ["instrument", "mono"])
def test_a_state_comes_back_in_another_one_and_its_values_are_told(make, host, name):
    first, second = make(name), make(name)
    host.play([first])
    host.set_param(first, "Gain", 1.5)
    host.set_param(first, "Knob", -1.0)
    render(host, 200)
    state = first.save_state()
    assert second.values() == [1.0, 0.0, 0.25]
    second.load_state(state)
    assert second.values() == first.values() == [1.5, 0.0, -1.0]
    assert dict(second.drain_changes()) == {0: 1.5, 1: 0.0, 2: -1.0}
    assert second.drain_changes() == []
    assert second.save_state() == state


def test_the_values_of_its_parameters_are_seen_as_they_are_sent_within_their_ranges(make, host):
    plugin = make("mono")
    host.play([plugin])
    for name, value in [("Gain", 0.5), ("Knob", -9.0), ("on", 0.0)]:
        host.set_param(plugin, name, value)
    render(host, 200)
    np.testing.assert_array_equal(param_values(plugin), np.float32([0.5, 0.0, -1.0, 0.0]))


def test_a_reset_silences_it(make, host, noise):
    plugin = make("effect")
    host.play([Signal(noise[:, :500]), plugin])
    render(host, 500)
    plugin.reset()
    assert not render(host, 200).any()


@pytest.mark.parametrize("mode", [probe.NOT_A_NUMBER, probe.HUGE])
def test_what_is_no_sound_is_silenced_and_counted_and_the_plugin_is_reset(make, host, mode):
    plugin = make("instrument")
    host.play([plugin])
    host.set_param(plugin, "Mode", mode)
    assert not render(host, 20 * 128).any()
    assert plugin.broken_samples >= 2 * 19 * 128
    assert plugin.state["io"]["broken_blocks"] > 8
    plugin.poll()
    assert plugin.state["io"]["broken_blocks"] == 0
    host.set_param(plugin, "Mode", probe.PLAIN)
    host.send(Kind.NOTE_ON, 60, 1.0, note=60)
    assert written_events(render(host, 100))[-1] == (0, f"5{NOTE_ON}", 60.5)


def test_what_went_wrong_is_counted_anew_with_the_load(make, host):
    plugin = make("instrument")
    host.play([plugin])
    assert not plugin.faults
    host.set_param(plugin, "Mode", probe.NOT_A_NUMBER, frame=0)
    render(host, 5 * 128)
    assert plugin.faults.broken_samples == plugin.faults.total == plugin.broken_samples == 2 * 5 * 128
    host.reset_load()
    assert not plugin.faults
    render(host, 128)
    assert plugin.faults.total == 2 * 128
    assert plugin.broken_samples == 2 * 6 * 128


def test_more_events_than_a_block_can_hold_reach_it_as_far_as_there_is_room(make, host):
    plugin = make("instrument")
    host.play([plugin])
    for i in range(2000):
        host.send(Kind.NOTE_ON, 60, 0.5, note=60 + i % 2, frame=0)
    render(host, 512)
    assert plugin.refused_events == host.meters().lost == 0
    assert plugin.voices == 2


def test_a_hang_in_a_block_is_seen_and_not_waited_for_without_end(make, host, probe_path, monkeypatch):
    monkeypatch.setattr("engine.foreign.gate.MAX_WAIT_SECONDS", 0.05)
    plugin = make("instrument")
    host.play([plugin])
    host.set_param(plugin, "Mode", probe.HANG)
    playing = threading.Thread(target=render, args=(host, 256))
    playing.start()
    try:
        end = time.monotonic() + MAX_WAIT_SECONDS
        while not plugin.is_busy and time.monotonic() < end:
            time.sleep(0.001)
        with pytest.raises(RuntimeError, match="does not come back"):
            plugin.reset()
    finally:
        binary = binary_of(plugin) if isinstance(plugin, Lv2Plugin) else probe_path
        release(binary)
        playing.join()
        hold(binary)
    assert not plugin.is_busy
    plugin.reset()


def test_what_was_closed_is_not_played_again(make, host):
    plugin = make("effect")
    plugin.close()
    plugin.close()
    with pytest.raises(PluginError, match="was closed"):
        host.play([plugin])
