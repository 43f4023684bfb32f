"""Several effects of a kind in one chain: each keeps its name, its values and its controller."""

import numpy as np
import pytest

from engine.preset.preset_file import read, write
from engine.standard_chain import StandardChain
from session import patch_bundle, patch_file, rack
from session.crash_marker import LoadingMarker
from session.patch import NO_ROOM, ROOM, Chain, Effect, Patch, chain_from_json
from session.rack_loader import RackLoader
from tests.support.host_callback import RATE, render
from tests.support.resonance_preset import small_preset

SEVERAL = Chain(
    (Effect(ROOM), Effect("delay"), Effect("drive"), Effect("delay", number=2), Effect("delay", number=3))
)
VALUES = {"delay time": 0.1, "delay2 time": 0.2, "delay3 time": 0.3, "drive amount": 20.0}


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    write(tmp_path / "small.luthier", small_preset())
    return tmp_path / "small.luthier"


def times(made):
    """The time of every delay by the name of its parameter, in the order of the chain."""
    found = [each for each in made.parameters if each.param.name == "time"]
    return {each.name: round(float(each.plugin.state["param"][0, each.index]), 6) for each in found}


def test_an_effect_keeps_its_name_when_others_are_moved_or_removed_and_a_new_one_takes_the_free_one():
    chain = Chain().with_another("delay").with_another("drive").with_another("delay").with_another("delay")
    assert chain == SEVERAL
    assert chain.slots == ["room", "delay", "drive", "delay2", "delay3"]
    moved = chain.ordered(["delay3", "delay2", "delay"])
    assert moved.slots == ["room", "delay3", "drive", "delay2", "delay"]
    fewer = moved.without("delay2")
    assert fewer.slots == ["room", "delay3", "drive", "delay"]
    assert fewer.with_another("delay").slots[-1] == "delay2"
    assert fewer.without("delay").with_another("delay").slots[-1] == "delay"


def test_a_chain_with_several_is_read_as_it_was_written():
    rooms = Chain((Effect(ROOM, NO_ROOM), Effect(ROOM, "violin", 2), Effect("chorus", number=4)))
    for chain in (SEVERAL, rooms):
        assert chain_from_json(chain.plain()) == chain
    assert SEVERAL.plain()["effects"][:2] == [{"kind": "room", "source": ""}, {"kind": "delay", "source": ""}]
    for number in (0, -1, 1.5, True, "2", None):
        assert chain_from_json({"effects": [{"kind": "delay", "number": number}]}) == Chain()
    twice = {"effects": [{"kind": "delay", "number": 2}, {"kind": "delay", "number": 2}, {"kind": ["delay"]}]}
    assert chain_from_json(twice).slots == ["room", "delay2"]


def test_values_are_those_of_each_before_and_after_another_is_removed(path):
    host = StandardChain(RATE)
    loader = RackLoader(host, LoadingMarker())
    first = loader.load(Patch(path, VALUES, SEVERAL), False).loaded
    render(host, 4800)
    assert times(first.rack) == {"delay time": 0.1, "delay2 time": 0.2, "delay3 time": 0.3}
    second, third = (first.rack.effects[SEVERAL.effects[place]] for place in (3, 4))
    after = loader.arrange(Patch(path, VALUES, SEVERAL.without("delay"))).loaded
    render(host, 4800)
    assert times(after.rack) == {"delay2 time": 0.2, "delay3 time": 0.3}
    assert list(after.rack.effects.values())[-2:] == [second, third]


def test_a_saved_patch_and_a_bundle_have_all_of_them(path, tmp_path):
    saved = patch_file.SavedPatch(read(path).digest, path, VALUES, SEVERAL)
    patch_file.write(tmp_path / "echoes.json", saved)
    assert patch_file.read(tmp_path / "echoes.json") == saved
    rooms = Chain((*SEVERAL.effects, Effect(ROOM, "violin", 2)))
    patch_bundle.write_bundle(path, tmp_path / "mine.luthier", Patch(path, VALUES, rooms))
    bundled = patch_bundle.read_patch(tmp_path / "mine.luthier")
    assert (bundled.values, bundled.chain) == (VALUES, rooms)


def test_each_has_a_controller_of_its_own(path):
    host = StandardChain(RATE)
    made = rack.load(host, Patch(path, {}, SEVERAL))
    host.midi_map = {("delay", "feedback"): 20, ("delay3", "feedback"): 21}
    host.apply_midi_map()
    for controller in (20, 21):
        for value in (0, 64, 127):
            host.midi(0xB0, controller, value)
            render(host, 256)
        values = {each.name: each.plugin.state["param"][0, each.index] for each in made.parameters}
        moved = {name for name in ("delay", "delay2", "delay3") if values[f"{name} feedback"] > 0.9}
        assert moved == ({"delay"} if controller == 20 else {"delay", "delay3"})


def test_two_drives_sound_as_one_after_the_other(path):
    chain = Chain((Effect(ROOM), Effect("drive"), Effect("drive", number=2)))
    sounds = []
    for values in ({}, {"drive amount": 30.0}, {"drive2 amount": 30.0}):
        host = StandardChain(RATE)
        rack.load(host, Patch(path, values, chain))
        host.midi(0x90, 60, 100)
        sounds.append(render(host, 9600))
    assert not np.array_equal(sounds[0], sounds[1])
    assert not np.array_equal(sounds[1], sounds[2])
