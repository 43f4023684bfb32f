"""The generic editor: 1,005 parameters are found, turned, typed, chosen, switched, learned and undone."""

import os
import time
from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QLineEdit

from benchmarks.window.layout_faults import find_faults
from engine.foreign.plugin_files import lv2_folders
from engine.plugin import param_values
from gui import theme
from gui.panels import parameter_panel
from gui.widgets.parameter_list.groups import find_groups, sort_groups
from gui.widgets.parameter_list.model import Heading
from session.patch import PLUGIN, Chain, Effect
from tests.gui.conftest import activate, until
from tests.support.foreign.probe import PLAIN, TURN
from tests.support.foreign.probe_bundle import MANY_CONTROLS, build_bundle, build_many

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
MAX_OPEN_SECONDS = 0.5  # with a thousand parameters
FREQUENCY, LEVEL, SWITCH, CHOICE, STEPPED, AMPLITUDE = range(9, 15)  # ports of the first band of the probe
LSP = "http://lsp-plug.in/plugins/lv2/sc_mb_dyna_processor_lr"


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """An LV2 plugin with MANY_CONTROLS parameters."""
    folder = tmp_path_factory.mktemp("lv2")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LV2_PATH", os.pathsep.join([str(folder), *map(str, lv2_folders())]))
        yield f"lv2:{build_many(folder, build_bundle(tmp_path_factory.mktemp('bundle')))}"


@pytest.fixture
def window(guitar):
    """The window, as it was afterwards."""
    before = guitar.preferences.theme, guitar.window.size()
    yield guitar
    theme.apply(QApplication.instance(), before[0])
    guitar.window.resize(before[1])
    guitar.window.keyboard.setFocus()
    guitar.parameters.set_chain("the instrument alone", Chain())
    until(lambda: guitar.bridge.now.chain == Chain() and not guitar.window.knobs.editor.isVisible())


@pytest.fixture
def editor(window, many):
    """The editor of the plugin with very many parameters."""
    return opened(window, many)


def opened(window, source):
    """The editor of an effect that is put at the end of the chain."""
    chain = Chain((*Chain().effects, Effect(PLUGIN, source)))
    window.parameters.set_chain("one more effect", chain)
    until(lambda: window.bridge.now.chain.effects == chain.effects)
    window.parameters.show_slot(window.parameters.slots[-1])
    editor = window.window.knobs.editor
    for spec in editor.specs.values():  # a patch keeps the values of effects that were removed
        window.parameters.set_value(spec.name, spec.default)
    editor.search.clear()
    window.parameters.undo_stack.clear()
    activate(window)
    return editor


def find(editor, text):
    """Look for parameters as a player does; the indices of those that are found."""
    editor.search.setFocus()
    editor.search.selectAll()
    QTest.keyClicks(editor.search, text)
    return [row for row in editor.list.rows.rows if not isinstance(row, Heading)]


def port(editor, number):
    """The index of the parameter of a port, found by its name."""
    return next(index for index in find(editor, f"port {number}") if editor.specs[index].label == f"Port {number}")


def click(editor, index, part="control"):
    """Click on a part of a row."""
    place = getattr(editor.list.areas(index), part).center()
    QTest.mouseClick(editor.list.viewport(), LEFT, pos=place)


