"""What turns parameters beside the list: a controller, a comparison, the plugin itself."""

import os
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from benchmarks.window.layout_faults import find_faults
from gui.panels import parameter_panel
from tests.gui.conftest import until
from tests.gui.parameters.editor_gestures import LEFT, LEVEL, opened, port, undo
from tests.support.foreign.probe import PLAIN, TURN


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
