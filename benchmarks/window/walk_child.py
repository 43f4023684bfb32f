"""The child process of benchmarks.window.walk: the window and its dialogs, screen by screen.

    python -m benchmarks.window.walk_child THEME WIDTH HEIGHT FOLDER

Shows the window at a size, in a theme; QT_SCALE_FACTOR scales it. For each screen a picture THEME-NAME.png of the
whole display goes into FOLDER, and a line of JSON to the standard output: its name and its faults of layout.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PyQt6 import sip
from PyQt6.QtWidgets import QApplication, QWidget

from engine.effects import EFFECTS
from gui import preferences, theme
from gui.app import open_window
from gui.dialogs.shortcuts import ShortcutsDialog
from gui.processes.check_recordings import RecordingCheck
from gui.processes.learn import LearnStatus
from gui.views.view_stack import INSTRUMENT, PAD, VOICE
from gui.widgets.notice_bar import NoticeAction
from session.patch import Chain, Effect, Layer, Patch

from .close_moments import until, write_chime
from .layout_faults import find_faults, is_on_screen

CHORD, SPLIT_KEY = (52, 59, 64), 60
LONG_NAME = "A name that somebody has given to an instrument without a thought of how wide windows are"
LIKENESS = {
    "words": "recognizable, but not like the recording", "distance": 14.7, "silence": 18.1, "codec": 1.6,
    "codec_name": "Opus at 28 kb/s",
}  # fmt: skip
SETTLE_FRAMES = 14_400  # after which what was played is drawn


class Walk:
    """The screens, in the order in which they are visited."""

    def __init__(self, controller: Any, folder: Path, theme_name: str) -> None:
        self._controller, self._window = controller, controller.window
        self._folder, self._theme = folder, theme_name
        self._chime = write_chime(folder)

    def run(self) -> None:
        """Visit all."""
        for screens in (self._instruments, self._views, self._chains, self._bars, self._browser, self._dialogs):
            for name, widget in screens():
                self._save(name, widget)

    def _instruments(self) -> Iterator[tuple[str, QWidget]]:
        for name in ("guitar", "djembe", "violin", "mosaic"):
            self._play(name)
            with self._sounding():
                yield name, self._window

    def _views(self) -> Iterator[tuple[str, QWidget]]:
        views = self._window.views
        self._play("sugarplum")
        views.show_view(PAD)
        views.pad.press(0, views.pad.area.point(0.6, 0.7), 0.8)
        self._settle()
        yield "pad", self._window
        views.pad.release(0)
        views.show_view(VOICE)
        yield "voice of an instrument without one", self._window
        self._play("violin")
        self._settle()
        yield "voice", self._window
        views.show_view(INSTRUMENT)

    def _chains(self) -> Iterator[tuple[str, QWidget]]:
        from engine.preset import library

        parameters, effects = self._controller.parameters, tuple(EFFECTS)
        layer = Layer(str(library.find("violin")), SPLIT_KEY, True)
        parameters.recall(Patch(library.find("guitar"), {}, Chain(tuple(map(Effect, effects)), layer=layer)))
        until(lambda: self._controller.bridge.now.chain.layer is not None)
        for slot in ("second", *effects):
            parameters.show_slot(slot)
            yield f"chain, {slot}", self._window
        yield from self._menu(self._window.chain_bar.menu(), self._window.chain_bar.add, "menu of the chain")
        self._play("guitar")

    def _bars(self) -> Iterator[tuple[str, QWidget]]:
        from engine.preset import library

        notice, knobs = self._window.notice, self._window.knobs.knobs
        self._controller.opener.open([library.find("guitar").with_name("demo.mid")])
        until(self._window.score_bar.isVisible)
        self._controller.bridge.failed.emit(f"{LONG_NAME}: it cannot be read, as the file was cut; copy it once more")
        yield "score and error", self._window
        actions = [NoticeAction(text, lambda: None) for text in ("▶ Play", "Rename…", "Show in folder")]
        notice.show_offer(f"Recorded: /home/somebody/Music/Luthier/{LONG_NAME}.wav and .mid", actions)
        yield "offer", self._window
        notice.hide()
        self._controller.score.close()
        knob = next(iter(knobs.values()))
        knob.setFocus()
        yield from self._menu(knob.menu(), knob, "menu of a knob")

    def _browser(self) -> Iterator[tuple[str, QWidget]]:
        browser = self._window.browser
        browser.filters.search.setText("nothing of that name")
        browser.show_learning("Learning a name that is long: 42 %")
        browser.focus_search()
        yield "search without a match", self._window
        browser.filters.search.clear()
        browser.show_learning("")
        browser.list.setFocus()
        yield from self._menu(browser.menu(browser.current), browser.details, "menu of an instrument")

    def _dialogs(self) -> Iterator[tuple[str, QWidget]]:
        self._controller.devices.show()
        devices = self._controller.devices.dialog
        until(lambda: devices.output_box.count() > 1)
        yield "devices", devices
        devices.accept()
        shortcuts = ShortcutsDialog(self._window)
        shortcuts.show()
        yield "shortcuts", shortcuts
        shortcuts.accept()
        yield from self._learning()
        self._window.views.show_compiling(1, 4, "violin")
        yield "compilation", self._window

    def _learning(self) -> Iterator[tuple[str, QWidget]]:
        """The stages of learning, as the processes behind the dialog tell them."""
        learn, dialog = self._controller.learn, self._controller.learn.dialog
        learn.show()
        yield "learning, empty", dialog
        dialog.show_recording(3.0, 0.4)
        yield "learning, recording", dialog
        dialog.show_recording(None)
        learn.set_recordings([self._chime])
        until(lambda: dialog.check_label.text().startswith("1.1 s"))
        yield "learning, waveform", dialog
        dialog.form.name.setText("../chime")
        yield "learning, no name", dialog
        dialog.form.name.setText("chime")
        dialog.set_busy(True)
        for share in (0.1, 0.2, 0.3):
            dialog.show_status(LearnStatus(share, "12 of 40 minutes", 1.0 - share, self._chime))
        self._settle()
        yield "learning, busy", dialog
        dialog.set_busy(False)
        dialog.show_verdict(LIKENESS, [self._chime, self._chime])
        self._settle()
        yield "learning, verdict", dialog
        faults = ("The recording is clipped at 12 places: record it softer", "It is noisy: 20 dB above its noise")
        dialog.set_check(RecordingCheck(12, 34.5, 3, faults))
        yield "learning, faults", dialog
        dialog.accept()

    def _play(self, name: str) -> None:
        from engine.preset import library

        path = library.find(name)
        self._controller.parameters.recall(Patch(path, {}, Chain()))
        until(lambda: self._controller.bridge.now.path == path and not self._controller.parameters.is_loading)

    @contextmanager
    def _sounding(self) -> Iterator[None]:
        for key in CHORD:
            self._controller.bridge.note_on(key, 0.8)
        self._settle()
        yield
        self._controller.bridge.panic()

    def _menu(self, menu: Any, owner: QWidget, name: str) -> Iterator[tuple[str, QWidget]]:
        menu.popup(owner.mapToGlobal(owner.rect().bottomLeft()))
        yield name, menu
        menu.close()

    def _settle(self) -> None:
        host = self._controller.engine.host
        last = host.frame + SETTLE_FRAMES
        until(lambda: host.frame > last)

    def _save(self, name: str, widget: QWidget) -> None:
        """Take a picture once the layout has settled, and print the faults."""
        QApplication.processEvents()
        self._settle()
        screen = QApplication.primaryScreen()
        assert screen is not None
        file = self._folder / f"{self._theme}-{name.replace(', ', '-').replace(' ', '-')}.png"
        screen.grabWindow(0).save(str(file))
        faults = self._find_faults(widget)
        if faults:  # perhaps it was laid out again just now, for another text
            self._settle()
            faults = [fault for fault in self._find_faults(widget) if fault in faults]
        print(json.dumps({"screen": name, "faults": faults}), flush=True)

    def _find_faults(self, widget: QWidget) -> list[str]:
        return find_faults(widget) + ([] if is_on_screen(widget) else ["it is not whole on the screen"])


def main() -> None:
    """Open the window, visit every screen and close it."""
    name, width, height, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    app = QApplication(["luthier"])
    theme.apply(app, name)
    controller = open_window(app, preferences.load())
    controller.window.setGeometry(0, 0, width, height)
    until(lambda: controller.bridge.now is not None and controller.bridge.status.state == "playing")
    until(lambda: controller.entry_files.entries)
    Walk(controller, folder, name).run()
    controller.window.close()
    sip.delete(controller.window)  # before the application that draws it
    os._exit(0)


if __name__ == "__main__":
    main()
