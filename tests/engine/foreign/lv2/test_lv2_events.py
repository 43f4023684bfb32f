"""Events in an LV2 plugin: each at its frame, and values of parameters by the grain."""

import pytest

from engine.events import Kind
from engine.foreign.lv2.process import GRAIN_FRAMES
from tests.support.foreign.probe import written_events
from tests.support.host_callback import render


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
