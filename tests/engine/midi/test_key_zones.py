"""Zones of keys and channels play their instruments."""

import pytest

from engine.events import Kind
from engine.midi.key_zones import KeyZones, Zone
from engine.standard_chain import StandardChain
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Listener


def test_a_key_plays_the_instrument_of_its_zone():
    rig, low, high = StandardChain(RATE), Listener(), Listener()
    rig.play([KeyZones([Zone(low, 0, 59), Zone(high, 60, 127)]), low, high])
    for key in (40, 59, 60, 80):
        rig.midi(0x90, key, 100)
    rig.midi(0xE0, 127, 127)
    rig.midi(0x80, 40, 0)
    rig.send(Kind.CONTROL, 3, 1.0)
    render(rig, 256)
    assert low.heard(Kind.NOTE_ON)["key"].tolist() == [40, 59]
    assert high.heard(Kind.NOTE_ON)["key"].tolist() == [60, 80]
    assert [len(each.heard(Kind.CONTROL)) for each in (low, high)] == [1, 0]
    for each in (low, high):
        assert each.heard(Kind.BEND)["value"][-1] == 2
        assert len(each.heard(Kind.NOTE_OFF)) == 1


def test_each_instrument_receives_the_channels_of_its_zone():
    rig, first, second = StandardChain(RATE), Listener(), Listener()
    rig.play([KeyZones([Zone(first), Zone(second, mask=1 << 1)]), first, second])
    rig.midi(0x90, 60, 100)
    rig.midi(0x91, 62, 100)
    rig.midi(0xB0, 1, 90)
    render(rig, 256)
    assert first.heard(Kind.NOTE_ON)["key"].tolist() == [60, 62]
    assert second.heard(Kind.NOTE_ON)["key"].tolist() == [62]
    assert second.heard(Kind.MODULATION)["value"].max() == 0
    with pytest.raises(ValueError, match="1 zones"):
        KeyZones([Zone(first)])
