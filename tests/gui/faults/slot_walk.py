"""A walk through everything in a window that calls a slot: signals, buttons, menus, shortcuts, fields, dialogs."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from PyQt6 import sip
from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QShortcut
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QWidget,
)

from engine.devices.backend import DeviceRequest
from engine.events import EVENT
from engine.foreign.plugin_entry import EFFECT, INSTRUMENT, MIDI_EFFECT, PluginEntry
from engine.preset import library
from engine.snapshots.harmonics import Harmonics
from gui.browser.catalogue import Entry
from gui.controllers.chain import FILE, LAYER_OFFER, ROOM_OFFER, SECOND_FILE, SECOND_ROOM_OFFER
from gui.controllers.chain import PLUGINS as PLUGINS_OFFER
from gui.controllers.plugins.plugin_routing import OUTPUTS
from gui.main_controller import MainController
from gui.processes.check_recordings import RecordingCheck
from gui.processes.learn import LearnStatus, LearnTask
from tests.gui.conftest import until

ENDING = {"closing", "_caught"}  # signals that end the window, or are faults themselves
ENDING_KEYS = {"Ctrl+Q"}
PLUGINS = [
    PluginEntry("/nowhere/gone.clap", "CLAP", "Gone", "Nobody", EFFECT, "/nowhere/gone.clap"),
    PluginEntry("lv2:urn:nowhere:gone", "LV2", "Gone too", "Nobody", INSTRUMENT, "/nowhere/gone.lv2"),
    PluginEntry("lv2:urn:nowhere:notes", "LV2", "Notes", "Nobody", MIDI_EFFECT, "/nowhere/gone.lv2"),
    PluginEntry("/nowhere/torn.clap", "CLAP", "Torn", fault="it is torn"),
]  # those that can be played are not there any more
PLAIN = {"int": 0, "double": 0.5, "bool": False, "QString": "walk"}


class SlotWalk:
    """Calls every slot of a window with what the user's files are, or were."""

    def __init__(self, controller: MainController, entries: list[Entry], files: list[Path]) -> None:
        """entries: of the browser; files: a score, a recording, an instrument, a patch and a folder."""
        self.controller, self.window = controller, controller.window
        self.entries, self.files = entries, files
        self.called: list[str] = []
        self.unknown: set[str] = set()  # signals that nobody knows what to emit with
        self._emitted: dict[str, tuple[object, ...]] = {}
        self._slots: list[Callable[..., None]] = []
        for name, signal, _ in self._signals():
            self._keep_arguments(name, signal)

    def run(self) -> None:
        """Call everything, in the window and in the dialogs that this opens."""
        for name, signal, owner in list(self._signals()):
            for arguments in self._arguments(name, signal):
                if sip.isdeleted(owner):  # a slot before has closed it: PyQt would call it all the same
                    break
                self._call(name, lambda signal=signal, arguments=arguments: signal.emit(*arguments))
        for shortcut in self.window.findChildren(QShortcut):
            if shortcut.key().toString() not in ENDING_KEYS:
                self._call(f"key {shortcut.key().toString()}", shortcut.activated.emit)
        for menu in self._menus():
            self._trigger(menu)
        self._use_widgets(self.window)
        self._answer_dialogs()
        self.settle()

    def settle(self) -> None:
        """Wait until the engine has done what was asked of it."""
        answers: list[int] = []
        self.controller.engine.request(lambda: 1, answers.append)
        until(lambda: answers)
        QTest.qWait(0)

    def _call(self, name: str, slot: Callable[[], object]) -> None:
        slot()
        QTest.qWait(0)
        self.called.append(name)

    def _objects(self) -> Iterator[QObject]:
        """The controllers, what they own, and every widget; each once."""
        seen: list[QObject] = []
        waiting: list[QObject] = [self.controller, *self.window.findChildren(QObject)]
        while waiting:
            each = waiting.pop(0)
            if any(each is other for other in seen):
                continue
            seen.append(each)
            if type(each).__module__.startswith("gui"):
                waiting += [value for value in vars(each).values() if isinstance(value, QObject)]
                yield each

    def _signals(self) -> Iterator[tuple[str, object, QObject]]:
        """The signals of our own classes that are connected to something, and whose they are."""
        for each in self._objects():
            for kind in type(each).__mro__:
                for name, declared in vars(kind).items():
                    if isinstance(declared, pyqtSignal) and kind.__module__.startswith("gui") and name not in ENDING:
                        signal = getattr(each, name)
                        if each.receivers(signal):
                            yield f"{kind.__name__}.{name}", signal, each

    def _keep_arguments(self, name: str, signal: object) -> None:
        """Remember what the window itself emits a signal with."""

        def keep(*arguments: object) -> None:
            self._emitted[name] = arguments

        self._slots.append(keep)
        signal.connect(keep)

    def _arguments(self, name: str, signal: object) -> list[tuple[object, ...]]:
        """What to emit a signal with, once each."""
        known = self._known_arguments()
        if name.startswith("PluginPage.") and "PyQt_PyObject" in signal.signal:
            return [(entry,) for entry in PLUGINS]
        if name.startswith("Browser."):
            return [(self.entries[0],)]  # the menus of the others emit them too
        if name in known:
            return known[name]
        types = [each for each in signal.signal.partition("(")[2].rstrip(")").split(",") if each]
        if all(each in PLAIN for each in types):
            return [tuple(PLAIN[each] for each in types)]
        if name in self._emitted:
            return [self._emitted[name]]
        self.unknown.add(name)
        return []

    def _known_arguments(self) -> dict[str, list[tuple[object, ...]]]:
        _, recording, instrument, patch, _ = self.files
        names = self.controller.parameters.names or [""]
        return {
            "ChainBar.added": [
                *((key,) for key in ("tone", "tone", PLUGINS_OFFER, FILE, SECOND_FILE, ROOM_OFFER + "nothing")),
                *((key,) for key in (SECOND_ROOM_OFFER + "nothing", LAYER_OFFER + str(instrument))),
            ],
            "ChainBar.moved": [("room", 1)], "ChainBar.removed": [("room",)], "ChainBar.selected": [("",)],
            "ChainBar.switched": [("room",)], "ChainBar.routed": [("", OUTPUTS + "first"), ("plugin", "walk")],
            "EngineBridge.events": [(np.zeros(0, EVENT),)],
            "EngineBridge.loaded": [(self.controller.bridge.now,)],
            "EngineBridge.status_changed": [(self.controller.bridge.status,)],
            "EngineBridge.notes_changed": [({60: 0.5},)],
            "EngineBridge.harmonics_changed": [(Harmonics(np.array([440.0]), np.array([-20.0])),)],
            "EntryFiles.moved": [(patch, patch.with_stem("elsewhere"))], "EntryFiles.saved": [(patch,)],
            "EntryFiles.favourites_changed": [(frozenset({"walk"}),)],
            "EntryListView.demo_clicked": [(self.window.browser.model.index(0),)],
            "LearnController.learned": [(instrument,)],
            "LearnDialog.playback_requested": [(recording,)], "LearnDialog.recordings_chosen": [([recording],)],
            "LearnDialog.start_requested": [(LearnTask([recording], "walk"),)],
            "LearnProcess.learned": [(str(instrument), "done", {"comparison": [str(recording)] * 2, "likeness": {}})],
            "LikenessPanel.compare_requested": [([recording, recording], 0)],
            "LearnProcess.progressed": [(LearnStatus(0.5, "", 0.1, recording),)],
            "MainWindow.dropped": [(list(self.files),)],
            "ParameterController.offered": [("walk", [])], "CrashQuestion.offered": [("walk", [])],
            "PreviewController.changed": [("",)],
            "PluginListView.chosen": [(self.window.plugins.model.index(0),)], "PluginScan.finished": [(PLUGINS,)],
            "RecordingFiles.offered": [("walk", [])], "RecordingFiles.playback_requested": [(recording,)],
            "RecordingChecker.checked": [(RecordingCheck(1, 1.0, 1),)],
            "RenderProcess.finished": [(str(recording),)],
            "SplitBar.changed": [(60, True, 0, 1)],
            "ViewStack.axes_changed": [(names[0], names[-1])],
            "DevicesDialog.request_changed": [(DeviceRequest(),)],
        }  # fmt: skip

    def _menus(self) -> Iterator[QMenu]:
        for entry in self.entries:
            yield self.window.browser.menu(entry)
        for plugin in PLUGINS:
            yield self.window.plugins.menu(plugin)
        yield self.window.chain_bar.menu()
        for slot in list(self.window.chain_bar.buttons):
            yield self.window.chain_bar.routing_menu(slot)
        yield self.controller.button_midi_learn.menu("next")
        for knob in list(self.window.knobs.knobs.values()):
            if hasattr(knob, "menu") and not sip.isdeleted(knob):
                yield knob.menu()
        for index in list(self.window.knobs.editor.specs):
            yield self.window.knobs.editor.list.menu(index)

    def _trigger(self, menu: QMenu) -> None:
        for action in menu.actions():
            if sip.isdeleted(action):  # the one before has changed what the menu belongs to
                continue
            if action.menu() is not None:
                self._trigger(action.menu())
            elif action.isEnabled():
                self._call(f"menu {action.text()}", action.trigger)

    def _use_widgets(self, owner: QWidget) -> None:
        """Use every field and press every button, of those that are there now."""
        for widget in owner.findChildren(QWidget):
            if sip.isdeleted(widget):
                continue
            for name, use in _uses(widget):
                if not sip.isdeleted(widget):
                    self._call(name, use)

    def _answer_dialogs(self) -> None:
        """Answer what is asked for with what is there, and close the rest."""
        answered: list[QDialog] = []
        while dialogs := [each for each in self.window.findChildren(QDialog) if each not in answered]:
            answered.append(dialogs[0])
            self._answer(dialogs[0])
            if not sip.isdeleted(dialogs[0]):
                dialogs[0].close()

    def _answer(self, dialog: QDialog) -> None:
        if isinstance(dialog, QInputDialog):
            self._call(f"name for {dialog.labelText()}", lambda: dialog.textValueSelected.emit("walk"))
        elif isinstance(dialog, QFileDialog):
            self._call(f"file for {dialog.windowTitle()}", lambda: self._choose_file(dialog))
        elif not isinstance(dialog, QMessageBox):
            self._use_widgets(dialog)

    def _choose_file(self, dialog: QFileDialog) -> None:
        if dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave:
            dialog.fileSelected.emit(str(self.files[2].with_name("exported.luthier")))
        else:
            dialog.filesSelected.emit([str(self.files[1])])


