"""An LV2 plugin in the chain: ports, parameters, state, work, and what it may do wrong."""

import ctypes
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from engine.events import Kind
from engine.foreign import Outputs, Routing, SideChain, load
from engine.foreign.lv2.process import GRAIN_FRAMES
from engine.foreign.microphone_tap import MicrophoneTap
from engine.plugin.external import PluginError
from engine.portaudio_callback import callback
from engine.render import render_frames
from tests.support.foreign import probe
from tests.support.foreign.probe import LATENCY, release, written_events
from tests.support.foreign.probe_bundle import BINARY, LIARS, URI
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Signal
from tests.support.wait_limit import MAX_WAIT_SECONDS

BLOCK_THREAD = Path(probe.__file__).parent / "block_thread.c"
BLOCKS = 400


def noise(random, frames=4000):
    return (0.1 * random.standard_normal((2, frames))).astype(np.float32)


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


@pytest.mark.parametrize("block", [128, [1, 7, 500, 300], 4096])
def test_each_event_reaches_it_at_its_frame(make, host, block):
    host.play([make("instrument")])
    expected = []
    for frame in (0, 1, 127, 128, 700, 2999):
        host.send(Kind.NOTE_ON, 60, 1.0, frame=frame, note=60 + len(expected))
        expected.append((frame, "1", 60.5))
    host.send(Kind.NOTE_OFF, 60, 0.3, frame=3000, note=60)  # held by a pedal
    host.send(Kind.NOTE_OFF, 60, 1.0, frame=3001, note=60)
    host.send(Kind.BEND, 0, 2.0, frame=3002)
    host.send(Kind.MODULATION, 0, 1.0, frame=3003)
    host.send(Kind.PRESSURE, 0, 1.0, frame=3004)
    host.send(Kind.PEDAL, 64, 1.0, frame=3005)
    host.send(Kind.CHOKE, 0, 0.0, frame=3500)
    expected += [(3001, "2", 60.0), (3002, "6", 0xE0 + 127 / 256), (3003, "6", 0xB0 + 1 / 256)]
    expected += [(3004, "6", 0xD0 + 127 / 256), (3500, "6", 0xB0 + 120 / 256)]
    assert written_events(render(host, 4000, block)) == expected


@pytest.mark.parametrize("block", [128, [1, 7, 500, 300], 4096])
def test_a_turn_of_a_knob_happens_at_its_frame_but_not_more_often_than_a_grain(make, host, block):
    plugin = make("instrument")
    host.play([plugin])
    for frame in (100, 101, 110, 140, 200, 900):
        host.set_param(plugin, "Gain", 1 + frame / 1000, frame=frame)
    host.set_param(plugin, "Knob", 1.0, frame=900)
    host.send(Kind.NOTE_ON, 60, 1.0, frame=901, note=60)
    assert written_events(render(host, 2000, block)) == [
        (100, "5", pytest.approx(1.1)), (100 + GRAIN_FRAMES, "5", pytest.approx(1.11)),
        (100 + 2 * GRAIN_FRAMES, "5", pytest.approx(1.14)), (200, "5", pytest.approx(1.2)),
        (900, "55", pytest.approx(1.9)), (901, "1", 60.5),
    ]  # fmt: skip


def test_values_are_kept_within_their_range(make, host):
    plugin = make("instrument")
    host.play([plugin])
    host.events.push(int(Kind.PARAM), 0, 99.0, target=plugin.state.ctypes.data)
    host.events.push(int(Kind.PARAM), 2, -99.0, target=plugin.state.ctypes.data)
    host.events.push(int(Kind.PARAM), 3, 1.0, target=plugin.state.ctypes.data)
    host.events.push(int(Kind.PARAM), -1, 1.0, target=plugin.state.ctypes.data)
    render(host, 200)
    assert plugin.values() == list(plugin.live_values) == [2.0, 0.0, -1.0]


