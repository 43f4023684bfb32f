"""Translation of the window's texts."""

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PyQt6 import sip
from PyQt6.QtWidgets import QDialogButtonBox

from gui import translation
from gui.main_window import MainWindow
from session.status import Status

TEXTS = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="pl">
  <context><name>TopBar</name>
    <message><source>Undo</source><translation>Cofnij</translation></message>
    <message><source>Record</source><translation type="unfinished"></translation></message>
    <message><source>Volume: {0}</source><translation>Głośność: {0}</translation></message>
    <message><source>Redo</source><translation type="vanished">Ponów</translation></message>
  </context>
  <context><name>StatusBar</name>
    <message numerus="yes"><source>{0} voices</source><translation>
      <numerusform>{0} głos</numerusform><numerusform>{0} głosy</numerusform><numerusform>{0} głosów</numerusform>
    </translation></message>
    <message><source>1 voice</source><translation>1 głos</translation></message>
    <message><source>worst block {0:.0%} · under-runs {1}</source><translation>{1} przerw · {0:.0%}</translation></message>
    <message><source>Panic</source><translation>Cisza</translation></message>
  </context>
  <context><name>Elsewhere</name>
    <message><source>No instrument yet</source><translation>Nie ma instrumentu</translation></message>
    <message><source>CC {0}</source><translation>CC {1}</translation></message>
  </context>
</TS>
"""  # noqa: E501


@pytest.fixture
def polish(app, tmp_path):
    """A window in Polish."""
    (tmp_path / "luthier_pl.ts").write_text(TEXTS, encoding="utf-8")
    installed = translation.install(app, ["pl-PL", "en"], tmp_path)
    window = MainWindow()
    yield window
    sip.delete(window)
    for each in installed:
        app.removeTranslator(each)


def test_texts_are_translated_where_the_file_has_them_and_english_otherwise(polish):
    header = polish.top_bar
    assert header.undo.accessibleName() == "Cofnij"
    assert header.description_label.text() == "Nie ma instrumentu"
    assert (header.record.accessibleName(), header.redo.accessibleName()) == ("Record", "Redo")
    assert header.volume_slider.toolTip() == "Głośność: 0.0 dB"
    assert polish.tr("CC {0}") == "CC {0}"  # the placeholder is another one
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    assert box.buttons()[0].text() == "Anuluj"


@pytest.mark.parametrize(("voices", "words"), [(1, "1 głos"), (3, "3 głosy"), (5, "5 głosów"), (22, "22 głosy")])
def test_plurals_have_the_forms_of_the_language(polish, voices, words):
    polish.status_bar.show_status(Status(1.0, "playing", device="speaker", voices=voices, max_load=0.5, underruns=2))
    assert polish.status_bar.voices_label.text() == words
    assert polish.status_bar.load_button.text() == "⚠ 2 przerw · 50%"


@pytest.mark.parametrize("languages", [["en-GB", "pl"], ["fr", "C"], []])
def test_english_needs_no_translation_file(app, tmp_path, languages):
    (tmp_path / "luthier_pl.ts").write_text(TEXTS, encoding="utf-8")
    assert translation.install(app, languages, tmp_path) == []


def test_a_damaged_translation_file_is_named_and_the_window_is_english(app, tmp_path, capsys):
    (tmp_path / "luthier_pl.ts").write_text(TEXTS[:500], encoding="utf-8")
    assert translation.install(app, ["pl"], tmp_path) == []
    assert "luthier_pl.ts is no translation" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("de", "1011111"),
        ("fr", "0011111"),
        ("ja", "0000000"),
        ("ru", "2012202"),
        ("pl", "2012222"),
        ("cs", "2012222"),
    ],
)
def test_every_number_has_its_plural_form(language, forms):
    assert "".join(str(translation.plural_form(language, n)) for n in (0, 1, 2, 5, 11, 21, 111)) == forms


def test_the_tool_finds_every_text_of_the_window(tmp_path):
    tool = shutil.which("pylupdate6", path=Path(sys.executable).parent)
    path, terms = tmp_path / "luthier_xx.ts", tmp_path / "terms.py"
    printed = subprocess.run(
        [sys.executable, "-m", "gui.engine_translation"], check=True, capture_output=True, text=True
    )
    terms.write_text(printed.stdout, encoding="utf-8")  # names and labels that the engine declares
    subprocess.run([tool, "--ts", path, translation.FOLDER.parent, terms], check=True, capture_output=True)
    found = {message.findtext("source") for message in ElementTree.parse(path).iter("message")}
    assert {"Undo", "{0} voices", "struck or plucked (resonance)", "Written: {0}"} <= found
    sources = "".join(each.read_text(encoding="utf-8") for each in translation.FOLDER.parent.glob("*.py"))
    assert set(re.findall(r"\.tr\(\s*\"([^\"\\]+)\"", sources)) <= found