def _uses(widget: QWidget) -> Iterator[tuple[str, Callable[[], object]]]:
    """What a user can do with a widget: its name, and what is called."""
    name = widget.accessibleName() or widget.objectName()
    if isinstance(widget, QAbstractButton):
        yield f"button {name or widget.text()}", widget.click
    elif isinstance(widget, QComboBox) and widget.count():
        for index in (widget.count() - 1, 0):
            yield f"list {name}", partial(widget.setCurrentIndex, index)
            yield f"list {name}", partial(widget.activated.emit, index)
    elif isinstance(widget, QAbstractSlider | QDoubleSpinBox):
        for value in (widget.minimum(), widget.maximum(), widget.value()):
            yield f"number {name}", partial(widget.setValue, value)
    elif isinstance(widget, QLineEdit) and not isinstance(widget.parent(), QAbstractSpinBox):
        yield f"field {name}", partial(widget.setText, "walk")
        yield f"field {name}", widget.returnPressed.emit
        yield f"field {name}", widget.clear


def make_files(folder: Path) -> list[Path]:
    """A score, a recording, an instrument, a patch and a folder, as a user has them."""
    import shutil

    import soundfile

    from session import patch_file
    from tests.gui.test_score_playback import score

    (folder / "more").mkdir(parents=True)
    soundfile.write(folder / "bell.wav", np.zeros(1600), 16_000)
    shutil.copyfile(library.find("gong"), folder / "friend.luthier")
    saved = patch_file.SavedPatch("0" * 64, folder / "friend.luthier", {})
    patch_file.write(folder / "dry.json", saved)
    names = "bell.wav", "friend.luthier", "dry.json", "more"
    return [score(folder / "tune.mid", 57, 60), *(folder / name for name in names)]
