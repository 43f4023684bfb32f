"""The child process of benchmarks.window.kills: the window program, used at random until it is killed.

    python -m benchmarks.window.kill_child MOMENT FOLDER SEED    to be killed, at a moment of MOMENTS
    python -m benchmarks.window.kill_child restored FOLDER 0     the next start: prints what was restored, and ends

FOLDER takes a log of what was done, a JSON object a line with the seconds of the monotonic clock: the session after
every step, files saved, recordings begun.
"""

import hashlib
import json
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from .close_moments import until, write_chime

LOG, RESTORED = "log.jsonl", "restored"
STEP_MS = 150  # between two steps of a user
INSTRUMENTS = ("guitar", "gong", "banjo", "vibraphone", "cowbell")
LEARNED = "bell"  # name of an instrument that is there before, and is being replaced by learning


class RandomUse:
    """Steps of a user, each chosen at random and logged."""

    def __init__(self, controller: Any, folder: Path, seed: int) -> None:
        from PyQt6.QtCore import QTimer

        self._controller, self._random, self._count = controller, random.Random(seed), 0
        self._log = os.open(folder / LOG, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o666)
        self._steps: list[Callable[[], object]] = [
            *[self._turn] * 8, self._choose, self._add_effect, self._remove_effect, self._save_patch, self._rename,
        ]  # fmt: skip
        self._save = controller.session_restore.save
        controller.session_restore.save = self._save_session  # what is kept is logged, whatever changed since a step
        self._timer = QTimer(controller)
        self._timer.timeout.connect(self._step)
        self._timer.start(STEP_MS)

    def log(self, **values: Any) -> None:
        """Append a line, which stays when the process is killed."""
        line = json.dumps({"time": time.monotonic(), **values})
        os.write(self._log, f"{line}\n".encode())

    def _step(self) -> None:
        """Take one step, and log the session before and after it; while an instrument is loaded only log it."""
        self._log_session()
        if not self._controller.parameters.is_loading:
            self._random.choice(self._steps)()
            self._log_session()

    def _save_session(self) -> None:
        self._log_session()
        self._save()

    def _log_session(self) -> None:
        self.log(session=asdict(self._controller.session_restore.current()))

    def _turn(self) -> None:
        parameters = self._controller.parameters
        if parameters.names:
            name = self._random.choice(parameters.names)
            parameters.set_value(name, self._random.uniform(*parameters.range(name)))

    def _choose(self) -> None:
        from engine.preset import library

        self._controller.parameters.choose(library.find(self._random.choice(INSTRUMENTS)))

    def _add_effect(self) -> None:
        chain = self._controller.parameters.chain
        self._controller.parameters.set_chain("", chain.with_effect(self._random.choice(("tone", "chorus"))))

    def _remove_effect(self) -> None:
        chain = self._controller.parameters.chain
        self._controller.parameters.set_chain("", chain.without(self._random.choice(("tone", "chorus"))))

    def _save_patch(self) -> None:
        from session import patch_file

        self._count += 1
        name, patch = f"patch {self._count}", self._controller.parameters.patch
        self._controller.entry_files.write_patch(name, self._controller.bridge.now, patch.values)
        self.log(saved=name, digest=_digest(patch_file.all_patches()[name]))

    def _rename(self) -> None:
        from session import patch_file

        mine = [entry for entry in self._controller.entry_files.entries if entry.path.suffix == ".json"]
        mine = [entry for entry in mine if entry.path.is_file()]
        if mine:
            entry, self._count = self._random.choice(mine), self._count + 1
            name = f"name {self._count}"
            self.log(renaming=entry.path.stem, to=name)  # it may be killed before that is done, or told
            self._controller.entry_files.rename(entry, name)
            self.log(renamed=entry.path.stem, saved=name, digest=_digest(patch_file.all_patches()[name]))


def main() -> None:
    """Start the program, and use it once its window is open."""
    from cli import main as cli_main
    from gui import app

    moment, folder, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    original = app.open_window

    def open_window(*arguments: Any) -> Any:
        from PyQt6.QtCore import QTimer

        controller = original(*arguments)
        use = partial(_use, controller, moment, folder, seed)
        QTimer.singleShot(0, partial(_print_restored, controller) if moment == RESTORED else use)
        return controller

    app.open_window = open_window
    sys.exit(cli_main.main([]))


def _use(controller: Any, moment: str, folder: Path, seed: int) -> None:
    """Bring the window to a moment, and use it from then on."""
    until(lambda: controller.bridge.now is not None and controller.entry_files.entries)
    until(lambda: controller.bridge.status.state == "playing")
    controller.use = RandomUse(controller, folder, seed)
    MOMENTS[moment](controller, folder)
    os.write(1, b"ready\n")


def _record(controller: Any, folder: Path) -> None:
    controller.recording.toggle()
    until(lambda: controller.recording.recording)
    controller.use.log(recording=str(controller.recording._recorder.path))
    for key in (52, 59, 64):
        controller.bridge.note_on(key, 0.9)


def _learn(controller: Any, folder: Path) -> None:
    """Learn a piece in place of an instrument, until there is a checkpoint."""
    from PyQt6.QtWidgets import QMessageBox

    from engine.preset import library

    dialog, mine = controller.learn.dialog, library.file_of_name(LEARNED)
    controller.use.log(kept=mine.name, digest=_digest(mine))
    controller.opener.open([write_chime(folder)])
    dialog.form.name.setText(LEARNED)
    dialog.form.mode.setCurrentIndex(2)  # as a piece
    until(dialog.learn.isEnabled)
    dialog.learn.click()
    until(lambda: controller.window.findChildren(QMessageBox))
    question = controller.window.findChildren(QMessageBox)[0]
    next(button for button in question.buttons() if "Replace" in button.text()).click()
    until(lambda: any(mine.with_suffix(library.LEARNING_SUFFIX).glob("checkpoint*")))


MOMENTS: dict[str, Callable[[Any, Path], None]] = {
    "editing": lambda controller, folder: None,
    "recording": _record,
    "learning": _learn,
}


def _print_restored(controller: Any) -> None:
    """Print the session once the window plays it, and close the window."""
    until(lambda: controller.bridge.now is not None and not controller.parameters.is_loading)
    until(lambda: controller.entry_files.entries)
    resumable = controller.learn.dialog.resume.isVisibleTo(controller.learn.dialog)
    found = {"session": asdict(controller.session_restore.current()), "notice": controller.window.notice.text}
    os.write(1, (json.dumps({**found, "resumable": resumable}) + "\n").encode())
    controller.window.close()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
