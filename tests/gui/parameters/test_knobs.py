"""Knobs as a player turns them, by mouse, keys and controllers, and settings that are compared."""

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from engine.plugin import param_values
from gui import knob_scale, number_format
from gui.views.view_stack import INSTRUMENT
from gui.widgets.knob.knob import Knob
from gui.widgets.knob.spec import KnobSpec
from session.patch import Chain, Effect
from tests.gui.conftest import until

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(guitar):
    """The window with the guitar and its modes view."""
    guitar.window.views.show_view(INSTRUMENT)
    return guitar


def knob(window, name):
    """A knob by its name."""
    return next(knob for knob in window.window.knobs.knobs.values() if knob.spec.name == name)


def test_a_knob_is_turned_typed_and_reset_and_the_engine_follows(window):
    decay = knob(window, "decay")
    place = next(i for i, each in window.window.knobs.knobs.items() if each is decay)

    def engine():
        return param_values(window.bridge.now.plugin)[place]

    QTest.mousePress(decay, LEFT, pos=QPoint(38, 50))
    QTest.mouseMove(decay, QPoint(38, 20))
    QTest.mouseRelease(decay, LEFT, pos=QPoint(38, 20))
    turned = decay.amount
    assert turned > 1
    until(lambda: engine() == pytest.approx(turned))
    QTest.mouseClick(decay, LEFT, pos=QPoint(38, decay.height() - 8))
    QTest.keyClicks(decay.editor, "2,5")
    QTest.keyClick(decay.editor, Qt.Key.Key_Return)
    QTest.keyClick(decay, Qt.Key.Key_Return)
    QTest.keyClicks(decay.editor, "7")
    QTest.keyClick(decay.editor, Qt.Key.Key_Escape)
    until(lambda: engine() == pytest.approx(2.5))
    QTest.keyClick(window.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    until(lambda: engine() == pytest.approx(turned))
    assert decay.amount == pytest.approx(turned)
    QTest.keyClick(
        window.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    until(lambda: engine() == pytest.approx(2.5))
    QTest.mouseDClick(decay, LEFT, pos=QPoint(38, 50))
    until(lambda: engine() == 1)


def test_one_gesture_is_one_undo_step(window):
    decay = knob(window, "decay")
    QTest.mousePress(decay, LEFT, pos=QPoint(38, 50))
    for y in range(48, 10, -4):
        QTest.mouseMove(decay, QPoint(38, y))
    QTest.mouseRelease(decay, LEFT)
    assert decay.amount > 1.5
    window.parameters.undo_stack.undo()
    assert decay.amount == 1


def test_two_patches_are_compared(window):
    def release():
        return knob(window, "release").amount  # a patch that is loaded brings other knobs

    def compare():
        QTest.mouseClick(window.window.top_bar.compare, LEFT)
        until(lambda: not window.parameters.is_loading)

    compare()
    assert window.window.top_bar.compare.text() == "B ⇄ A"
    assert release() == pytest.approx(0.3)
    window.parameters.set_value("release", 2.0)
    compare()
    assert release() == pytest.approx(0.3)
    compare()
    assert release() == pytest.approx(2.0)
    compare()
    assert window.window.top_bar.compare.text() == "A ⇄ B"


def test_a_comparison_that_is_undone_leaves_two_equal_settings(window):
    window.parameters.set_value("release", 2.0)
    QTest.mouseClick(window.window.top_bar.compare, LEFT)
    window.parameters.undo_stack.undo()
    window.parameters.set_value("release", 1.0)
    QTest.mouseClick(window.window.top_bar.compare, LEFT)
    assert window.window.top_bar.compare.text() == "B ⇄ A"
    until(lambda: not window.parameters.is_loading)
    assert knob(window, "release").amount == pytest.approx(1.0)


def test_a_knob_turned_while_the_chain_is_changed_keeps_its_value(window):
    window.parameters.set_chain("one more effect", Chain((*Chain().effects, Effect("delay"))))
    assert window.parameters.is_loading
    window.parameters.set_value("release", 2.0)
    until(lambda: not window.parameters.is_loading)
    assert knob(window, "release").amount == pytest.approx(2.0)
    place = window.bridge.model.index("release")
    until(lambda: param_values(window.bridge.now.plugin)[place] == pytest.approx(2.0))


def test_a_knob_learns_a_controller_follows_it_and_forgets_it(window, ear):
    width = knob(window, "width")
    learn, forget = width.menu().actions()[:2]
    assert not forget.isEnabled()
    learn.trigger()
    assert width.value_text == "CC…?"
    ear.send(0xB0, 32, 1)
    until(lambda: "CC 32 has a meaning" in window.window.notice.text)
    ear.send(0xB0, 22, 0)
    until(lambda: "CC 22" in width.toolTip())
    until(lambda: ("resonance", "width") in window.engine.host.midi_map)
    ear.listen(0.2, QTest.qWait)
    ear.send(0xB0, 22, 127)
    until(lambda: width.amount == pytest.approx(2))
    width.set_value(0.5)
    width.value_edited.emit(0.5)
    ear.send(0xB0, 22, 120)
    until(lambda: width.controller_position == pytest.approx(120 / 127))  # it has not passed the value yet
    assert width.amount == 0.5
    for value in (64, 0):
        ear.send(0xB0, 22, value)
    until(lambda: width.amount == 0)
    until(lambda: width.controller_position is None)
    width.menu().actions()[1].trigger()
    assert "no controller" in width.toolTip()


def test_values_are_parsed_as_they_are_formatted():
    for value, unit in ((0.3, "s"), (2.0, "s"), (440.0, "Hz"), (12_500.0, "Hz"), (-6.0, "dB"), (1.5, "x"), (0.0, "")):
        assert number_format.parse(number_format.format_value(value, unit), unit) == pytest.approx(value)
    assert number_format.parse("loud", "dB") is None
    for low, high in ((0.1, 10.0), (-24.0, 24.0), (20.0, 20_000.0)):
        for place in (0.0, 0.3, 1.0):
            assert knob_scale.position_of(knob_scale.value_at(place, low, high), low, high) == pytest.approx(place)


def test_a_knob_with_steps_moves_from_one_to_the_next_and_shows_their_names(app):
    knob = Knob(
        KnobSpec("scale", "", 0, 5, 0, steps=("chromatic", "major", "minor", "harmonic minor", "five", "six"))
    )
    knob.show()
    seen = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_End):
        QTest.keyClick(knob, key)
        seen.append((knob.amount, knob.accessibleDescription()))
    assert seen == [(1, "major"), (2, "minor"), (3, "harmonic minor"), (2, "minor"), (5, "six")]
    knob.edit()
    QTest.keyClicks(knob.editor, "Min")
    QTest.keyClick(knob.editor, Qt.Key.Key_Return)
    assert knob.amount == 2
    knob.deleteLater()
