"""Zones of keys and channels play their instruments."""

import pytest

from engine.events import Kind
from engine.midi.key_zones import KeyZones, Zone
from engine.standard_chain import StandardChain
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Listener


def test_a_key_plays_the_instrument_of_its_zone():
    host, low, high = StandardChain(RATE), Listener(), Listener()
    host.play([KeyZones([Zone(low, 0, 59), Zone(high, 60, 127)]), low, high])
    for key in (40, 59, 60, 80):
        host.midi(0x90, key, 100)
    host.midi(0xE0, 127, 127)
    host.midi(0x80, 40, 0)
    host.send(Kind.CONTROL, 3, 1.0)
    render(host, 256)
    assert low.heard(Kind.NOTE_ON)["key"].tolist() == [40, 59]
    assert high.heard(Kind.NOTE_ON)["key"].tolist() == [60, 80]
    assert [len(each.heard(Kind.CONTROL)) for each in (low, high)] == [1, 0]
    for each in (low, high):
        assert each.heard(Kind.BEND)["value"][-1] == 2
        assert len(each.heard(Kind.NOTE_OFF)) == 1


def test_each_instrument_receives_the_channels_of_its_zone():
    host, first, second = StandardChain(RATE), Listener(), Listener()
    host.play([KeyZones([Zone(first), Zone(second, mask=1 << 1)]), first, second])
    host.midi(0x90, 60, 100)
    host.midi(0x91, 62, 100)
    host.midi(0xB0, 1, 90)
    render(host, 256)
    assert first.heard(Kind.NOTE_ON)["key"].tolist() == [60, 62]
    assert second.heard(Kind.NOTE_ON)["key"].tolist() == [62]
    assert second.heard(Kind.MODULATION)["value"].max() == 0
    with pytest.raises(ValueError, match="1 zones"):
        KeyZones([Zone(first)])
