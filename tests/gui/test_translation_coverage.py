"""Every text of the window can be translated: with marked translations, no unmarked text remains."""

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QAbstractSpinBox, QComboBox, QLabel, QLineEdit, QMenu, QWidget

from engine.effects import EFFECTS, ROOM
from engine.preset import library
from gui import preferences
from gui import translation as translating
from gui.dialogs.shortcuts import ShortcutsDialog
from gui.processes.check_recordings import RecordingCheck
from gui.processes.learn import LearnStatus
from gui.views.view_stack import INSTRUMENT, PAD, VOICE
from session.patch import Chain, Effect, Layer
from tests.gui.conftest import advance, end, play, quiet, start, until
from tests.gui.test_score_playback import score

UNITS = {"Hz", "kHz", "ms", "dB", "oct", "MB", "kB", "LUFS", "MIDI", "CC", "BPM", "min", "cents", "st", "JACK", "WAV"}
KEYS = {"Esc", "Ctrl", "Alt", "Shift"}
NOTE = re.compile(r"[A-G]♯?-?\d")


@pytest.fixture(scope="module")
def marked(app, tmp_path_factory):
    """A language whose translations are the English texts in «guillemets»."""
    folder = tmp_path_factory.mktemp("translations")
    path, terms = folder / "luthier_xx.ts", folder / "terms.py"
    printed = subprocess.run(
        [sys.executable, "-m", "gui.engine_translation"], check=True, capture_output=True, text=True
    )
    terms.write_text(printed.stdout, encoding="utf-8")
    tool = shutil.which("pylupdate6", path=Path(sys.executable).parent)
    subprocess.run([tool, "--ts", path, translating.FOLDER.parent, terms], check=True, capture_output=True)
    tree = ElementTree.parse(path)
    for message in tree.iter("message"):
        translation = message.find("translation")
        translation.attrib.pop("type", None)
        for each in list(translation.iter("numerusform")) or [translation]:
            each.text = f"«{message.findtext('source')}»"
    tree.write(path, encoding="utf-8")
    installed = translating.install(app, ["xx"], folder)
    assert len(installed) == 1
    yield
    for each in installed:
        app.removeTranslator(each)


@pytest.fixture
def window(marked, app, ear, tmp_path, monkeypatch):
    """A window in that language."""
    for name in ("CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    controller = start(app, ear)
    until(lambda: controller.bridge.now is not None and controller.entry_files.entries)
    yield controller
    end(controller)


def texts(widget):
    """All texts of a widget and its children, also those for screen readers."""
    for each in [widget, *widget.findChildren(QWidget)]:
        found = [each.toolTip(), each.accessibleName(), each.accessibleDescription(), each.windowTitle()]
        if isinstance(each, QComboBox):
            found += [each.itemText(i) for i in range(each.count())]
        elif isinstance(each, QAbstractSpinBox | QLineEdit):
            found += [each.text(), each.placeholderText() if isinstance(each, QLineEdit) else ""]
        elif isinstance(each, QMenu):
            found += [action.text() for action in each.actions()]
        elif isinstance(each, QLabel) or hasattr(each, "isCheckable"):
            found.append(each.text())
        yield from ((type(each).__name__, words) for words in found)


def unmarked(widget, names):
    """The texts of a widget that are unmarked and neither names nor units."""
    left = set()
    for kind, words in texts(widget):
        rest = re.sub(r"<[^>]*>", " ", words)
        for name in sorted(names, key=len, reverse=True):
            rest = re.sub(re.escape(name), " ", rest, flags=re.IGNORECASE)
        while rest != (rest := re.sub(r"«[^«»]*»", " ", rest)):
            pass
        said = [
            word for word in re.findall(r"[^\W\d_][\w♯-]+", rest) if word not in UNITS | KEYS and not NOTE.match(word)
        ]
        if said:
            left.add((kind, words, *said))
    return left


def names(controller):
    """What is not translated: instruments and their metadata, files, devices, errors of libraries."""
    reading, found = controller.bridge.status, ["Luthier", "ear:keys", "ear"]
    found += [*reading.ports, *(port.split(":")[0] for port in reading.ports)]
    for entry in controller.entry_files.entries:
        found += [entry.name, entry.description, entry.author, entry.licence, entry.attribution, entry.recording]
        found += [*entry.tags, str(entry.path)]
    return {name for name in (*found, reading.device, reading.name, reading.backend, reading.midi_problem) if name}


@pytest.mark.verify
def test_no_view_of_any_kind_has_an_untranslated_text(window):
    left, kinds = set(), {entry.kind: entry.name for entry in window.entry_files.entries}
    for name in kinds.values():
        play(window, name)
        for view in (INSTRUMENT, PAD, VOICE):
            window.window.views.show_view(view)
            window.bridge.note_on(60, 0.8)
            advance(window, 9600)
            left |= unmarked(window.window, names(window))
            window.bridge.note_off(60)
        for knob in window.window.knobs.knobs.values():
            left |= unmarked(knob.menu(), set()) if hasattr(knob, "menu") else set()
    assert len(kinds) >= 3
    assert left == set()


def test_chain_score_voice_recording_and_errors_have_no_untranslated_text(window, tmp_path):
    effects = [Effect(kind) for kind in EFFECTS if kind != ROOM]
    chain = Chain((*effects, Effect("delay", number=2), Effect(ROOM, "violin"), Effect(ROOM, "flute", 2)))
    window.parameters.set_chain("", Chain(chain.effects, Layer(str(library.find("gong")), 60, True)))
    until(lambda: window.bridge.now.chain.kinds == chain.kinds)
    window.opener.open([score(tmp_path / "tune.mid", 57, 60), tmp_path / "letter.txt", tmp_path / "no.luthier"])
    until(window.window.score_bar.isVisible)
    called = names(window) | {"tune", "letter.txt", "no.luthier", ".luthier", ".mid"}
    left = set()
    for link in window.parameters.slots:
        window.parameters.show_slot(link)
        left |= unmarked(window.window, called)
    for menu in (window.window.chain_bar.menu(), window.window.browser.menu(window.entry_files.entries[0])):
        left |= unmarked(menu, called)
    window.score.close()
    play(window, "violin")
    window.voice.set_follows_voice(True)
    until(lambda: window.bridge.now.follows_voice and "tracker" in window.window.views.voice.latency_label.text())
    window.parameters.show_slot("voice")
    left |= unmarked(window.window, called)
    window.bridge.compiling.emit(1, 2, "guitar")
    left |= unmarked(window.window, called)
    quiet(window)
    assert left == set()


def test_no_dialog_has_an_untranslated_text(window, tmp_path):
    window.devices.show()
    keys, learning = ShortcutsDialog(window.window), window.learn.dialog
    left = unmarked(learning, set())
    learning.set_recordings([Path("bell.wav")])
    learning.set_check(RecordingCheck(1, 2.0, 1, ["A remark"], True, 3))
    learning.show_status(LearnStatus(0.3, "", 0.01))
    until(lambda: window.devices.dialog.output_box.count() > 1)
    found = window.devices.dialog
    boxes = found.findChildren(QComboBox)
    devices = {
        box.itemText(i) for box in boxes for i in range(box.count()) if isinstance(box.itemData(i), str | tuple)
    }
    told = {*found.hints_label.text().splitlines(), *(words for words in devices if "«" not in words)}
    for dialog in (window.devices.dialog, keys, learning):
        left |= unmarked(dialog, {*names(window), *told, "A remark", "bell.wav", "bell"})
        dialog.accept()
    assert left == set()
    assert preferences.load().theme == "dark"
