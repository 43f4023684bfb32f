"""A CLAP plugin in the chain: ports, parameters, state, requests, and what it may do wrong."""

import shutil
import subprocess
import threading
import time

import numpy as np
import pytest

from engine.events import Kind
from engine.foreign import Outputs, Routing, SideChain, load
from engine.foreign.clap.plugin import ClapPlugin
from engine.foreign.microphone_tap import MicrophoneTap
from engine.plugin import param_values
from engine.plugin.external import PluginError
from engine.render import render_frames
from tests.support.foreign import probe
from tests.support.foreign.block_thread import BLOCKS, play_with_lock_held
from tests.support.foreign.probe import LATENCY, NOTE_ON, release, written_events
from tests.support.host_callback import render
from tests.support.simple_plugins import Signal
from tests.support.wait_limit import MAX_WAIT_SECONDS


def noise(random, frames=4000):
    return (0.1 * random.standard_normal((2, frames))).astype(np.float32)


def test_it_tells_of_itself(make):
    plugin = make("instrument")
    gain, mode, knob = plugin.params
    assert (plugin.name, plugin.is_instrument, plugin.latency, plugin.voices) == ("Probe", True, 0, 0)
    assert (gain.name, gain.unit, gain.low, gain.high, gain.default) == ("Gain", "x", 0.0, 2.0, 1.0)
    assert (gain.key, gain.group, gain.steps, gain.words) == ("100", "Sound", 0, ())
    assert (mode.key, mode.group, mode.steps) == ("101", "Faults", 8)
    assert mode.words[1] == (1.0, "not a number")
    assert knob.default == 0.25
    assert plugin.format_value(0, 0.5) == "0.50 x"


def test_what_an_effect_returns_takes_the_place_of_what_came_in(make, host, random):
    sound = noise(random)
    host.play([Signal(sound), make("effect")])
    np.testing.assert_array_equal(render(host, 4000, [64, 1, 300])[:, LATENCY:], sound[:, :-LATENCY])


def test_a_mono_effect_is_there_for_each_side(make, host, random):
    sound, effect = noise(random), make("mono")
    host.play([Signal(sound), effect])
    host.set_param(effect, "Gain", 2.0, frame=0)
    np.testing.assert_array_equal(render(host, 4000)[:, LATENCY:], 2 * sound[:, :-LATENCY])


def test_an_effect_is_switched_off_and_on_without_a_click(make, host):
    effect = make("mono")
    host.play([Signal(np.ones((2, 6000), np.float32)), effect])
    host.set_param(effect, "Gain", 0.0)
    host.set_param(effect, "on", 0.0, frame=2000)
    host.set_param(effect, "on", 1.0, frame=4000)
    for side in render(host, 6000, [128, 1, 300]):
        assert not side[:2000].any()
        np.testing.assert_allclose(side[2000:2480], np.arange(1, 481) / 480, atol=1e-5)
        np.testing.assert_array_equal(side[2480:4000], 1)
        np.testing.assert_array_equal(side[4000:4544], 1)  # until all that comes in would have come through it
        np.testing.assert_allclose(side[4544:5024], 1 - np.arange(1, 481) / 480, atol=1e-5)
        assert not side[5024:].any()


@pytest.mark.parametrize("block", [128, [1, 300, 7], 4096])
def test_nothing_is_missing_while_an_effect_is_switched_off_and_on(make, host, block):
    effect = make("effect")
    host.play([Signal(np.ones((2, 9000), np.float32)), effect])
    for frame, on in (
        (1000, 0.0),
        (2000, 1.0),
        (2100, 0.0),
        (4000, 1.0),
        (4700, 0.0),
        (4710, 1.0),
        (6000, 0.0),
        (6010, 0.0),
    ):
        host.set_param(effect, "on", on, frame=frame)
    np.testing.assert_allclose(render(host, 9000, block)[:, LATENCY:], 1, atol=1e-5)


def test_an_effect_that_begins_switched_off_passes_what_comes_in(make, host, random):
    sound, effect = noise(random), make("effect")
    effect.switch_off()
    host.play([Signal(sound), effect])
    np.testing.assert_array_equal(render(host, 4000), sound)
    assert [param.name for param in effect.params] == ["Gain", "Mode", "Knob", "on"]
    assert "on" not in [param.name for param in make("instrument").params]


@pytest.mark.parametrize("summed", [True, False])
@pytest.mark.parametrize("heard", ["input", "silence", "microphone"])
def test_side_chains_and_further_outputs_are_connected_as_chosen(make, host, random, heard, summed):
    sound = noise(random)
    host.play([Signal(sound), make("wide", routing=Routing(SideChain(heard), Outputs("all" if summed else "first")))])
    expected = np.float32(11 if heard == "input" else 1) * sound[:, :-LATENCY] + np.float32(100 if summed else 0)
    np.testing.assert_allclose(render(host, 4000)[:, LATENCY:], expected, rtol=1e-6, atol=1e-5)