def test_an_effect_has_a_switch_that_fades_and_is_among_the_values(make, host, random):
    sound, plugin = noise(random, 12_000), make("effect")
    host.play([Signal(sound), plugin])
    assert [param.name for param in plugin.params] == ["Gain", "Mode", "Knob", "on"]
    host.set_param(plugin, "Gain", 2.0, frame=0)
    host.set_param(plugin, "on", 0.0, frame=3000)
    host.set_param(plugin, "on", 1.0, frame=7000)
    heard = render(host, 12_000, [128, 1, 300])
    np.testing.assert_array_equal(heard[:, LATENCY:3000], 2 * sound[:, : 3000 - LATENCY])
    np.testing.assert_array_equal(heard[:, 3600:7000], sound[:, 3600:7000])
    np.testing.assert_array_equal(heard[:, 8100:], 2 * sound[:, 8100 - LATENCY : -LATENCY])
    assert list(plugin.live_values) == [2.0, 0.0, 0.25, 1.0]


def test_what_an_effect_returns_takes_the_place_of_what_came_in(make, host, random):
    sound = noise(random)
    host.play([Signal(sound), make("effect")])
    np.testing.assert_array_equal(render(host, 4000, [64, 1, 300])[:, LATENCY:], sound[:, :-LATENCY])


def test_a_mono_effect_is_there_for_each_side(make, host, random):
    sound, effect = noise(random), make("mono")
    host.play([Signal(sound), effect])
    host.set_param(effect, "Gain", 2.0, frame=0)
    np.testing.assert_array_equal(render(host, 4000)[:, LATENCY:], 2 * sound[:, :-LATENCY])


@pytest.mark.parametrize("summed", [True, False])
@pytest.mark.parametrize("heard", ["input", "silence", "microphone"])
def test_side_chains_and_further_outputs_are_connected_as_chosen(make, host, random, heard, summed):
    sound = noise(random)
    host.play([Signal(sound), make("wide", routing=Routing(SideChain(heard), Outputs("all" if summed else "first")))])
    expected = np.float32(11 if heard == "input" else 1) * sound[:, :-LATENCY] + np.float32(100 if summed else 0)
    np.testing.assert_allclose(render(host, 4000)[:, LATENCY:], expected, rtol=1e-6, atol=1e-5)


def test_a_side_chain_hears_the_microphone_also_where_a_turn_cuts_the_block(make, host, random):
    sound, voice, tap, plugin = noise(random), noise(random), MicrophoneTap(), make("wide")
    plugin.set_routing(Routing(SideChain.MICROPHONE, Outputs.FIRST), tap)
    host.play([tap, Signal(sound), plugin])
    for frame in range(100, 4000, 333):
        host.set_param(plugin, "Knob", frame / 4000, frame=frame)
    heard = render_frames(host, 4000, np.ascontiguousarray(voice.T))
    expected = sound[:, :-LATENCY] + np.float32(10) * voice[:, :-LATENCY]
    np.testing.assert_allclose(heard[:, LATENCY:], expected, rtol=1e-6, atol=1e-6)
    assert (plugin.has_side_chain, plugin.has_further_outputs) == (True, True)


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


def test_a_preset_is_listed_and_loaded_while_it_plays(make, host, random):
    sound, plugin = noise(random), make("effect")
    host.play([Signal(sound), plugin])
    assert plugin.find_presets() == {f"{URI}preset": "Loud"}
    plugin.load_preset(f"{URI}preset")
    assert plugin.drain_changes() == [(0, 1.5)]
    np.testing.assert_array_equal(render(host, 4000)[:, LATENCY:], np.float32(1.5) * sound[:, :-LATENCY])
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


def test_a_reset_silences_it(make, host, random):
    plugin = make("effect")
    host.play([Signal(noise(random, 500)), plugin])
    render(host, 500)
    plugin.reset()
    assert not render(host, 200).any()


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
    assert written_events(render(host, 100))[-1] == (0, "51", 60.5)


def test_more_events_than_a_block_can_hold_reach_it_as_far_as_there_is_room(make, host):
    plugin = make("instrument")
    host.play([plugin])
    for i in range(2000):
        host.send(Kind.NOTE_ON, 60, 0.5, note=60 + i % 2, frame=0)
    render(host, 512)
    assert plugin.refused_events == host.meters().lost == 0
    assert plugin.voices == 2


