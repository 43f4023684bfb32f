"""Delivery of events through the host to a plugin, through the callback that a device calls."""

import numpy as np
import pytest
from numba import cfunc

from engine.block import RING_SIZE
from engine.events import NOW, Kind
from engine.host import Host
from engine.plugin import BURST, Param
from engine.pointers import C_PROCESS
from engine.standard_chain import StandardChain
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Listener, Organ, Signal


def twenty_notes(host):
    """Notes that begin, end and begin again, on two channels, under a pedal."""
    for i in range(20):
        host.midi(0x90 | i % 2, 50 + i, 90, frame=37 + 997 * i)
        host.midi(0x80 | i % 2, 50 + i, 0, frame=4000 + 911 * i)
    host.midi(0xB1, 64, 127, frame=9001)
    host.midi(0xB1, 64, 0, frame=20011)


def played(block):
    host = StandardChain(RATE)
    host.play([Organ()])
    twenty_notes(host)
    return render(host, RATE // 2, block)


@pytest.mark.parametrize("block", [1, 7, 64, 4096, 10_000, [64, 1, 300, 4096, 17]])
def test_the_block_size_does_not_change_the_sound(block):
    np.testing.assert_allclose(played(block), played(128), atol=1e-6)


@pytest.mark.parametrize("block", [1, 64, 128, 1000])
@pytest.mark.parametrize("frame", [0, 1, 63, 64, 100, 999])
def test_an_event_takes_effect_at_its_frame(block, frame):
    host = Host(RATE)
    host.play([Organ()])
    host.send(Kind.NOTE_ON, 60, 1.0, note=60, frame=frame)
    left, right = render(host, 1100, block)
    assert not left[:frame].any()
    assert left[frame] != 0
    np.testing.assert_array_equal(left, right)


def test_an_event_without_a_frame_or_in_the_past_takes_effect_in_the_next_block():
    host, listener = Host(RATE), Listener()
    host.play([listener])
    render(host, 1000)
    host.send(Kind.NOTE_ON, 60, frame=NOW)
    host.send(Kind.NOTE_ON, 61, frame=3)
    render(host, 10)
    assert listener.heard(Kind.NOTE_ON)["frame"].tolist() == [1000, 1000]


def test_an_event_with_a_frame_delays_none_without():
    host, listener = StandardChain(RATE), Listener()
    host.play([listener])
    host.send(Kind.NOTE_ON, 60, 1.0, note=60, frame=1000)
    host.panic()
    render(host, 2000, 64)
    assert set(listener.heard(Kind.CHOKE)["frame"]) == {0}
    assert listener.heard(Kind.NOTE_ON)["frame"].tolist() == [1000]


def test_events_of_several_threads_are_handled_in_the_order_of_their_frames(random):
    host, listener = Host(RATE), Listener()
    host.play([listener])
    frames = [np.sort(random.integers(0, 2000, 50)) for _ in range(3)]
    for ring, times in zip((host.timed_events, host.device_events, host.new_source()), frames, strict=True):
        for frame in times:
            ring.push(Kind.NOTE_ON, frame=int(frame))
    render(host, 2000, 77)
    assert listener.heard(Kind.NOTE_ON)["frame"].tolist() == sorted(np.concatenate(frames).tolist())


def test_an_event_with_a_target_reaches_only_that_plugin():
    host, knob = Host(RATE), Param("knob", "", 0.0, 1.0, 0.0)
    one, other = Listener([knob]), Listener([knob])
    host.play([one, other])
    host.set_param(other, "knob", 0.5)
    render(host, 10)
    assert not len(one.heard(Kind.PARAM))
    assert other.heard(Kind.PARAM)["value"].tolist() == [0.5]


def test_a_parameter_stays_within_its_range_and_must_exist():
    host, listener = Host(RATE), Listener([Param("knob", "", -1.0, 1.0, 0.0)])
    host.play([listener])
    host.set_param(listener, "knob", 7)
    render(host, 10)
    assert listener.heard(Kind.PARAM)["value"].tolist() == [1.0]
    with pytest.raises(ValueError, match="no parameter 'nob'; it has: knob"):
        host.set_param(listener, "nob", 0)
    with pytest.raises(ValueError, match="must be a number"):
        host.set_param(listener, "knob", float("nan"))


@pytest.mark.parametrize(("event", "match"), [
    ({"kind": 99}, "kind 99"),
    ({"kind": Kind.NOTE_ON, "key": 128}, r"outside 0\.\.127"),
    ({"kind": Kind.MIDI, "key": 1 << 24}, r"outside 0\.\.16777215"),
    ({"kind": Kind.CONTROL, "key": -1}, "key -1"),
    ({"kind": Kind.BEND, "channel": 16}, r"outside 0\.\.15"),
    ({"kind": Kind.BEND, "note": 2048}, r"outside -1\.\.2047"),
    ({"kind": Kind.BEND, "value": float("inf")}, "must be a number"),
])  # fmt: skip
def test_events_that_the_audio_thread_cannot_handle_are_refused(event, match):
    with pytest.raises(ValueError, match=match):
        Host(RATE).send(**event)


def test_too_many_events_are_refused_and_counted():
    host = Host(RATE)
    assert sum(host.send(Kind.NOTE_ON, 60) for _ in range(RING_SIZE + 10)) == RING_SIZE
    assert host.meters().lost == 10


def test_note_events_are_sent_to_the_main_thread():
    host = StandardChain(RATE)
    host.play([Organ()])
    host.midi(0x91, 60, 127, frame=10)
    host.midi(0x81, 60, 0, frame=500)
    render(host, 1000, 64)
    told = host.outbox.drain()
    assert told[["frame", "kind", "note"]].tolist() == [(10, Kind.NOTE_ON, 128 + 60), (500, Kind.NOTE_OFF, 128 + 60)]


def test_only_two_more_threads_may_send():
    host = Host(RATE)
    host.new_source()
    host.new_source()
    with pytest.raises(RuntimeError, match="at most 2 more threads"):
        host.new_source()


@pytest.mark.parametrize("said", [-5, 1 << 40])
def test_an_external_plugin_may_return_any_count_of_events(said):
    foreign = Signal(0.0)
    wrong = cfunc(C_PROCESS)(lambda state, audio, frames, events, count: said)
    foreign.address = wrong.address
    host, listener = Host(RATE), Listener()
    host.play([foreign, listener])
    host.send(Kind.NOTE_ON, 60, 1.0, note=60)
    render(host, 64)
    assert len(listener.heard()) == (0 if said < 0 else BURST)