def test_a_side_chain_hears_the_microphone_and_nobody_else_does(make, host, random):
    sound, voice, tap, plugin = noise(random), noise(random), MicrophoneTap(), make("wide")
    plugin.set_routing(Routing(SideChain.MICROPHONE, Outputs.FIRST), tap)
    host.play([tap, Signal(sound), plugin])
    heard = render_frames(host, 4000, np.ascontiguousarray(voice.T))
    expected = sound[:, :-LATENCY] + np.float32(10) * voice[:, :-LATENCY]
    np.testing.assert_allclose(heard[:, LATENCY:], expected, rtol=1e-6, atol=1e-6)


def test_another_routing_is_taken_while_it_plays(make, host, random):
    sound, plugin = noise(random), make("wide", routing=Routing(SideChain.SILENCE, Outputs.FIRST))
    host.play([Signal(sound), plugin])
    before = render(host, 2000)
    plugin.set_routing(Routing())
    heard = np.concatenate([before, render(host, 2000)], axis=1)[:, LATENCY:]
    np.testing.assert_array_equal(heard[:, : 2000 - LATENCY], sound[:, : 2000 - LATENCY])
    expected = np.float32(11) * sound[:, 2000:-LATENCY] + np.float32(100)
    np.testing.assert_allclose(heard[:, 2000:], expected, rtol=1e-6, atol=1e-5)
    assert (plugin.has_side_chain, plugin.has_further_outputs) == (True, True)
    assert not any(getattr(make("mono"), name) for name in ("has_side_chain", "has_further_outputs"))


def test_a_state_comes_back_in_another_one_and_its_values_are_told(make, host):
    first, second = make("instrument"), make("instrument")
    host.play([first])
    host.set_param(first, "Gain", 1.5)
    host.set_param(first, "Knob", -1.0)
    render(host, 200)
    state = first.save_state()
    assert second.values() == [1.0, 0.0, 0.25]
    second.load_state(state)
    assert second.values() == first.values() == [1.5, 0.0, -1.0]
    assert dict(second.drain_changes()) == {0: 1.5, 1: 0.0, 2: -1.0}
    assert second.save_state() == state


@pytest.mark.parametrize("damage", [lambda state: b"", lambda state: state[:-1], lambda state: b"x" + state[1:]])
def test_a_damaged_state_is_refused_in_one_line_and_changes_nothing(make, damage):
    plugin = make("effect")
    state = plugin.save_state()
    with pytest.raises(PluginError, match="does not take this state"):
        plugin.load_state(damage(state))
    assert plugin.save_state() == state


def test_a_knob_that_it_turns_itself_is_told(make, host):
    plugin = make("instrument")
    host.play([plugin])
    host.set_param(plugin, "Mode", probe.TURN)
    render(host, 200)
    plugin.poll()
    np.testing.assert_array_equal(plugin.live_values, np.float32([1.0, probe.TURN, 0.5]))
    assert plugin.drain_changes() == [(2, 0.5)]
    assert plugin.drain_changes() == []


def test_the_values_of_its_parameters_are_seen_as_they_are_sent(make, host):
    plugin = make("mono")
    host.play([plugin])
    for name, value in [("Gain", 0.5), ("Knob", -9.0), ("on", 0.0)]:
        host.set_param(plugin, name, value)
    render(host, 200)
    np.testing.assert_array_equal(param_values(plugin), np.float32([0.5, 0.0, -1.0, 0.0]))


def test_what_it_asks_for_is_done_by_the_main_thread_between_two_blocks(make, host):
    plugin = make("instrument")
    host.play([plugin])
    host.set_param(plugin, "Mode", probe.ASK)
    render(host, 200)
    assert wrong_threads_and_calls(plugin) == (0, 0)
    plugin.poll()
    plugin.poll()
    assert wrong_threads_and_calls(plugin) == (0, 1)


def wrong_threads_and_calls(plugin):
    """Two values that the probe keeps in its state, of hidden parameters."""
    values = np.frombuffer(plugin.save_state()[8:])
    return values[4], values[3]


def test_its_timers_are_called_by_the_main_thread_only(make, host):
    plugin = make("effect")
    host.play([plugin])
    render(host, 200)
    assert wrong_threads_and_calls(plugin) == (0, 0)
    plugin.poll()
    assert wrong_threads_and_calls(plugin) == (0, 1000)


def test_a_restart_that_it_asks_for_keeps_the_sound_going(make, host, random):
    sound, plugin = noise(random), make("effect")
    host.play([Signal(sound), plugin])
    host.set_param(plugin, "Mode", probe.RESTART)
    before = render(host, 1000)
    plugin.poll()
    np.testing.assert_array_equal(
        np.concatenate([before, render(host, 1000)], axis=1)[:, LATENCY:], sound[:, : 2000 - LATENCY]
    )
    assert wrong_threads_and_calls(plugin)[0] == 0


