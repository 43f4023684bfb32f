"""Events in a CLAP plugin: each at its frame, in order, and as the plugin takes it."""

import numpy as np
import pytest

from engine.events import ALL, Kind
from engine.host import Host
from engine.midi.interpreter import Interpreter
from tests.support.foreign.probe import CHOKE, EXPRESSION, MIDI, NOTE_OFF, NOTE_ON, PARAM, written_events
from tests.support.host_callback import RATE, render

BLOCKS = [128, 64, 1024, [1, 7, 500, 4096]]


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_note_and_a_knob_arrive_at_their_frames_in_any_block(make, host, block):
    plugin = make("instrument")
    host.play([plugin])
    for frame, kind, key, value in [
        (0, Kind.NOTE_ON, 60, 1.0), (4801, Kind.NOTE_ON, 61, 0.5), (4802, Kind.NOTE_OFF, 61, 1.0),
        (5003, Kind.NOTE_OFF, 60, 1.0), (5003, Kind.NOTE_ON, 62, 1.0),
    ]:  # fmt: skip
        host.send(kind, key, value, frame=frame, note=key)
    host.set_param(plugin, "Knob", -0.5, frame=5100)
    assert written_events(render(host, 6000, block)) == [
        (0, f"{NOTE_ON}", 60.5), (4801, f"{NOTE_ON}", 61.25), (4802, f"{NOTE_OFF}", 61.0),
        (5003, f"{NOTE_OFF}{NOTE_ON}", 62.5), (5100, f"{PARAM}", -0.5),
    ]  # fmt: skip


def test_a_gain_changes_on_its_frame(make, host):
    from tests.support.simple_plugins import Signal

    effect = make("effect")
    host.play([Signal(np.ones((2, 1000), np.float32)), effect])
    host.set_param(effect, "Gain", 0.5, frame=301)
    out = render(host, 1000, 128)
    assert effect.latency == 64
    np.testing.assert_array_equal(out[:, :64], 0)
    np.testing.assert_array_equal(out[:, 64:301], 1)
    np.testing.assert_array_equal(out[:, 301:], 0.5)


def play_keys(plugin, *messages, frames=4000):
    """What a probe hears of MIDI messages (frame, status, first, second) through the interpreter."""
    host = Host(RATE, head=[Interpreter()])
    host.play([plugin])
    for frame, *message in messages:
        host.midi(*message, frame=frame)
    return written_events(render(host, frames, 256))


def test_what_the_pedal_holds_is_ended_once_when_it_rises_and_no_pedal_is_sent(make):
    keys = [(10, 0x90, 60, 127), (20, 0xB0, 64, 127), (30, 0x80, 60, 0), (40, 0xB0, 64, 50), (50, 0xB0, 64, 0)]
    heard = [each for each in play_keys(make("instrument"), *keys) if each[1] != f"{EXPRESSION}"]
    assert heard == [(10, f"{NOTE_ON}", 60.5), (50, f"{NOTE_OFF}", 60.0)]


def test_a_key_struck_again_under_the_pedal_is_ended_first(make):
    keys = [(10, 0x90, 60, 127), (20, 0xB0, 64, 127), (30, 0x80, 60, 0), (40, 0x90, 60, 127)]
    assert play_keys(make("instrument"), *keys)[-1] == (40, f"{NOTE_OFF}{NOTE_ON}", 60.5)


def test_settings_that_a_new_instrument_is_told_are_not_sent_unless_they_differ(make):
    assert play_keys(make("instrument")) == []
    assert play_keys(make("midi")) == []


def test_settings_are_expressions_or_midi_as_the_plugin_takes_them(make):
    messages = [(10, 0xE0, 0, 96), (20, 0xD0, 127, 0), (30, 0xB0, 1, 127), (40, 0xB0, 74, 0)]
    assert [(frame, digits) for frame, digits, _ in play_keys(make("instrument"), *messages)] == [
        (10, f"{EXPRESSION}"), (20, f"{EXPRESSION}"), (40, f"{EXPRESSION}"),
    ]  # fmt: skip
    assert play_keys(make("midi"), *messages) == [
        (10, f"{MIDI}", 0xE0), (20, f"{MIDI}", 0xD0 + 127 / 256), (30, f"{MIDI}", 0xB0 + 1 / 256),
        (40, f"{MIDI}", 0xB0 + 74 / 256),
    ]  # fmt: skip


def test_notes_are_midi_where_the_plugin_takes_nothing_else(make):
    heard = play_keys(make("midi"), (10, 0x93, 60, 100), (20, 0x83, 60, 0))
    assert heard == [(10, f"{MIDI}", 0x93 + 60 / 256), (20, f"{MIDI}", 0x83 + 60 / 256)]


def test_a_panic_chokes_each_channel_and_what_was_choked_is_not_ended_again(make, host):
    plugin = make("instrument")
    host.play([plugin])
    host.send(Kind.NOTE_ON, 60, 1.0, frame=0, note=60)
    host.send(Kind.CHOKE, frame=5, note=ALL)
    host.send(Kind.NOTE_OFF, 60, 1.0, frame=9, note=60)
    assert written_events(render(host, 100)) == [(0, f"{NOTE_ON}", 60.5), (5, f"{CHOKE}", -1.0)]
    assert plugin.voices == 0


def test_values_beyond_the_range_are_bounded_and_steps_are_whole(make, host):
    plugin = make("instrument")
    host.play([plugin])
    for frame, (index, value) in enumerate([(0, 99.0), (0, -99.0), (1, 0.4), (77, 1.0)]):
        host.send(Kind.PARAM, index, value, frame=frame, target=plugin)
    heard = written_events(render(host, 100))
    assert heard == [(0, f"{PARAM}", 2.0), (1, f"{PARAM}", 0.0), (2, f"{PARAM}", 0.0)]


def test_a_parameter_that_is_for_every_plugin_is_not_for_a_foreign_one(make, host):
    host.play([make("instrument")])
    host.send(Kind.PARAM, 0, 1.5)
    assert written_events(render(host, 100)) == []


def test_volume_and_pan_of_the_channel_are_applied_to_what_comes_out(make, host):
    plugin = make("instrument")
    host.play([plugin])
    host.send(Kind.VOLUME, value=0.25, frame=0, channel=2)
    host.send(Kind.PAN, value=-1.0, frame=0, channel=2)
    host.send(Kind.NOTE_ON, 60, 1.0, frame=1000, note=60, channel=2)
    host.send(Kind.NOTE_ON, 61, 1.0, frame=3000, note=61, channel=2)
    host.send(Kind.NOTE_ON, 62, 1.0, frame=3100, note=62, channel=0)
    sound = render(host, 5000, 512)
    np.testing.assert_allclose(sound[:, 3000], [0.25, 0.0], atol=1e-6)
    host.send(Kind.NOTE_ON, 63, 1.0, note=63)
    np.testing.assert_array_equal(render(host, 100)[:, 0], [1.0, 63.5])
