"""Events that an instrument receives for wheels and controllers."""

import numpy as np
import pytest

from engine.events import Kind
from engine.plugin import Param, state_address
from engine.standard_chain import StandardChain
from tests.engine.midi.midi_rig import BEND, CC, KNOBS, OFF, ON, POLY, PRESSURE, Keyboard
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Listener


def test_volume_expression_and_breath_multiply_by_the_general_midi_curve(keyboard):
    assert keyboard.value(Kind.VOLUME, (CC, 7, 100)) == 1
    assert keyboard.value(Kind.VOLUME, (CC, 7, 50)) == 0.25
    assert keyboard.value(Kind.VOLUME, (CC, 11, 64)) == 0.25 * (64 / 127) ** 2
    assert keyboard.value(Kind.VOLUME, (CC, 11, 127), (CC, 2, 64)) == 0.25 * (64 / 127) ** 2
    assert keyboard.value(Kind.VOLUME, (CC, 7, 0)) == 0


@pytest.mark.parametrize(("controller", "pan"), [(0, -1), (1, -1), (64, 0), (127, 1)])
def test_pan_reaches_both_sides_and_the_middle_exactly(keyboard, controller, pan):
    assert keyboard.value(Kind.PAN, (CC, 10, 1 if controller else 64), (CC, 10, controller)) == pan


def test_the_modulation_wheel_is_modulation(keyboard):
    assert keyboard.value(Kind.MODULATION, (CC, 1, 127)) == 1


def test_both_aftertouches_are_pressure(keyboard):
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
    keyboard.host.set_param(keyboard.host.interpreter, "a4", 432)
    heard = keyboard.play()
    bends = heard[heard["kind"] == Kind.BEND]
    assert sorted(bends["channel"].tolist()) == list(range(16))
    np.testing.assert_allclose(bends["value"], 12 * np.log2(432 / 440), rtol=1e-6)


def test_controllers_set_the_parameters_that_name_them():
    keyboard = Keyboard(params=KNOBS)

    def turned(controller, value):
        heard = keyboard.play((CC, controller, value))
        assert (heard["target"] == state_address(keyboard.listener)).all()
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


def test_of_parameters_changed_in_one_block_the_last_value_is_emitted_however_many_there_are():
    many = [Param(f"knob {i}", "", 0.0, 127.0, 0.0, cc=20 + i // 4) for i in range(60)]
    keyboard = Keyboard(params=many)
    for i in range(400):
        assert keyboard.host.midi(CC, 20 + i % 15, i % 128)
    heard = keyboard.play()
    turned = heard[heard["kind"] == Kind.PARAM]
    assert 60 < len(turned) < 4 * 400  # there was no room for all
    render(keyboard.host, 128)
    turned = np.concatenate([turned, keyboard.listener.heard(Kind.PARAM)])
    last = {i % 15: i % 128 for i in range(400)}
    said = {int(event["key"]): round(float(event["value"]), 4) for event in turned}
    assert said == {k: last[k // 4] for k in range(60)}
    assert keyboard.host.interpreter.dropped == 0


def test_reset_controllers_and_panic_reset_the_pressure_of_keys(keyboard):
    for end in ((CC, 121, 0), (0xFF, 0, 0)):
        heard = keyboard.play((POLY, 60, 127), (POLY, 62, 50), (POLY, 62, 0), end)
        single = heard[(heard["kind"] == Kind.PRESSURE) & (heard["note"] >= 0)]
        assert single["note"].tolist() == [60, 62, 62, 60]
        assert single["value"][[0, 2, 3]].tolist() == [1, 0, 0]


def test_controllers_are_routed_to_a_new_chain():
    keyboard = Keyboard(params=KNOBS)
    old, keyboard.listener = keyboard.listener, Listener(KNOBS[1:])
    keyboard.host.play([keyboard.listener])
    heard = keyboard.play((CC, 74, 127), (CC, 75, 127), frames=2048)
    turned = heard[heard["kind"] == Kind.PARAM]
    assert turned["target"].tolist() == [state_address(keyboard.listener)]
    assert turned["key"].tolist() == [0]
    assert not len(old.heard(Kind.PARAM))


def test_brightness_without_a_parameter_is_timbre(keyboard):
    assert keyboard.value(Kind.TIMBRE, (CC, 74, 64)) == 0.5
    assert keyboard.value(Kind.TIMBRE, (CC, 74, 127)) == 1


def test_reset_controllers_leaves_volume_pan_program_and_bend_range(keyboard):
    keyboard.play((CC, 7, 50), (CC, 10, 127), (CC, 101, 0), (CC, 100, 0), (CC, 6, 7), (BEND, 127, 127), (CC, 1, 99))
    keyboard.play((CC, 11, 30), (PRESSURE, 50, 0), (CC, 64, 127), (ON, 60, 127), (OFF, 60, 0))
    heard = keyboard.play((CC, 121, 0))
    said = {Kind(event["kind"]): round(float(event["value"]), 6) for event in heard[heard["kind"] != Kind.PEDAL]}
    left = {Kind.VOLUME: 0.25, Kind.PAN: 1}
    back = {Kind.NOTE_OFF: 1, Kind.BEND: 0, Kind.MODULATION: 0, Kind.PRESSURE: 0, Kind.TIMBRE: 0.5}
    assert said == left | back
    assert keyboard.value(Kind.BEND, (CC, 6, 12), (BEND, 127, 127)) == 7


def test_a_press_is_counted_when_a_controller_passes_its_middle_upwards():
    host = StandardChain(RATE)
    for value in (0, 127, 100, 63, 64, 0, 127):
        host.midi(0xB0, 22, value)
    render(host, 128)
    presses = host.interpreter.press_counts
    assert presses[22] == 3
    assert presses.sum() == 3