def test_the_gil_is_never_asked_for_while_it_plays(make, host, tmp_path):
    effect = make("effect")
    host.play([make("instrument"), effect, make("mono"), make("wide")])
    for mode in (probe.ASK, probe.RESTART):
        host.set_param(effect, "Mode", mode, frame=mode * 1000)
    for frame in range(10_000, 40_000, 1000):
        host.set_param(effect, "Gain", 0.5 + frame / 40_000, frame=frame)
        host.send(Kind.NOTE_ON, 60, 1.0, note=60, frame=frame)
    path = tmp_path / "block_thread.so"
    subprocess.run(
        ["cc", "-O2", "-Wall", "-Werror", "-shared", "-fPIC", BLOCK_THREAD, "-o", path, "-lpthread"], check=True
    )
    holding = ctypes.PyDLL(str(path))  # its functions run with the lock held
    address, memory = ctypes.c_void_p(callback.address), ctypes.c_void_p(host.memory.ctypes.data)
    holding.start_blocks(address, memory, ctypes.c_ulong(128), BLOCKS)
    assert holding.wait_for_blocks(int(1000 * MAX_WAIT_SECONDS)) == BLOCKS


def test_a_hang_in_a_block_is_seen_and_not_waited_for_without_end(make, host, bundle, monkeypatch):
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
        release(bundle / BINARY)
        playing.join()
    assert not plugin.is_busy
    plugin.reset()


def test_what_was_closed_is_not_played_again(make, host):
    plugin = make("effect")
    plugin.close()
    plugin.close()
    with pytest.raises(PluginError, match="was closed"):
        host.play([plugin])


@pytest.mark.parametrize("lie", [lie for lie in LIARS if lie not in ("no ports", "a gap")])
def test_a_plugin_that_lies_about_its_ports_plays(make, host, random, lie):
    sound, plugin = noise(random), make(f"liar{list(LIARS).index(lie)}")
    assert all(np.isfinite([each.low, each.default, each.high]).all() for each in plugin.params)
    assert all(each.low <= each.default <= each.high for each in plugin.params)
    host.play([Signal(sound), plugin])
    heard = render(host, 4000)
    if lie != "ranges that are none":
        np.testing.assert_array_equal(heard[:, LATENCY:], sound[:, :-LATENCY])
    state = plugin.save_state()
    plugin.load_state(state)
    assert plugin.save_state() == state


@pytest.mark.parametrize("lie", ["no ports", "a gap"])
def test_a_plugin_whose_ports_are_not_known_is_refused_in_one_line(bundle, lie, capfd):
    with pytest.raises(PluginError, match="describes no ports, or not all of them") as refused:
        load(f"lv2:{URI}liar{list(LIARS).index(lie)}")
    assert "\n" not in str(refused.value)
    assert capfd.readouterr().err == ""


def test_a_bundle_that_was_installed_a_moment_ago_is_found(bundle, make, tmp_path, monkeypatch):
    make("effect")  # what is installed has been read
    shutil.copytree(bundle, tmp_path / "new.lv2")
    for path in (tmp_path / "new.lv2").glob("*.ttl"):
        path.write_text(path.read_text().replace(URI, "urn:new:"))
    with pytest.raises(PluginError, match="no LV2 plugin"):
        load("lv2:urn:new:effect")
    monkeypatch.setenv("LV2_PATH", str(tmp_path))
    with pytest.raises(PluginError, match="urn:new:effect: it refuses to start"):  # its library knows the old name
        load("lv2:urn:new:effect")
    make("effect")


@pytest.mark.parametrize("fault", ["create", "descriptor"])
def test_what_cannot_be_made_is_refused_in_one_line(bundle, monkeypatch, fault, capfd):
    monkeypatch.setenv("PROBE_FAULT", fault)
    with pytest.raises(PluginError, match="refuses to start") as refused:
        load(f"lv2:{URI}effect")
    assert "\n" not in str(refused.value)
    assert capfd.readouterr().err == ""
    monkeypatch.delenv("PROBE_FAULT")
    load(f"lv2:{URI}effect").close()  # it is not remembered


def test_threads_may_open_plugins_and_ask_them_for_their_state_at_once(make, bundle):
    expected = make("effect").save_state()
    found, faults = [], []

    def work():
        try:
            for _ in range(10):
                plugin = load(f"lv2:{URI}effect")
                plugin.prepare(44_100.0)
                found.append((plugin.save_state(), plugin.find_presets()))
                plugin.close()
        except Exception as error:
            faults.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert not faults
    assert found == 40 * [(expected, {f"{URI}preset": "Loud"})]
