"""What an instrument hears when a keyboard is played: the whole table of conventions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.events import Kind
from engine.plugin import Param, address
from engine.rig import Rig
from engine.sources.midi import Interpreter
from tests.playing import RATE, Listener, render

ON, OFF, POLY, CC, PROGRAM, PRESSURE, BEND = 0x90, 0x80, 0xA0, 0xB0, 0xC0, 0xD0, 0xE0
KNOBS = (
    Param("brightness", "", 0.0, 1.0, 0.3, cc=74),
    Param("decay", "s", 0.1, 10.0, 2.0, cc=75),
    Param("reverb", "dB", -60.0, 0.0, -20.0, cc=91),
)


class Keyboard:
    """A rig with a listener in its row, played by MIDI messages."""

    def __init__(self, channels=None, params=()):
        self.rig, self.listener = Rig(RATE, channels), Listener(params)
        self.rig.play([self.listener])
        render(self.rig, 2048)
        self.listener.reset()

    def play(self, *messages, frames=128):
        """Send (status, first, second) messages, and give back what was heard of them."""
        for message in messages:
            assert self.rig.midi(*message)
        render(self.rig, frames)
        heard = self.listener.heard()
        self.listener.reset()
        return heard[heard["kind"] != Kind.MIDI]

    def notes(self, *messages, frames=128):
        """As `play`: the (kind, key, value) of each note that begins or is damped."""
        return [
            (Kind(event["kind"]).name, int(event["key"]), round(float(event["value"]), 4))
            for event in self.play(*messages, frames=frames)
            if event["kind"] in (Kind.NOTE_ON, Kind.NOTE_OFF, Kind.CHOKE)
        ]

    def value(self, kind, *messages):
        """As `play`: the value last said of a kind."""
        heard = self.play(*messages)
        return pytest.approx(heard["value"][heard["kind"] == kind][-1], abs=1e-6)


@pytest.fixture
def keyboard():
    return Keyboard()


def on(key, velocity=127):
    return ("NOTE_ON", key, round(velocity / 127, 4))


def off(key, damping=1.0):
    return ("NOTE_OFF", key, damping)


def test_a_key_begins_a_note_and_lets_it_go(keyboard):
    assert keyboard.notes((ON, 60, 100)) == [on(60, 100)]
    assert keyboard.notes((OFF, 60, 64)) == [off(60)]


def test_velocity_zero_is_note_off(keyboard):
    assert keyboard.notes((ON, 60, 100), (ON, 60, 0)) == [on(60, 100), off(60)]


def test_a_note_is_known_by_its_channel_and_key(keyboard):
    heard = keyboard.play((ON | 3, 60, 100), (OFF | 3, 60, 0))
    assert heard["note"].tolist() == [3 << 7 | 60] * 2
    assert heard["channel"].tolist() == [3, 3]


def test_a_key_that_is_down_is_released_before_it_is_struck_again(keyboard):
    assert keyboard.notes((ON, 60, 127), (ON, 60, 127), (OFF, 60, 0)) == [on(60), off(60), on(60), off(60)]


def test_a_key_that_is_not_down_cannot_come_up(keyboard):
    assert keyboard.notes((OFF, 60, 0), (ON, 61, 127), (OFF, 61, 0), (OFF, 61, 0)) == [on(61), off(61)]


def test_the_drums_are_not_heard_unless_asked_for(keyboard):
    assert keyboard.notes((ON | 9, 36, 127)) == []
    assert Keyboard(channels=[10]).notes((ON | 9, 36, 127), (ON, 60, 127)) == [on(36)]


def test_a_channel_that_is_no_longer_heard_ends_its_notes_under_the_pedal(keyboard):
    keyboard.play((ON | 2, 60, 127), (CC | 2, 64, 127))
    keyboard.rig.set(keyboard.rig.interpreter, "channels", 1)
    assert keyboard.notes((ON | 2, 62, 127)) == [off(60)]


@pytest.mark.parametrize("channels", [[0], [17]])
def test_channels_are_counted_from_one_to_sixteen(channels):
    with pytest.raises(ValueError, match=r"outside 1\.\.16"):
        Interpreter(channels)


def test_the_sustain_pedal_holds_what_is_let_go_until_it_comes_up(keyboard):
    assert keyboard.notes((ON, 60, 127), (CC, 64, 127), (OFF, 60, 0)) == [on(60), off(60, 0.0)]
    assert keyboard.notes((CC, 64, 100), (CC, 64, 64)) == []
    assert keyboard.notes((CC, 64, 0)) == [off(60)]


def test_a_half_pedal_damps_the_more_the_higher_it_is(keyboard):
    heard = keyboard.notes((ON, 60, 127), (CC, 64, 127), (OFF, 60, 0), (CC, 64, 48), (CC, 64, 16), (CC, 64, 63))
    assert heard == [on(60), off(60, 0.0), off(60, 0.25), off(60, 0.75), off(60, round(1 / 64, 4))]


def test_the_pedal_catches_a_note_that_still_sounds(keyboard):
    keyboard.play((ON, 60, 127), (OFF, 60, 0))
    assert keyboard.notes((CC, 64, 127), (CC, 64, 0)) == [off(60, 0.0), off(60)]


def test_the_pedal_does_not_catch_a_note_of_long_ago(keyboard):
    keyboard.play((ON, 60, 127), (OFF, 60, 0), frames=6 * RATE)
    assert keyboard.notes((CC, 64, 127), (CC, 64, 0)) == []


def test_a_note_struck_again_under_the_pedal_keeps_its_string_ringing(keyboard):
    heard = keyboard.notes((ON, 60, 127), (CC, 64, 127), (OFF, 60, 0), (ON, 60, 127), (CC, 64, 0), (OFF, 60, 0))
    assert heard == [on(60), off(60, 0.0), on(60), off(60)]


def test_sostenuto_holds_only_what_is_down_when_it_is_pressed(keyboard):
    keyboard.play((ON, 60, 127), (CC, 66, 127), (ON, 64, 127))
    assert keyboard.notes((OFF, 60, 0), (OFF, 64, 0)) == [off(60, 0.0), off(64)]
    assert keyboard.notes((CC, 66, 100), (CC, 66, 0)) == [off(60)]


def test_sustain_holds_what_sostenuto_lets_go(keyboard):
    keyboard.play((ON, 60, 127), (CC, 66, 127), (CC, 64, 127), (OFF, 60, 0))
    assert keyboard.notes((CC, 66, 0)) == []
    assert keyboard.notes((CC, 64, 0)) == [off(60)]


def test_the_soft_pedal_softens_what_is_struck_after_it(keyboard):
    (_, _, loud), (_, _, soft) = keyboard.notes((ON, 60, 100), (CC, 67, 127), (ON, 62, 100))
    assert soft == pytest.approx(0.6 * loud, abs=1e-4)


def test_pedals_are_told_as_information(keyboard):
    heard = keyboard.play((CC, 64, 127), (CC, 66, 127), (CC, 67, 64))
    told = heard[heard["kind"] == Kind.PEDAL]
    assert told["key"].tolist() == [64, 66, 67]
    np.testing.assert_allclose(told["value"], [1, 1, 64 / 127], rtol=1e-6)


def test_volume_expression_and_breath_multiply_by_the_general_midi_curve(keyboard):
    assert keyboard.value(Kind.VOLUME, (CC, 7, 100)) == 1
    assert keyboard.value(Kind.VOLUME, (CC, 7, 50)) == 0.25
    assert keyboard.value(Kind.VOLUME, (CC, 11, 64)) == 0.25 * (64 / 127) ** 2
    assert keyboard.value(Kind.VOLUME, (CC, 11, 127), (CC, 2, 64)) == 0.25 * (64 / 127) ** 2
    assert keyboard.value(Kind.VOLUME, (CC, 7, 0)) == 0


@pytest.mark.parametrize(("controller", "pan"), [(0, -1), (1, -1), (64, 0), (127, 1)])
def test_pan_reaches_both_sides_and_the_middle_exactly(keyboard, controller, pan):
    assert keyboard.value(Kind.PAN, (CC, 10, 1 if controller else 64), (CC, 10, controller)) == pan


def test_the_wheel_modulates(keyboard):
    assert keyboard.value(Kind.MODULATION, (CC, 1, 127)) == 1


def test_both_aftertouches_press(keyboard):
    heard = keyboard.play((ON, 60, 127), (POLY, 60, 127), (PRESSURE, 127, 0))
    pressed = heard[heard["kind"] == Kind.PRESSURE]
    assert pressed["note"].tolist() == [60, -1]
    assert pressed["value"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("first", "second", "semitones"), [(0, 64, 0), (0, 0, -2), (127, 127, 2), (0, 96, 2 * 4096 / 8191)]
)
def test_the_bend_has_fourteen_bits_and_reaches_its_range(keyboard, first, second, semitones):
    keyboard.play((BEND, 1, 64))
    assert keyboard.value(Kind.BEND, (BEND, first, second)) == semitones


def test_registered_parameters_set_the_bend_range_and_the_tuning(keyboard):
    full = (BEND, 127, 127)
    assert keyboard.value(Kind.BEND, full, (CC, 101, 0), (CC, 100, 0), (CC, 6, 12), (CC, 38, 50)) == 12.5
    assert keyboard.value(Kind.BEND, (CC, 100, 2), (CC, 6, 61)) == 9.5
    assert keyboard.value(Kind.BEND, (CC, 100, 1), (CC, 6, 32), (CC, 38, 64)) == 9.5 - 0.5 + 64 / 8192


def test_after_null_or_an_unregistered_parameter_data_entry_sets_nothing(keyboard):
    keyboard.play((CC, 101, 0), (CC, 100, 0), (CC, 101, 127), (CC, 100, 127), (CC, 6, 12))
    keyboard.play((CC, 101, 0), (CC, 100, 0), (CC, 99, 1), (CC, 98, 8), (CC, 6, 24))
    assert keyboard.value(Kind.BEND, (BEND, 127, 127)) == 2


def test_the_pitch_of_a_moves_every_channel(keyboard):
    keyboard.rig.set(keyboard.rig.interpreter, "a4", 432)
    heard = keyboard.play()
    bends = heard[heard["kind"] == Kind.BEND]
    assert sorted(bends["channel"].tolist()) == [channel for channel in range(16) if channel != 9]
    np.testing.assert_allclose(bends["value"], 12 * np.log2(432 / 440), rtol=1e-6)


def test_a_program_is_told_with_its_bank(keyboard):
    heard = keyboard.play((CC, 0, 1), (CC, 32, 2), (PROGRAM, 5, 0))
    assert heard["key"][heard["kind"] == Kind.PROGRAM].tolist() == [(1 << 7 | 2) << 7 | 5]
    told = keyboard.rig.outbox.take()
    assert told["kind"].tolist() == [Kind.PROGRAM]


def test_controllers_turn_the_knobs_that_name_them():
    keyboard = Keyboard(params=KNOBS)

    def turned(controller, value):
        heard = keyboard.play((CC, controller, value))
        assert (heard["target"] == address(keyboard.listener)).all()
        assert (heard["kind"] == Kind.PARAM).all()
        return heard["key"].tolist(), pytest.approx(float(heard["value"][0]), rel=1e-5)

    assert turned(74, 0) == ([0], 0.0)
    assert turned(74, 64) == ([0], 0.3)
    assert turned(74, 127) == ([0], 1.0)
    assert turned(75, 0) == ([1], 0.1)
    assert turned(75, 64) == ([1], 2.0)
    assert turned(75, 127) == ([1], 10.0)
    assert turned(75, 32) == ([1], np.sqrt(0.1 * 2.0))
    assert turned(91, 0) == ([2], -60.0)
    assert turned(91, 64) == ([2], -60 + 60 * 64 / 127)
    assert turned(91, 127) == ([2], 0.0)


def test_of_knobs_turned_in_one_block_the_last_place_is_said_however_many_are():
    many = [Param(f"knob {i}", "", 0.0, 127.0, 0.0, cc=20 + i // 4) for i in range(60)]
    keyboard = Keyboard(params=many)
    for i in range(400):
        assert keyboard.rig.midi(CC, 20 + i % 15, i % 128)
    heard = keyboard.play()
    turned = heard[heard["kind"] == Kind.PARAM]
    assert 60 < len(turned) < 4 * 400  # there was no room for all
    render(keyboard.rig, 128)
    turned = np.concatenate([turned, keyboard.listener.heard(Kind.PARAM)])
    last = {i % 15: i % 128 for i in range(400)}
    said = {int(event["key"]): round(float(event["value"]), 4) for event in turned}
    assert said == {k: last[k // 4] for k in range(60)}
    assert keyboard.rig.interpreter.dropped == 0


def test_reset_controllers_and_panic_take_the_pressure_off_single_keys(keyboard):
    for end in ((CC, 121, 0), (0xFF, 0, 0)):
        heard = keyboard.play((POLY, 60, 127), (POLY, 62, 50), (POLY, 62, 0), end)
        single = heard[(heard["kind"] == Kind.PRESSURE) & (heard["note"] >= 0)]
        assert single["note"].tolist() == [60, 62, 62, 60]
        assert single["value"][[0, 2, 3]].tolist() == [1, 0, 0]


def test_a_new_row_takes_the_controllers_over():
    keyboard = Keyboard(params=KNOBS)
    old, keyboard.listener = keyboard.listener, Listener(KNOBS[1:])
    keyboard.rig.play([keyboard.listener])
    heard = keyboard.play((CC, 74, 127), (CC, 75, 127), frames=2048)
    turned = heard[heard["kind"] == Kind.PARAM]
    assert turned["target"].tolist() == [address(keyboard.listener)]
    assert turned["key"].tolist() == [0]
    assert not len(old.heard(Kind.PARAM))


def test_brightness_without_a_knob_is_timbre(keyboard):
    assert keyboard.value(Kind.TIMBRE, (CC, 74, 64)) == 0.5
    assert keyboard.value(Kind.TIMBRE, (CC, 74, 127)) == 1


def test_all_sound_off_chokes_at_once_whatever_holds_it(keyboard):
    keyboard.play((ON, 60, 127), (CC, 64, 127), (ON, 64, 127), (OFF, 64, 0))
    assert keyboard.notes((CC, 120, 0)) == [("CHOKE", 0, 0.0), off(60), off(64)]


def test_all_notes_off_respects_the_pedal(keyboard):
    keyboard.play((ON, 60, 127), (CC, 64, 127))
    assert keyboard.notes((CC, 123, 0)) == [off(60, 0.0)]
    assert keyboard.notes((CC, 64, 0)) == [off(60)]


@pytest.mark.parametrize("controller", [123, 124, 125, 126, 127])
def test_every_mode_message_lets_all_keys_up(keyboard, controller):
    assert keyboard.notes((ON, 60, 127), (CC, controller, 0)) == [on(60), off(60)]


def test_reset_controllers_leaves_volume_pan_program_and_bend_range(keyboard):
    keyboard.play((CC, 7, 50), (CC, 10, 127), (CC, 101, 0), (CC, 100, 0), (CC, 6, 7), (BEND, 127, 127), (CC, 1, 99))
    keyboard.play((CC, 11, 30), (PRESSURE, 50, 0), (CC, 64, 127), (ON, 60, 127), (OFF, 60, 0))
    heard = keyboard.play((CC, 121, 0))
    said = {Kind(event["kind"]): round(float(event["value"]), 6) for event in heard[heard["kind"] != Kind.PEDAL]}
    left = {Kind.VOLUME: 0.25, Kind.PAN: 1}
    back = {Kind.NOTE_OFF: 1, Kind.BEND: 0, Kind.MODULATION: 0, Kind.PRESSURE: 0, Kind.TIMBRE: 0.5}
    assert said == left | back
    assert keyboard.value(Kind.BEND, (CC, 6, 12), (BEND, 127, 127)) == 7


def test_panic_silences_every_channel_and_takes_every_foot_off(keyboard):
    keyboard.play((ON, 60, 127), (CC, 64, 127), (ON | 4, 60, 127))
    keyboard.rig.panic()
    heard = keyboard.play()
    assert set(heard["channel"][heard["kind"] == Kind.CHOKE].tolist()) == set(range(16))
    assert heard["note"][heard["kind"] == Kind.NOTE_OFF].tolist() == [60, 4 << 7 | 60]
    assert keyboard.notes((ON, 62, 127), (OFF, 62, 0)) == [on(62), off(62)]


def test_a_new_instrument_is_told_how_the_channels_stand(keyboard):
    keyboard.play((CC | 1, 7, 50), (CC | 1, 64, 127))
    keyboard.listener = Listener()
    keyboard.rig.play([keyboard.listener])
    heard = keyboard.play(frames=2048)
    here = heard[heard["channel"] == 1]
    assert here["value"][here["kind"] == Kind.VOLUME].tolist() == [0.25]
    assert here["value"][(here["kind"] == Kind.PEDAL) & (here["key"] == 64)].tolist() == [1]


@pytest.mark.parametrize("message", [(0x12, 60, 100), (0x00, 0, 0)])
def test_what_is_no_message_is_counted_and_ignored(keyboard, message):
    assert not len(keyboard.play(message))
    assert keyboard.rig.interpreter.malformed == 1


def test_data_bytes_above_127_are_counted_and_ignored(keyboard):
    keyboard.rig.send(Kind.MIDI, 0x90 | 200 << 8 | 100 << 16)
    keyboard.rig.send(Kind.MIDI, 0x90 | 60 << 8 | 228 << 16)
    assert not len(keyboard.play())
    assert keyboard.rig.interpreter.malformed == 2


def test_clock_and_active_sensing_say_nothing(keyboard):
    assert not len(keyboard.play((0xF8, 0, 0), (0xFE, 0, 0), (0xF1, 3, 0)))
    assert keyboard.rig.interpreter.malformed == 0


def test_every_note_of_a_flood_is_let_go_though_one_block_has_no_room_for_all(keyboard):
    keys = [(ON | channel, key, 100) for channel in range(16) if channel != 9 for key in range(128)]
    keyboard.play(*keys, frames=2048)
    assert (keyboard.rig.interpreter.state["notes"]["down"].sum()) == 15 * 128
    keyboard.rig.panic()
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


@settings(max_examples=60, deadline=None)
@given(messages=st.lists(MESSAGES, max_size=200), block=st.sampled_from([16, 64, 512]))
def test_whatever_is_played_every_note_is_let_go_in_the_end(messages, block):
    keyboard = Keyboard()
    for message in messages:
        keyboard.rig.send(Kind.MIDI, message)
    for channel in range(16):
        keyboard.rig.midi(CC | channel, 121)
        keyboard.rig.midi(CC | channel, 123)
    render(keyboard.rig, 2048, block)
    last = {}
    for event in keyboard.listener.heard(Kind.NOTE_ON, Kind.NOTE_OFF):
        last[int(event["note"])] = (int(event["kind"]), float(event["value"]))
        assert 0 <= event["key"] < 128
        assert 0 <= event["value"] <= 1
    assert set(last.values()) <= {(int(Kind.NOTE_OFF), 1.0)}