def test_a_restart_that_it_then_refuses_is_told_and_it_is_passed_over(make, host, random, monkeypatch):
    sound, plugin = noise(random), make("effect")
    host.play([Signal(sound), plugin])
    host.set_param(plugin, "Mode", probe.RESTART)
    render(host, 1000)
    monkeypatch.setenv("PROBE_FAULT", "activate")
    host.poll()
    np.testing.assert_array_equal(render(host, 1000), sound[:, 1000:2000])
    assert plugin.failure == "Probe effect cannot play at 48000 Hz"


def test_a_reset_silences_it(make, host, random):
    plugin = make("effect")
    host.play([Signal(noise(random, 500)), plugin])
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


def test_a_flood_of_events_is_cut_and_counted(make, host):
    plugin = make("instrument")
    host.play([plugin])
    host.set_param(plugin, "Mode", probe.FLOOD)
    render(host, 300)
    told = plugin.drain_changes()
    assert [index for index, _ in told] == [2]
    assert 50_000 < plugin.refused_events < 3 * 20_000


def test_more_events_than_a_block_can_hold_reach_it_as_far_as_there_is_room(make, host):
    plugin = make("instrument")
    host.play([plugin])
    for i in range(2000):
        host.send(Kind.NOTE_ON, 60, 0.5, note=60 + i % 2, frame=0)
    render(host, 512)
    assert plugin.refused_events == host.meters().lost == 0
    assert plugin.voices == 2


def test_a_block_that_it_gives_up_passes_the_sound(make, host, random):
    sound, plugin = noise(random), make("effect")
    host.play([Signal(sound), plugin])
    host.set_param(plugin, "Mode", probe.FAIL)
    np.testing.assert_array_equal(render(host, 4000), sound)
    assert plugin.failed_blocks == 4000 // 128 + 1


def test_the_gil_is_never_asked_for_while_it_plays(make, host, tmp_path):
    effect = make("effect")
    host.play([make("instrument"), effect, make("midi"), make("mono"), make("wide")])
    for mode in (probe.TURN, probe.ASK, probe.RESTART, probe.FLOOD):
        host.set_param(effect, "Mode", mode, frame=mode * 1000)
    host.send(Kind.NOTE_ON, 60, 1.0, note=60)
    assert play_with_lock_held(host, tmp_path) == BLOCKS
    assert wrong_threads_and_calls(effect)[0] == 0


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
        release(probe_path)
        playing.join()
    assert not plugin.is_busy
    plugin.reset()


FAULTS = {
    "entry": "its own init failed",
    "factory": "makes no plugins",
    "create": "could not be made",
    "init": "Probe could not be started",
    "ports": "it tells of 1000 ports",
    "channels": "it tells of 1073741824 channels",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_made_is_refused_in_one_line(probe_path, tmp_path, monkeypatch, fault):
    path = tmp_path / "probe.clap"  # a file is opened once in a process
    shutil.copy(probe_path, path)
    monkeypatch.setenv("PROBE_FAULT", fault)
    with pytest.raises(PluginError, match=FAULTS[fault]) as refused:
        load(f"{path}#probe.instrument")
    assert "\n" not in str(refused.value)
    monkeypatch.delenv("PROBE_FAULT")
    load(f"{path}#probe.instrument").close()  # it is not remembered


def test_what_refuses_to_play_is_refused_and_what_plays_goes_on(make, host, random, monkeypatch):
    sound = noise(random)
    host.play([Signal(sound)])
    plugin = make("effect")
    monkeypatch.setenv("PROBE_FAULT", "activate")
    with pytest.raises(PluginError, match="Probe effect cannot play at 48000 Hz"):
        host.play([plugin])
    np.testing.assert_array_equal(render(host, 1000), sound[:, :1000])


def test_files_that_hold_no_plugin_are_refused_in_one_line(tmp_path, probe_path):
    folder, text, library = tmp_path / "a.clap", tmp_path / "b.clap", tmp_path / "c.clap"
    folder.mkdir()
    text.write_text("nothing")
    (tmp_path / "c.c").write_text("int other;")
    subprocess.run(["cc", "-shared", "-fPIC", tmp_path / "c.c", "-o", library], check=True)
    for name, words in {
        folder: "a folder without a plugin", text: "no plugin for this machine", library: "it lacks clap_entry",
        tmp_path / "d.clap": "no such plugin", f"{probe_path}#probe.nothing": "has no plugin",
        probe_path: "has 5 plugins: say .*#ID, with one of probe.instrument",
    }.items():  # fmt: skip
        with pytest.raises(PluginError, match=words) as refused:
            load(name)
        assert "\n" not in str(refused.value)


def test_what_was_closed_is_not_played_again(make, host):
    plugin = make("effect")
    plugin.close()
    plugin.close()
    with pytest.raises(PluginError, match="was closed"):
        host.play([plugin])


def test_a_host_that_has_no_use_for_a_plugin_closes_it(make, host):
    plugins = [make("effect") for _ in range(3)]
    for plugin in plugins:
        host.play([plugin])
        render(host, 2000)
    assert [isinstance(each, ClapPlugin) and bool(each._instances) for each in plugins] == [False, True, True]
