"""Events that an instrument receives from a keyboard: keys, channels, mode messages, and floods."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.events import Kind
from engine.midi.interpreter import Interpreter
from tests.engine.midi.midi_rig import CC, OFF, ON, PROGRAM, Keyboard, off, on
from tests.support.host_callback import render
from tests.support.simple_plugins import Listener


def test_a_key_starts_a_note_and_releases_it(keyboard):
    assert keyboard.notes((ON, 60, 100)) == [on(60, 100)]
    assert keyboard.notes((OFF, 60, 64)) == [off(60)]


def test_velocity_zero_is_note_off(keyboard):
    assert keyboard.notes((ON, 60, 100), (ON, 60, 0)) == [on(60, 100), off(60)]


def test_the_id_of_a_note_is_made_of_its_channel_and_key(keyboard):
    heard = keyboard.play((ON | 3, 60, 100), (OFF | 3, 60, 0))
    assert heard["note"].tolist() == [3 << 7 | 60] * 2
    assert heard["channel"].tolist() == [3, 3]


def test_a_key_that_is_down_is_released_before_it_is_struck_again(keyboard):
    assert keyboard.notes((ON, 60, 127), (ON, 60, 127), (OFF, 60, 0)) == [on(60), off(60), on(60), off(60)]


def test_a_key_that_is_not_down_cannot_be_released(keyboard):
    assert keyboard.notes((OFF, 60, 0), (ON, 61, 127), (OFF, 61, 0), (OFF, 61, 0)) == [on(61), off(61)]


def test_a_keyboard_on_channel_ten_is_heard_like_any_other(keyboard):
    assert keyboard.notes((ON | 9, 36, 127)) == [on(36)]


def test_other_channels_are_ignored_where_some_are_requested():
    assert Keyboard(channels=[10]).notes((ON | 9, 36, 127), (ON, 60, 127)) == [on(36)]


def test_a_channel_that_is_no_longer_received_ends_its_notes_under_the_pedal(keyboard):
    keyboard.play((ON | 2, 60, 127), (CC | 2, 64, 127))
    keyboard.host.set_param(keyboard.host.interpreter, "channels", 1)
    assert keyboard.notes((ON | 2, 62, 127)) == [off(60)]


@pytest.mark.parametrize("channels", [[0], [17]])
def test_channels_are_counted_from_one_to_sixteen(channels):
    with pytest.raises(ValueError, match=r"outside 1\.\.16"):
        Interpreter(channels)


def test_a_program_change_is_reported_with_its_bank(keyboard):
    heard = keyboard.play((CC, 0, 1), (CC, 32, 2), (PROGRAM, 5, 0))
    assert heard["key"][heard["kind"] == Kind.PROGRAM].tolist() == [(1 << 7 | 2) << 7 | 5]
    told = keyboard.host.outbox.drain()
    assert told["kind"].tolist() == [Kind.PROGRAM]


def test_all_sound_off_chokes_at_once_whatever_pedal_is_down(keyboard):
    keyboard.play((ON, 60, 127), (CC, 64, 127), (ON, 64, 127), (OFF, 64, 0))
    assert keyboard.notes((CC, 120, 0)) == [("CHOKE", 0, 0.0), off(60), off(64)]


def test_all_notes_off_respects_the_pedal(keyboard):
    keyboard.play((ON, 60, 127), (CC, 64, 127))
    assert keyboard.notes((CC, 123, 0)) == [off(60, 0.0)]
    assert keyboard.notes((CC, 64, 0)) == [off(60)]


@pytest.mark.parametrize("controller", [123, 124, 125, 126, 127])
def test_every_mode_message_releases_all_keys(keyboard, controller):
    assert keyboard.notes((ON, 60, 127), (CC, controller, 0)) == [on(60), off(60)]


def test_panic_silences_every_channel_and_releases_every_pedal(keyboard):
    keyboard.play((ON, 60, 127), (CC, 64, 127), (ON | 4, 60, 127))
    keyboard.host.panic()
    heard = keyboard.play()
    assert set(heard["channel"][heard["kind"] == Kind.CHOKE].tolist()) == set(range(16))
    assert heard["note"][heard["kind"] == Kind.NOTE_OFF].tolist() == [60, 4 << 7 | 60]
    assert keyboard.notes((ON, 62, 127), (OFF, 62, 0)) == [on(62), off(62)]


def test_a_new_instrument_receives_the_state_of_the_channels(keyboard):
    keyboard.play((CC | 1, 7, 50), (CC | 1, 64, 127))
    keyboard.listener = Listener()
    keyboard.host.play([keyboard.listener])
    heard = keyboard.play(frames=2048)
    here = heard[heard["channel"] == 1]
    assert here["value"][here["kind"] == Kind.VOLUME].tolist() == [0.25]
    assert here["value"][(here["kind"] == Kind.PEDAL) & (here["key"] == 64)].tolist() == [1]


@pytest.mark.parametrize("message", [(0x12, 60, 100), (0x00, 0, 0)])
def test_invalid_messages_are_counted_and_ignored(keyboard, message):
    assert not len(keyboard.play(message))
    assert keyboard.host.interpreter.malformed == 1


def test_data_bytes_above_127_are_counted_and_ignored(keyboard):
    keyboard.host.send(Kind.MIDI, 0x90 | 200 << 8 | 100 << 16)
    keyboard.host.send(Kind.MIDI, 0x90 | 60 << 8 | 228 << 16)
    assert not len(keyboard.play())
    assert keyboard.host.interpreter.malformed == 2


def test_clock_and_active_sensing_are_ignored(keyboard):
    assert not len(keyboard.play((0xF8, 0, 0), (0xFE, 0, 0), (0xF1, 3, 0)))
    assert keyboard.host.interpreter.malformed == 0


def test_every_note_of_a_flood_is_released_though_one_block_has_no_room_for_all(keyboard):
    keys = [(ON | channel, key, 100) for channel in range(16) if channel != 9 for key in range(128)]
    keyboard.play(*keys, frames=2048)
    assert (keyboard.host.interpreter.state["notes"]["down"].sum()) == 15 * 128
    keyboard.host.panic()
    heard = keyboard.play(frames=1024)
    assert len(np.unique(heard["note"][heard["kind"] == Kind.NOTE_OFF])) == 15 * 128


MESSAGES = st.one_of(
    st.integers(0, (1 << 24) - 1),
    st.builds(
        lambda status, first, second: status | first << 8 | second << 16,
        st.integers(0x80, 0xEF), st.integers(0, 127), st.integers(0, 127),
    ),
    st.builds(
        lambda channel, pedal, value: 0xB0 | channel | pedal << 8 | value << 16,
        st.integers(0, 1), st.sampled_from([64, 66, 67, 120, 121, 123]), st.integers(0, 127),
    ),
    st.builds(
        lambda status, key, velocity: status | key << 8 | velocity << 16,
        st.sampled_from([0x80, 0x90, 0x91]), st.integers(60, 63), st.integers(0, 127),
    ),
)  # fmt: skip


@settings(max_examples=60)
@given(messages=st.lists(MESSAGES, max_size=200), block=st.sampled_from([16, 64, 512]))
def test_whatever_is_played_every_note_is_released_in_the_end(messages, block):
    keyboard = Keyboard()
    for message in messages:
        keyboard.host.send(Kind.MIDI, message)
    for channel in range(16):
        keyboard.host.midi(CC | channel, 121)
        keyboard.host.midi(CC | channel, 123)
    render(keyboard.host, 2048, block)
    last = {}
    for event in keyboard.listener.heard(Kind.NOTE_ON, Kind.NOTE_OFF):
        last[int(event["note"])] = (int(event["kind"]), float(event["value"]))
        assert 0 <= event["key"] < 128
        assert 0 <= event["value"] <= 1
    assert set(last.values()) <= {(int(Kind.NOTE_OFF), 1.0)}
