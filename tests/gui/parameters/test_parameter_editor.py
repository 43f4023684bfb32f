"""The generic editor: 1,005 parameters are found, turned, typed, chosen, switched and undone."""

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLineEdit

from gui.widgets.parameter_list.model import Heading
from session.patch import Chain
from tests.gui.conftest import until
from tests.gui.parameters.editor_gestures import (
    AMPLITUDE,
    CHOICE,
    CONTROL,
    FREQUENCY,
    LEFT,
    MAX_OPEN_SECONDS,
    STEPPED,
    SWITCH,
    click,
    drag,
    find,
    in_engine,
    open_again,
    port,
    undo,
)
from tests.support.foreign.probe_bundle import MANY_CONTROLS


def test_a_thousand_parameters_open_within_half_a_second_and_are_grouped(editor, window):
    rows = editor.list.rows
    assert editor.isVisible()
    assert not window.window.knobs.row.isVisible()
    assert len(editor.specs) == MANY_CONTROLS
    titles = [row.title for row in rows.rows if isinstance(row, Heading)]
    assert titles[:4] == ["General", "Sound", "Band 0", "Band 1"]
    seconds = open_again(window, editor)
    print(f"the editor of {MANY_CONTROLS} parameters opens in {1000 * seconds:.0f} ms")
    assert seconds <= MAX_OPEN_SECONDS


def test_a_parameter_is_found_dragged_turned_by_keys_and_wheel_and_undone(editor, window):
    window.window.keyboard.setFocus()
    editor.list.setFocus()
    QTest.keyClick(window.window, Qt.Key.Key_F, CONTROL)
    assert editor.search.hasFocus()
    frequency = port(editor, FREQUENCY)
    drag(editor, frequency, 60)
    values = editor.list.rows.values
    dragged = values[frequency]
    assert 1000 < dragged < 20_000
    until(lambda: in_engine(window, frequency) == pytest.approx(dragged))
    QTest.keyClick(editor.list, Qt.Key.Key_Right)
    stepped = values[frequency]
    assert stepped == pytest.approx(dragged * 1000 ** (1 / 100), rel=1e-4)  # on a logarithmic scale
    where = QPointF(editor.list.areas(frequency).control.center())
    wheel = QWheelEvent(
        where, QPointF(editor.list.viewport().mapToGlobal(where.toPoint())), QPoint(), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(editor.list.viewport(), wheel)
    assert values[frequency] == pytest.approx(dragged, rel=1e-4)
    for value in (stepped, dragged, 1000):
        undo(window)
        assert values[frequency] == pytest.approx(value, rel=1e-4)
    until(lambda: in_engine(window, frequency) == 1000)
    assert not window.parameters.undo_stack.canUndo()


def test_a_value_is_typed_with_its_unit_and_reset(editor, window):
    frequency, values = port(editor, FREQUENCY), editor.list.rows.values
    click(editor, frequency, "value")
    field = editor.list.viewport().findChild(QLineEdit)
    assert field.text() == "1 kHz"
    QTest.keyClicks(field, "2,5 kHz")
    QTest.keyClick(field, Qt.Key.Key_Return)
    until(lambda: values[frequency] == 2500)  # Qt takes it over in a moment
    until(lambda: in_engine(window, frequency) == 2500)
    until(lambda: editor.list.viewport().findChild(QLineEdit) is None)
    editor.list.setFocus()
    QTest.keyClick(editor.list, Qt.Key.Key_Return)
    field = editor.list.viewport().findChild(QLineEdit)
    QTest.keyClicks(field, "77")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert values[frequency] == 2500
    QTest.keyClick(editor.list, Qt.Key.Key_Delete)
    assert values[frequency] == 1000
    drag(editor, frequency, 40)
    QTest.mouseDClick(editor.list.viewport(), LEFT, pos=editor.list.areas(frequency).control.center())
    assert values[frequency] == 1000


def test_switches_choices_and_steps_have_their_words(editor, window):
    rows = editor.list.rows
    switch = port(editor, SWITCH)
    assert rows.text(switch) == "on"
    click(editor, switch)
    assert rows.text(switch) == "off"
    until(lambda: in_engine(window, switch) == 0)
    choice = port(editor, CHOICE)
    assert rows.text(choice) == "soft"
    click(editor, choice)
    assert [action.text() for action in editor.list.open_menu.actions()] == ["soft", "hard", "broken"]
    editor.list.open_menu.actions()[2].trigger()
    editor.list.open_menu.close()
    assert rows.text(choice) == "broken"
    until(lambda: in_engine(window, choice) == 2)
    editor.list.setFocus()
    QTest.keyClick(editor.list, Qt.Key.Key_Left)
    assert rows.text(choice) == "hard"
    stepped = port(editor, STEPPED)
    click(editor, stepped, "name")
    QTest.keyClick(editor.list, Qt.Key.Key_Right)
    assert (rows.values[stepped], rows.text(stepped)) == (5, "5")
    for _ in range(4):
        undo(window)
    assert [rows.text(index) for index in (switch, choice, stepped)] == ["on", "soft", "4"]


def test_a_switch_that_is_called_as_that_of_the_slot_is_in_the_list(editor, window):
    (other,) = find(editor, "port 17 on")
    click(editor, other)
    assert editor.list.rows.text(other) == "off"
    until(lambda: in_engine(window, other) == 0)
    assert not any(spec.label == "on" for spec in editor.specs.values())  # the chain bar shows that


def test_gestures_end_when_other_parameters_come_under_their_indices(editor, window):
    choice = port(editor, CHOICE)
    click(editor, choice)
    menu = editor.list.open_menu
    assert menu.isVisible()
    window.parameters.set_chain("the instrument alone", Chain())
    until(lambda: window.bridge.now.chain == Chain() and editor.list.open_menu is None)
    before = dict(window.parameters.patch.values)
    QTest.mouseMove(editor.list.viewport(), QPoint(200, 40))
    QTest.keyClick(editor.list, Qt.Key.Key_Right)
    assert window.parameters.patch.values == before


def test_a_logarithmic_scale_may_begin_at_zero(editor):
    spec = editor.specs[port(editor, AMPLITUDE)]
    assert spec.position_of(1) == pytest.approx(0.75)  # 60 of 80 dB
    assert (spec.value_at(0), spec.value_at(1)) == (0, 10)
    assert spec.value_at(0.75) == pytest.approx(1)


def test_groups_fold_and_are_found_by_name_and_unit(editor):
    rows = editor.list.rows
    editor.search.clear()
    total = len(rows.rows)
    band = next(place for place, row in enumerate(rows.rows) if isinstance(row, Heading) and row.title == "Band 0")
    count = rows.rows[band].count
    QTest.mouseClick(editor.list.viewport(), LEFT, pos=editor.list.visualRect(rows.index(band)).center())
    assert len(rows.rows) == total - count
    editor.list.setFocus()
    QTest.keyClick(editor.list, Qt.Key.Key_Right)
    assert len(rows.rows) == total
    QTest.mouseClick(editor.fold, LEFT)
    assert all(isinstance(row, Heading) for row in rows.rows)
    QTest.mouseClick(editor.fold, LEFT)
    assert len(rows.rows) == total
    found = find(editor, "band 7 db")
    assert found
    assert {(editor.specs[index].group, editor.specs[index].unit) for index in found} >= {("Band 7", "dB")}
    assert {editor.specs[index].unit for index in found} == {"dB"}
    assert find(editor, "nothing of this name") == []
    editor.search.clear()
    assert len(rows.rows) == total
