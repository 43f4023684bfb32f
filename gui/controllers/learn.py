"""The learn controller: runs the child processes behind the learn dialog."""

import contextlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QWidget

from engine.kinds import KINDS
from engine.preset import library
from engine.preset.preset_file import SUFFIX, PresetError
from gui import preferences
from gui.dialogs import name_and_file_prompts
from gui.dialogs.learn import LearnDialog
from gui.engine_translation import translate_message
from gui.preferences import Preferences
from gui.processes.check_recordings import RecordingChecker
from gui.processes.learn import MODES, LearnProcess, LearnStatus, LearnTask
from gui.trash import ReplacedFile, Trash
from session import patch_file


class LearnController(QObject):
    """Learning goes on while its dialog is closed."""

    notified = pyqtSignal(str, bool)
    learned = pyqtSignal(Path)
    progress = pyqtSignal(str)  # as text; empty when nothing is learned

    def __init__(self, window: QWidget, stored: Preferences) -> None:
        super().__init__()
        self._preferences = stored
        self._name, self._trash = "", Trash()
        self.process, self.checker = LearnProcess(), RecordingChecker(self)
        self.dialog = LearnDialog(window)
        self.dialog.start_requested.connect(self._start)
        self.dialog.stop_requested.connect(self._stop)
        self.dialog.recordings_chosen.connect(self.checker.start)
        self.dialog.name_changed.connect(self._show_resumable)
        self.checker.checked.connect(self.dialog.set_check)
        self.process.progressed.connect(self._show)
        self.process.learned.connect(self._finish)
        self.process.failed.connect(self._fail)

    def show(self) -> None:
        """Open the dialog."""
        self.dialog.show()
        self.dialog.raise_()

    def open(self, recordings: list[Path]) -> None:
        """Open the dialog with recordings to learn from."""
        self.set_recordings(recordings)
        self.show()

    def set_recordings(self, recordings: list[Path]) -> None:
        """Check these and learn from them next, unless something is being learned."""
        if not self.process.busy:
            self.dialog.set_recordings(recordings)
            self.checker.start(recordings)

    def offer_resume(self) -> None:
        """Offer to resume what was not finished before the last exit."""
        task = _task(self._preferences.learning)
        if task is not None and _can_resume(task.name):
            self.dialog.set_task(task)
            self._show_resumable(task.name)
            self.checker.start(list(task.recordings))
            words = self.tr("Learning {0} was not finished; it can go on (Ctrl+L)")
            self.notified.emit(words.format(task.name), False)

    def close(self) -> None:
        """Stop the processes; what is being learned can be resumed after the next start."""
        self.checker.close()
        self.process.abandon()

    def _start(self, task: LearnTask) -> None:
        """Learn; ask before what has the name already is replaced."""
        if self.process.busy:
            return
        try:
            taken = _taken_paths(task.name)
        except PresetError as error:
            self.notified.emit(translate_message(error), True)
            return
        if task.resume or not taken:
            self._begin(task)
            return
        free = patch_file.free_name(task.name)
        words = self.tr("There is an instrument called {0} already. If it is replaced, it goes to the bin.")
        name_and_file_prompts.ask_about_taken_name(
            self.dialog, self.tr("Learn an instrument"), words.format(task.name),
            lambda: self._replace(task, taken), lambda: self._begin(replace(task, name=free)),
        )  # fmt: skip

    def _replace(self, task: LearnTask, taken: list[Path]) -> None:
        """Learn in place of what has the name: the instrument is kept until its successor is there."""
        for path in taken:
            if path.suffix != SUFFIX and not self._trash.move(path):
                self.notified.emit(self.tr("{0} could not be moved to the bin").format(path.name), True)
                return
        self._begin(task)

    def _begin(self, task: LearnTask) -> None:
        if self.process.busy:
            return
        try:
            path = library.file_of_name(task.name)
            ReplacedFile(path, self._trash).keep()
        except (PresetError, OSError) as error:
            self.notified.emit(translate_message(error), True)
            return
        self._store({**asdict(task), "recordings": [str(path.absolute()) for path in task.recordings]})
        self._name = task.name
        self.dialog.set_busy(True)
        self.progress.emit(self.tr("Learning {0}…").format(task.name))
        self.process.start(task)

    def _stop(self) -> None:
        self.dialog.stop.setEnabled(False)
        self.dialog.show_message(self.tr("Keeping what is learned so far"))
        self.process.stop()

    def _show(self, now: LearnStatus) -> None:
        self.dialog.show_status(now)
        if now.share is not None:
            self.progress.emit(self.tr("Learning {0}: {1:.0f} %").format(self._name, 100 * now.share))

    def _finish(self, path: str, ending: str, result: dict[str, Any]) -> None:
        self._store({})
        ReplacedFile(Path(path), self._trash).finish()
        words, how = self.tr("Learned {0}").format(Path(path).stem), ending.partition(";")[0]
        words += f": {how}" if how not in ("", "done") else ""
        self._end(words)
        if isinstance(result.get("likeness"), dict):
            pair = [Path(each) for each in result.get("comparison", [])]
            self.dialog.show_verdict(result["likeness"], pair)
        self.notified.emit(words, False)
        self.learned.emit(Path(path))

    def _fail(self, why: str, cut: bool) -> None:
        if not cut:
            self._store({})
            with contextlib.suppress(PresetError, OSError):
                ReplacedFile(library.file_of_name(self._name), self._trash).discard()
        self._end(why)
        self.notified.emit(self.tr("Nothing was learned: {0}").format(why), True)

    def _end(self, words: str) -> None:
        self.dialog.set_busy(False)
        self._show_resumable(self._name)
        self.dialog.show_message(words)
        self.progress.emit("")

    def _show_resumable(self, name: str) -> None:
        self.dialog.set_resumable(_can_resume(name))

    def _store(self, learning: dict[str, Any]) -> None:
        """Save at once: the process may be killed."""
        self._preferences.learning = learning
        preferences.save(self._preferences)


def _can_resume(name: str) -> bool:
    """Whether there is an unfinished run of this name."""
    try:
        return library.file_of_name(name).with_suffix(library.LEARNING_SUFFIX).is_dir()
    except PresetError:
        return False


def _taken_paths(name: str) -> list[Path]:
    """What the user has under this name: instrument, patch, unfinished run. PresetError if it is no name."""
    path = library.file_of_name(name)
    suffixes = (SUFFIX, patch_file.PATCH_SUFFIX, library.LEARNING_SUFFIX)
    return [each for suffix in suffixes if (each := path.with_suffix(suffix)).exists()]


def _task(plain: dict[str, Any]) -> LearnTask | None:
    """The task from its JSON values; None where they are invalid or its recordings are gone."""
    paths, name, kind = plain.get("recordings"), plain.get("name"), plain.get("kind")
    taken, minutes = plain.get("taken"), plain.get("minutes")
    recordings = [Path(path) for path in paths if isinstance(path, str)] if isinstance(paths, list) else []
    known = isinstance(name, str) and kind in KINDS and taken in MODES and isinstance(minutes, int | float)
    if not known or not recordings or not all(path.is_file() for path in recordings):
        return None
    return LearnTask(recordings, str(name), str(kind), taken, float(minutes or 0))
