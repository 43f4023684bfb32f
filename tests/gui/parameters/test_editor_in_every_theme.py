"""The editor of very many parameters, drawn in every theme and size, and with a plugin that players have."""

import os
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from benchmarks.window.layout_faults import find_faults
from gui import theme
from tests.gui.conftest import until
from tests.gui.parameters.editor_gestures import MAX_OPEN_SECONDS, drag, find, in_engine, open_again, opened, undo

LSP = "http://lsp-plug.in/plugins/lv2/sc_mb_dyna_processor_lr"

pytestmark = pytest.mark.verify


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


def test_a_plugin_of_lsp_is_found_turned_and_undone(window, tmp_path):
    if not Path("/usr/lib/lv2/lsp-plugins.lv2").is_dir():
        pytest.skip("needs lsp-plugins-lv2")
    editor = opened(window, f"lv2:{LSP}")
    until(editor.isVisible)
    assert len(editor.specs) == 1005
    seconds = open_again(window, editor)
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
