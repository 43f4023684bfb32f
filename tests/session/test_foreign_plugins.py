"""Foreign plugins in a patch: as instrument, second instrument and effects, with their states."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.foreign import Outputs, Routing, SideChain
from engine.preset import library
from engine.render import render_frames
from engine.standard_chain import StandardChain
from session import patch_file, patch_lookup, rack
from session.crash_marker import LoadingMarker
from session.patch import PLUGIN, Chain, Effect, Layer, Patch, chain_from_json
from session.patch_file import SavedPatch
from session.rack import routing_of, with_routing
from session.rack_loader import RackLoader
from tests.support.host_callback import RATE, render


@pytest.fixture
def names(probe_path):
    """The names of the probes, by the last word of their identifiers."""
    return {word: f"{probe_path}#probe.{word}" for word in ("instrument", "midi", "effect", "mono", "wide")}


def play(made, **values):
    """A host that plays a rack, with values set."""
    host = StandardChain(RATE)
    host.play(made.plugins)
    rack.set_values(host, made, values)
    render(host, 200)
    return host


def chain_of(names):
    """A foreign second instrument and two foreign effects."""
    effects = (*Chain().effects, Effect(PLUGIN, names["effect"]), Effect(PLUGIN, names["effect"], 2))
    return Chain(effects, Layer(names["midi"], split=60, above=True))


def build(path, chain):
    made, problems = rack.build(Path(path), chain, follow_voice=False)
    return made, [str(problem) for problem in problems]


def test_the_states_of_all_plugins_come_back_from_a_patch_file(names, tmp_path):
    made, problems = build(names["instrument"], chain_of(names))
    assert problems == []
    wanted = {"Knob": 0.5, "second Knob": -0.5, "Probe effect Gain": 0.25, "Probe effect2 Gain": 1.75}
    play(made, **wanted)
    path = tmp_path / "saved.json"
    patch_file.write(path, SavedPatch("", Path(names["instrument"]), {}, made.with_states(chain_of(names))))
    found = patch_lookup.resolve(Patch(path))
    again, problems = build(found.path, found.chain)
    assert problems == []
    values = again.drain_changes()
    assert {name: values[name] for name in wanted} == wanted
    assert again.with_states(found.chain).plain() == json.loads(path.read_text())["row"]


def test_values_of_the_patch_come_before_those_of_a_state(names):
    made, _ = build(names["instrument"], Chain())
    play(made, Knob=0.5, Gain=2.0)
    host = StandardChain(RATE)
    patch = Patch(Path(names["instrument"]), {"Gain": 0.5}, made.with_states(Chain()))
    loaded = rack.load(host, patch)
    render(host, 200)
    assert loaded.instrument.values() == [0.5, 0.0, 0.5]


def test_a_foreign_effect_stands_after_a_learned_instrument(names):
    made, problems = build(library.find("guitar"), Chain((*Chain().effects, Effect(PLUGIN, names["mono"]))))
    assert problems == []
    host = play(made, **{"Probe mono Gain": 0.5})
    assert host.latency == 64
    host.midi(0x90, 60, 100)
    plain = StandardChain(RATE)
    plain.play(build(library.find("guitar"), Chain())[0].plugins)
    render(plain, 200)
    plain.midi(0x90, 60, 100)
    np.testing.assert_allclose(render(host, 9064)[:, 64:], render(plain, 9000) / 2, atol=1e-6)


def test_the_latency_of_a_chain_is_that_of_the_effects_after_the_instruments(names):
    made, _ = build(names["instrument"], chain_of(names))
    assert play(made).latency == 2 * 64
    assert [plugin.is_instrument for plugin in made.plugins if plugin.latency == 0].count(True) == 2


def test_a_missing_plugin_is_named_and_its_place_and_state_are_kept(names, tmp_path):
    gone = Effect(PLUGIN, str(tmp_path / "gone.clap"), 1, b"its state")
    chain = Chain((*Chain().effects, gone, Effect(PLUGIN, names["effect"], 2)))
    made, problems = build(library.find("guitar"), chain)
    assert problems == [f"no such plugin: {tmp_path / 'gone.clap'}"]
    kept = made.with_states(chain).effects
    assert [each.source for each in kept] == [each.source for each in chain.effects]
    assert kept[1].state == b"its state"
    assert len(kept[2].state) == 48


def test_a_state_that_is_not_taken_is_told_and_the_plugin_plays(names):
    chain = Chain((*Chain().effects, Effect(PLUGIN, names["effect"], 1, b"nonsense")))
    made, problems = build(library.find("guitar"), chain)
    assert problems == ["Probe effect does not take this state (8 bytes)"]
    assert len(made.effects) == 1


def test_a_chain_of_plugins_is_the_same_from_its_json_and_invalid_states_are_left_out(names):
    ours, theirs = (
        (Effect("room"), Effect("chorus")),
        (Effect(PLUGIN, "a.clap", 1, b"\0\xff"), Effect(PLUGIN, "b", 2)),
    )
    chain = Chain((ours[0], theirs[0], ours[1], theirs[1]), Layer(names["midi"], state=b"abc"), b"head")
    again = chain_from_json(json.loads(json.dumps(chain.plain())))
    assert again == chain
    assert again.plain() == chain.plain()
    damaged = {"effects": [{"kind": PLUGIN, "source": "x.clap", "state": "?"}, {"kind": PLUGIN}], "state": 5}
    assert chain_from_json(damaged) == Chain((Effect("room"), Effect(PLUGIN, "x.clap")))
    assert chain_from_json(damaged).state == b""


def test_a_routing_is_kept_in_a_patch_and_what_is_invalid_is_as_usual(names):
    first, second = Routing(SideChain.MICROPHONE), Routing(outputs=Outputs.FIRST)
    effects = (Effect("room"), Effect(PLUGIN, names["wide"], 2, b"x", Routing(SideChain.SILENCE, Outputs.FIRST)))
    chain = Chain(effects, Layer(names["midi"], routing=second), routing=first)
    plain = json.loads(json.dumps(chain.plain()))
    assert (plain["side_chain"], plain["second"]["outputs"]) == ("microphone", "first")
    assert chain_from_json(plain) == chain
    assert "outputs" not in Chain((*effects[:1], Effect(PLUGIN, names["wide"]))).plain()["effects"][1]
    damaged = {"effects": [{"kind": PLUGIN, "source": "x.clap", "side_chain": ["input"], "outputs": 5}]}
    assert chain_from_json({**damaged, "side_chain": "loud"}) == Chain((Effect("room"), Effect(PLUGIN, "x.clap")))


def test_another_routing_keeps_the_plugin_its_values_and_its_state(names, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    host = StandardChain(RATE)
    host.memory["inputs"] = 0  # of the device: no microphone
    loader = RackLoader(host, LoadingMarker())
    usual = Effect(PLUGIN, names["wide"])
    patch = Patch(library.find("gong"), {"Probe wide Gain": 0.5}, Chain((Effect("room"), usual)))
    before = loader.load(patch, False).loaded.rack
    for routing in (Routing(SideChain.MICROPHONE, Outputs.FIRST), Routing(SideChain.SILENCE), Routing()):
        chain = with_routing(patch.chain, "plugin", routing)
        now = loader.arrange(replace(patch, chain=chain)).loaded
        plugin = now.rack.effects[usual]
        assert plugin is before.effects[usual]
        assert (plugin.routing, routing_of(now.chain, "plugin")) == (routing, routing)
        hears = routing.side_chain is SideChain.MICROPHONE
        assert (now.rack.tap in host.chain, bool(host.memory["listens"][0])) == (hears, hears)
        render(host, 2000)
        assert plugin.values()[0] == 0.5
        assert plugin.live_values[-1] == 1  # on again
        assert list(now.routable) == ["plugin"]
        assert now.titles == {"plugin": "Probe wide"}
        assert now.missing == {}


def test_a_microphone_goes_to_the_tracker_and_to_a_side_chain(names, random):
    path = library.find("violin")
    effect = Effect(PLUGIN, names["wide"], routing=Routing(SideChain.MICROPHONE, Outputs.FIRST))
    made, problems = rack.build(path, Chain((Effect("room", "none"), effect)), follow_voice=True)
    assert problems == []
    host = StandardChain(RATE)
    host.play(made.plugins)
    host.set_param(made.effects[effect.place], "Gain", 0.1)
    time = np.arange(RATE // 4) / RATE
    voice = np.float32(0.1 * np.sin(2 * np.pi * 440 * time))[:, None]
    host.memory["inputs"] = 1
    render_frames(host, len(time), voice)
    tracked, heard = made.voice.state["tracker"]["pitch"][0], made.tap.state["sound"][0, 0, :64]
    assert tracked == pytest.approx(440, rel=0.01)
    assert np.abs(heard).max() > 0.05


def test_an_instrument_that_was_not_learned_says_so_where_one_is_needed(names):
    made, _ = build(names["instrument"], Chain())
    with pytest.raises(ValueError, match="Probe is a plugin: this is for instruments that were learned"):
        _ = made.preset