def drag(editor, index, by):
    """Drag the slider of a parameter by so many pixels, in two movements."""
    viewport, start = editor.list.viewport(), editor.list.areas(index).control.center()
    QTest.mousePress(viewport, LEFT, pos=start)
    for x in (by // 2, by):
        QTest.mouseMove(viewport, start + QPoint(x, 3))
    QTest.mouseRelease(viewport, LEFT, pos=start + QPoint(by, 3))


def in_engine(window, index):
    """The value of a parameter that the plugin itself has."""
    parameter = window.bridge.now.parameters[index]
    return param_values(parameter.plugin)[parameter.index]


def undo(window):
    """By the shortcut."""
    QTest.keyClick(window.window, Qt.Key.Key_Z, CONTROL)


def test_a_thousand_parameters_open_within_half_a_second_and_are_grouped(editor, window):
    rows, now = editor.list.rows, window.bridge.now
    assert editor.isVisible()
    assert not window.window.knobs.row.isVisible()
    assert len(editor.specs) == MANY_CONTROLS
    titles = [row.title for row in rows.rows if isinstance(row, Heading)]
    assert titles[:4] == ["General", "Sound", "Band 0", "Band 1"]
    start = time.perf_counter()
    window.bridge.loaded.emit(now)
    window.parameters.show_slot(window.parameters.slots[-1])
    editor.list.viewport().repaint()
    seconds = time.perf_counter() - start
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


def test_a_parameter_learns_a_controller_and_shows_what_that_turns(editor, window, ear):
    level = port(editor, LEVEL)
    editor.list.menu(level).actions()[0].trigger()
    assert editor.list.rows.text(level) == "CC…?"
    ear.send(0xB0, 24, 0)
    until(lambda: editor.list.rows.controllers[level] == 24)
    until(lambda: any(parameter == editor.specs[level].label for _, parameter in window.engine.host.midi_map))
    ear.send(0xB0, 24, 0)
    ear.send(0xB0, 24, 127)
    until(lambda: editor.list.rows.values[level] == 12)
    editor.list.menu(level).actions()[1].trigger()
    assert editor.list.rows.controllers[level] is None


def test_settings_a_and_b_are_compared_in_the_list(editor, window):
    level, values = port(editor, LEVEL), editor.list.rows.values
    compare = window.window.top_bar.compare
    QTest.mouseClick(compare, LEFT)
    window.parameters.set_value(editor.specs[level].name, 6.0)
    QTest.mouseClick(compare, LEFT)
    assert values[level] == 0
    QTest.mouseClick(compare, LEFT)
    assert values[level] == 6
    QTest.mouseClick(compare, LEFT)


def test_what_the_plugin_turns_itself_is_shown_in_the_list(window, probe_path, monkeypatch):
    monkeypatch.setattr(parameter_panel, "MAX_ROW_KNOBS", 2)
    editor = opened(window, f"{probe_path}#probe.effect")
    assert editor.isVisible()
    knob = next(index for index, spec in editor.specs.items() if spec.label == "Knob")
    mode = next(spec.name for spec in editor.specs.values() if spec.label == "Mode")
    window.parameters.set_value(mode, TURN)
    until(lambda: editor.list.rows.values[knob] == 0.5)
    window.parameters.set_value(mode, PLAIN)


def test_few_parameters_stay_knobs_with_the_words_of_the_plugin(window, probe_path, tmp_path):
    editor = opened(window, f"{probe_path}#probe.effect")
    assert not editor.isVisible()
    shown = {knob.spec.label: knob for knob in window.window.knobs.knobs.values() if knob.isVisible()}
    assert list(shown) == ["Gain", "Mode", "Knob"]
    assert shown["Mode"].value_text == shown["Mode"].spec.steps[0]
    shown["Mode"].setFocus()
    QTest.keyClick(shown["Mode"], Qt.Key.Key_Right)
    assert shown["Mode"].value_text == shown["Mode"].spec.steps[1]
    undo(window)
    assert shown["Mode"].amount == 0
    until(lambda: not find_faults(window.window))
    folder = Path(os.environ.get("LUTHIER_SHOTS", tmp_path))
    assert window.window.grab().save(str(folder / "few.png"))


@pytest.mark.verify
@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("size", [(1024, 640), (1440, 900)], ids=str)
def test_the_editor_is_drawn_without_a_fault_in_every_theme(editor, window, tmp_path, name, size):
    theme.apply(QApplication.instance(), name)
    window.window.resize(*size)
    until(lambda: (window.window.width(), window.window.height()) == size)
    editor.list.setFocus()
    QTest.keyClick(editor.list, Qt.Key.Key_Down)
    until(lambda: not find_faults(window.window))
    frame, bar = window.window._keyboard_frame, window.window.status_bar
    until(lambda: bar.geometry().top() - frame.geometry().bottom() <= 2 * theme.GAP)
    assert editor.list.height() >= 100
    folder = Path(os.environ.get("LUTHIER_SHOTS", tmp_path))
    assert window.window.grab().save(str(folder / f"editor-{name}-{size[0]}.png"))


@pytest.mark.verify
def test_a_plugin_of_lsp_is_found_turned_and_undone(window, tmp_path):
    if not Path("/usr/lib/lv2/lsp-plugins.lv2").is_dir():
        pytest.skip("needs lsp-plugins-lv2")
    editor = opened(window, f"lv2:{LSP}")
    until(editor.isVisible)
    assert len(editor.specs) == 1005
    start = time.perf_counter()
    window.bridge.loaded.emit(window.bridge.now)
    window.parameters.show_slot(window.parameters.slots[-1])
    editor.list.viewport().repaint()
    seconds = time.perf_counter() - start
    print(f"the editor of {LSP} opens in {1000 * seconds:.0f} ms")
    (split,) = find(editor, "split frequency 3 left")
    before = editor.list.rows.values[split]
    assert editor.specs[split].group == "Number 3 Left"
    drag(editor, split, 50)
    turned = editor.list.rows.values[split]
    assert turned > before
    until(lambda: in_engine(window, split) == pytest.approx(turned))
    QTest.keyClick(editor.list, Qt.Key.Key_Left)
    assert before < editor.list.rows.values[split] < turned
    undo(window)
    undo(window)
    assert editor.list.rows.values[split] == before
    until(lambda: in_engine(window, split) == pytest.approx(before))
    editor.search.clear()
    folder = Path(os.environ.get("LUTHIER_SHOTS", tmp_path))
    assert window.window.grab().save(str(folder / "editor-lsp.png"))
    assert seconds <= MAX_OPEN_SECONDS


def test_parameters_without_groups_are_grouped_by_the_numbers_in_their_names():
    names = ["Gain", "Split 1 Left", "Depth 1 Left", "Split 2 Left", "Delay 1 gain", "Delay 1 time", "Level 0 3"]
    assert find_groups(names) == ["", "Number 1 Left", "Number 1 Left", "", "Delay 1", "Delay 1", ""]
    names = ["Band gain 1K", "Band on 1K", "Band gain 1.6K", "Band on 1.6K", "Band gain 160", "Band on 160"]
    assert find_groups(names) == [f"Number {number}" for number in ("1K", "1K", "1.6K", "1.6K", "160", "160")]


def test_groups_that_differ_in_a_number_are_sorted_by_it():
    titles = ["", "Number 1", "Output", "Number 10", "Number 2 Left", "Number 2 Right", "Number 0", "Band"]
    assert sort_groups(titles) == [
        "", "Number 0", "Output", "Number 1", "Number 2 Left", "Number 2 Right", "Number 10", "Band",
    ]  # fmt: skip
    assert sort_groups(["Number 1.6K", "Number 1K", "Number 630"]) == ["Number 630", "Number 1K", "Number 1.6K"]
