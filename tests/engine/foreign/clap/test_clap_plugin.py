"""A CLAP plugin in the chain: what it tells, its state, its requests, and what it may do wrong."""

import shutil
import subprocess

import numpy as np
import pytest

from engine.events import Kind
from engine.foreign import load
from engine.foreign.clap.plugin import ClapPlugin
from engine.plugin.external import PluginError
from tests.support.foreign import probe
from tests.support.foreign.block_thread import BLOCKS, play_with_lock_held
from tests.support.foreign.probe import LATENCY
from tests.support.host_callback import render
from tests.support.simple_plugins import Signal


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


def test_a_restart_that_it_asks_for_keeps_the_sound_going(make, host, noise):
    plugin = make("effect")
    host.play([Signal(noise), plugin])
    host.set_param(plugin, "Mode", probe.RESTART)
    before = render(host, 1000)
    plugin.poll()
    np.testing.assert_array_equal(
        np.concatenate([before, render(host, 1000)], axis=1)[:, LATENCY:], noise[:, : 2000 - LATENCY]
    )
    assert wrong_threads_and_calls(plugin)[0] == 0


def test_a_restart_that_it_then_refuses_is_told_and_it_is_passed_over(make, host, noise, monkeypatch):
    plugin = make("effect")
    host.play([Signal(noise), plugin])
    host.set_param(plugin, "Mode", probe.RESTART)
    render(host, 1000)
    monkeypatch.setenv("PROBE_FAULT", "activate")
    host.poll()
    np.testing.assert_array_equal(render(host, 1000), noise[:, 1000:2000])
    assert plugin.failure == "Probe effect cannot play at 48000 Hz"


def test_a_flood_of_events_is_cut_and_counted(make, host):
    plugin = make("instrument")
    host.play([plugin])
    host.set_param(plugin, "Mode", probe.FLOOD)
    render(host, 300)
    told = plugin.drain_changes()
    assert [index for index, _ in told] == [2]
    assert 50_000 < plugin.refused_events < 3 * 20_000


def test_a_block_that_it_gives_up_passes_the_sound(make, host, noise):
    plugin = make("effect")
    host.play([Signal(noise), plugin])
    host.set_param(plugin, "Mode", probe.FAIL)
    np.testing.assert_array_equal(render(host, 4000), noise)
    assert plugin.failed_blocks == 4000 // 128 + 1


def test_the_gil_is_never_asked_for_while_it_plays(make, host, tmp_path):
    effect = make("effect")
    host.play([make("instrument"), effect, make("midi"), make("mono"), make("wide")])
    for mode in (probe.TURN, probe.ASK, probe.RESTART, probe.FLOOD):
        host.set_param(effect, "Mode", mode, frame=mode * 1000)
    host.send(Kind.NOTE_ON, 60, 1.0, note=60)
    assert play_with_lock_held(host, tmp_path) == BLOCKS
    assert wrong_threads_and_calls(effect)[0] == 0


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


def test_what_refuses_to_play_is_refused_and_what_plays_goes_on(make, host, noise, monkeypatch):
    host.play([Signal(noise)])
    plugin = make("effect")
    monkeypatch.setenv("PROBE_FAULT", "activate")
    with pytest.raises(PluginError, match="Probe effect cannot play at 48000 Hz"):
        host.play([plugin])
    np.testing.assert_array_equal(render(host, 1000), noise[:, :1000])


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


def test_a_host_that_has_no_use_for_a_plugin_closes_it(make, host):
    plugins = [make("effect") for _ in range(3)]
    for plugin in plugins:
        host.play([plugin])
        render(host, 2000)
    assert [isinstance(each, ClapPlugin) and bool(each._instances) for each in plugins] == [False, True, True]
