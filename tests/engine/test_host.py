"""The host, heard through the callback that a device calls."""

import ctypes
import gc
import weakref

import numpy as np
import pytest
from numba import cfunc

from engine.block import FADE, LONGEST, QUEUE, SLOTS
from engine.callback import callback
from engine.events import NOW, Kind
from engine.host import Host
from engine.memory import C_PROCESS
from engine.plugin import BURST, Param
from engine.rig import Rig
from tests.playing import RATE, Listener, Organ, Signal, render


def twenty_notes(rig):
    """Notes that begin, end and begin again, on two channels, under a pedal."""
    for i in range(20):
        rig.midi(0x90 | i % 2, 50 + i, 90, frame=37 + 997 * i)
        rig.midi(0x80 | i % 2, 50 + i, 0, frame=4000 + 911 * i)
    rig.midi(0xB1, 64, 127, frame=9001)
    rig.midi(0xB1, 64, 0, frame=20011)


def played(block):
    rig = Rig(RATE)
    rig.play([Organ()])
    twenty_notes(rig)
    return render(rig, RATE // 2, block)


@pytest.mark.parametrize("block", [1, 7, 64, 4096, 10_000, [64, 1, 300, 4096, 17]])
def test_the_block_size_is_not_heard(block):
    np.testing.assert_allclose(played(block), played(128), atol=1e-6)


@pytest.mark.parametrize("block", [1, 64, 128, 1000])
@pytest.mark.parametrize("frame", [0, 1, 63, 64, 100, 999])
def test_an_event_is_heard_from_its_frame_on(block, frame):
    host = Host(RATE)
    host.play([Organ()])
    host.send(Kind.NOTE_ON, 60, 1.0, note=60, frame=frame)
    left, right = render(host, 1100, block)
    assert not left[:frame].any()
    assert left[frame] != 0
    np.testing.assert_array_equal(left, right)


def test_an_event_for_now_or_for_the_past_is_heard_in_the_next_block():
    host, listener = Host(RATE), Listener()
    host.play([listener])
    render(host, 1000)
    host.send(Kind.NOTE_ON, 60, frame=NOW)
    host.send(Kind.NOTE_ON, 61, frame=3)
    render(host, 10)
    assert listener.heard(Kind.NOTE_ON)["frame"].tolist() == [1000, 1000]


def test_what_is_sent_for_later_holds_up_nothing_that_is_for_now():
    rig, listener = Rig(RATE), Listener()
    rig.play([listener])
    rig.send(Kind.NOTE_ON, 60, 1.0, note=60, frame=1000)
    rig.panic()
    render(rig, 2000, 64)
    assert set(listener.heard(Kind.CHOKE)["frame"]) == {0}
    assert listener.heard(Kind.NOTE_ON)["frame"].tolist() == [1000]


def test_events_of_several_threads_are_taken_in_the_order_of_their_frames(random):
    host, listener = Host(RATE), Listener()
    host.play([listener])
    frames = [np.sort(random.integers(0, 2000, 50)) for _ in range(3)]
    for ring, times in zip((host.later, host.keys, host.source()), frames, strict=True):
        for frame in times:
            ring.push(Kind.NOTE_ON, frame=int(frame))
    render(host, 2000, 77)
    assert listener.heard(Kind.NOTE_ON)["frame"].tolist() == sorted(np.concatenate(frames).tolist())


def test_an_event_with_a_target_reaches_that_plugin_alone():
    host, knob = Host(RATE), Param("knob", "", 0.0, 1.0, 0.0)
    one, other = Listener([knob]), Listener([knob])
    host.play([one, other])
    host.set(other, "knob", 0.5)
    render(host, 10)
    assert not len(one.heard(Kind.PARAM))
    assert other.heard(Kind.PARAM)["value"].tolist() == [0.5]


def test_a_knob_stays_within_its_range_and_must_be_there():
    host, listener = Host(RATE), Listener([Param("knob", "", -1.0, 1.0, 0.0)])
    host.play([listener])
    host.set(listener, "knob", 7)
    render(host, 10)
    assert listener.heard(Kind.PARAM)["value"].tolist() == [1.0]
    with pytest.raises(ValueError, match="no parameter 'nob'; it has: knob"):
        host.set(listener, "nob", 0)
    with pytest.raises(ValueError, match="must be a number"):
        host.set(listener, "knob", float("nan"))


@pytest.mark.parametrize(("event", "match"), [
    ({"kind": 99}, "kind 99"),
    ({"kind": Kind.NOTE_ON, "key": 128}, r"outside 0\.\.127"),
    ({"kind": Kind.MIDI, "key": 1 << 24}, r"outside 0\.\.16777215"),
    ({"kind": Kind.CONTROL, "key": -1}, "key -1"),
    ({"kind": Kind.BEND, "channel": 16}, r"outside 0\.\.15"),
    ({"kind": Kind.BEND, "note": 2048}, r"outside -1\.\.2047"),
    ({"kind": Kind.BEND, "value": float("inf")}, "must be a number"),
])  # fmt: skip
def test_what_the_audio_thread_could_not_bear_is_refused_at_the_door(event, match):
    with pytest.raises(ValueError, match=match):
        Host(RATE).send(**event)


def test_too_many_events_are_refused_and_counted():
    host = Host(RATE)
    assert sum(host.send(Kind.NOTE_ON, 60) for _ in range(QUEUE + 10)) == QUEUE
    assert host.meters().lost == 10


def swapped(old, new, block, before=1000, after=4000):
    host = Host(RATE)
    host.play([Signal(old)])
    first = render(host, before, block)
    host.play([Signal(new)])
    return np.concatenate([first, render(host, after, block)], axis=1)[0]


@pytest.mark.parametrize("block", [1, 64, 1000, 4096])
def test_a_new_row_replaces_the_old_without_a_click(block):
    heard = swapped(0.5, -0.3, block)
    length = round(FADE * RATE)
    x = np.clip((np.arange(5000) - 1000) / length, 0, 1)
    np.testing.assert_allclose(heard, 0.5 - 0.8 * x * x * (3 - 2 * x), atol=1e-6)
    assert np.abs(np.diff(heard)).max() <= 1.5 * 0.8 / length + 1e-6


def test_the_first_row_begins_at_once():
    host = Host(RATE)
    host.play([Signal(0.5)])
    np.testing.assert_array_equal(render(host, 10), 0.5)


def test_rows_changed_faster_than_they_fade_end_with_the_last():
    host = Host(RATE)
    for level in (0.1, 0.2, 0.3, 0.4):
        host.play([Signal(level)])
        render(host, 100)
    assert render(host, 4000)[0, -1] == np.float32(0.4)


def test_an_old_row_is_kept_while_it_may_sound_and_given_up_after():
    host = Host(RATE)
    old = Signal(0.1)
    there = weakref.ref(old)
    host.play([old])
    render(host, 10)
    host.play([Signal(0.2)])
    del old
    gc.collect()
    assert there() is not None
    render(host, 4000)
    host.play([Signal(0.3)])
    gc.collect()
    assert there() is None


def test_a_row_that_cannot_be_played_is_refused():
    host, plugin = Host(RATE), Signal(0.1)
    host.play([plugin])
    with pytest.raises(ValueError, match="make a new one"):
        host.play([plugin])
    with pytest.raises(ValueError, match="twice"):
        host.play([one := Signal(0.1), one])
    with pytest.raises(ValueError, match=f"at most {SLOTS}"):
        host.play([Signal(0.1) for _ in range(SLOTS + 1)])


def test_the_rate_changes_for_all_but_not_while_a_device_plays():
    rig, organ = Rig(RATE), Organ()
    rig.play([organ])
    rig.prepare(96_000)
    assert organ.state["cycle"][0] == np.float32(8.1758 / 96_000)
    assert rig.rate == 96_000
    rig.running = lambda: True
    with pytest.raises(RuntimeError, match="while a device plays"):
        rig.prepare(RATE)


def test_the_meters_show_what_goes_to_the_speaker():
    time = np.arange(RATE // 2)
    audio = np.stack([0.5 * np.sin(2 * np.pi * 100 * time / RATE), 0.25 * np.sin(2 * np.pi * 100 * time / RATE)])
    host = Host(RATE)
    host.play([Signal(audio.astype(np.float32))])
    render(host, RATE // 2, 480)
    meters = host.meters()
    np.testing.assert_allclose(meters.peak, (0.5, 0.25), rtol=1e-3)
    settled = np.sqrt(0.5 * (1 - (1 - 0.01 / 0.3) ** 50))
    np.testing.assert_allclose(meters.rms, (0.5 * settled, 0.25 * settled), rtol=1e-3)
    assert meters.clipped == meters.xruns == meters.lost == 0
    assert meters.blocks == 50
    assert meters.load > 0
    assert meters.load <= meters.worst
    assert 0.01 <= host.load_quantile(0.5) <= host.load_quantile(0.999)


def test_blocks_that_clip_and_that_came_late_are_counted_until_reset():
    host = Host(RATE)
    host.play([Signal(1.5)])
    render(host, 640, 128)
    block = (ctypes.c_float * 128)()
    callback.ctypes(None, block, 64, None, 4, host.memory.ctypes.data)
    assert (host.meters().clipped, host.meters().xruns) == (6, 1)
    host.reset_meters()
    assert (host.meters().clipped, host.meters().xruns, host.meters().worst) == (0, 0, 0)


@pytest.mark.parametrize("inputs", [0, 1, 2])
@pytest.mark.parametrize("frames", [100, LONGEST + 100])
def test_a_row_that_listens_hears_the_microphone(random, inputs, frames):
    host, through = Host(RATE), Signal(0.0)
    through.listens = True
    host.play([through])
    host.memory["inputs"] = inputs
    heard = random.uniform(-1, 1, (frames, max(inputs, 1))).astype(np.float32)
    out = np.zeros((frames, 2), np.float32)
    pointers = [ctypes.cast(array.ctypes.data, ctypes.POINTER(ctypes.c_float)) for array in (heard, out)]
    callback.ctypes(*pointers, frames, None, 0, host.memory.ctypes.data)
    np.testing.assert_array_equal(out, np.broadcast_to(heard, (frames, 2)) if inputs else np.zeros((frames, 2)))


def test_a_device_of_one_channel_gets_the_mean_of_both():
    host = Host(RATE)
    host.play([Signal(np.stack([np.full(64, 0.5), np.full(64, 0.25)]).astype(np.float32))])
    host.memory["outputs"] = 1
    out = (ctypes.c_float * 64)()
    callback.ctypes(None, out, 64, None, 0, host.memory.ctypes.data)
    assert list(out) == [0.375] * 64


def test_numbers_too_small_for_float32_are_zero_inside_and_left_alone_outside():
    host = Host(RATE)
    host.play([Signal(1e-40)])
    assert not render(host, 64).any()
    assert np.float32(1e-40) * np.float32(1) > 0


def test_the_note_events_are_told_to_the_main_thread():
    rig = Rig(RATE)
    rig.play([Organ()])
    rig.midi(0x91, 60, 127, frame=10)
    rig.midi(0x81, 60, 0, frame=500)
    render(rig, 1000, 64)
    told = rig.outbox.take()
    assert told[["frame", "kind", "note"]].tolist() == [(10, Kind.NOTE_ON, 128 + 60), (500, Kind.NOTE_OFF, 128 + 60)]


def test_only_two_more_threads_may_send():
    host = Host(RATE)
    host.source()
    host.source()
    with pytest.raises(RuntimeError, match="at most 2 more threads"):
        host.source()


def test_the_voices_of_a_row_are_those_of_the_plugins_that_count_theirs():
    host, one, other = Host(RATE), Signal(0.1), Signal(0.1)
    one.voices, other.voices = 3, 4
    host.play([one, Signal(0.1), other])
    assert host.meters().voices == 7


@pytest.mark.parametrize("said", [-5, 1 << 40])
def test_a_plugin_from_elsewhere_may_say_any_count_of_events(said):
    foreign = Signal(0.0)
    wrong = cfunc(C_PROCESS)(lambda state, audio, frames, events, count: said)
    foreign.address = wrong.address
    host, listener = Host(RATE), Listener()
    host.play([foreign, listener])
    host.send(Kind.NOTE_ON, 60, 1.0, note=60)
    render(host, 64)
    assert len(listener.heard()) == (0 if said < 0 else BURST)


def test_a_row_that_does_not_listen_never_hears_the_microphone_while_it_fades():
    host, deaf, keen = Host(RATE), Signal(0.0), Signal(0.0)
    keen.listens = True
    host.memory["inputs"] = 2
    microphone, out = np.full((256, 2), 0.5, np.float32), np.zeros((256, 2), np.float32)
    pointers = [ctypes.cast(array.ctypes.data, ctypes.POINTER(ctypes.c_float)) for array in (microphone, out)]
    for row, first in ((deaf, 0.0), (keen, 0.0)):
        host.play([row])
        callback.ctypes(*pointers, 256, None, 0, host.memory.ctypes.data)
        assert out[0, 0] == first
    assert 0 < out[-1, 0] < 0.3


def test_what_the_limiter_turns_down_is_shown_as_clipped():
    rig = Rig(RATE)
    rig.play([Signal(2.0)])
    render(rig, 1024)
    assert rig.meters().clipped > 900
    rig.reset_meters()
    assert rig.meters().clipped == 0
