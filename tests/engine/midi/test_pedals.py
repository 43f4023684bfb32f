"""Events that an instrument receives for pedals."""

import numpy as np
import pytest

from engine.events import Kind
from tests.engine.midi.midi_rig import CC, OFF, ON, off, on
from tests.support.host_callback import RATE


def test_the_sustain_pedal_holds_released_notes_until_it_comes_up(keyboard):
    assert keyboard.notes((ON, 60, 127), (CC, 64, 127), (OFF, 60, 0)) == [on(60), off(60, 0.0)]
    assert keyboard.notes((CC, 64, 100), (CC, 64, 64)) == []
    assert keyboard.notes((CC, 64, 0)) == [off(60)]


def test_a_half_pedal_damps_the_more_the_higher_it_is(keyboard):
    heard = keyboard.notes((ON, 60, 127), (CC, 64, 127), (OFF, 60, 0), (CC, 64, 48), (CC, 64, 16), (CC, 64, 63))
    assert heard == [on(60), off(60, 0.0), off(60, 0.25), off(60, 0.75), off(60, round(1 / 64, 4))]


def test_the_pedal_catches_a_note_that_still_sounds(keyboard):
    keyboard.play((ON, 60, 127), (OFF, 60, 0))
    assert keyboard.notes((CC, 64, 127), (CC, 64, 0)) == [off(60, 0.0), off(60)]


def test_the_pedal_does_not_catch_a_note_released_long_ago(keyboard):
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
