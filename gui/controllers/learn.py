"""Where instruments are made: opens the dialogue of learning, and brings what was learned into the browser."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QWidget

from engine.preset import library
from engine.preset.preset_file import PresetError
from gui import preferences
from gui.dialogs.learn import Learning
from gui.preferences import Memory
from gui.processes.check_recordings import Hearing
from gui.processes.learn import KINDS, TAKEN, Learner, Moment, Task


class Workshop(QObject):
    """Learning goes on when its dialogue is closed, and is found there when it is opened again."""

    told = pyqtSignal(str, bool)
    made = pyqtSignal(Path)
    progress = pyqtSignal(str)  # what is learned and how far it is; nothing when nothing is

    def __init__(self, window: QWidget, remembered: Memory) -> None:
        super().__init__()
        self._memory = remembered
        self._name = ""
        self.learner, self.hearing = Learner(), Hearing(self)
        self.dialogue = Learning(window)
        self.dialogue.begun.connect(self._begin)
        self.dialogue.stopped.connect(self._stop)
        self.dialogue.chosen.connect(self.hearing.begin)
        self.dialogue.named.connect(self._look_for)
        self.hearing.heard.connect(self.dialogue.set_heard)
        self.learner.moved.connect(self._show)
        self.learner.learned.connect(self._finish)
        self.learner.failed.connect(self._fail)

    def show(self) -> None:
        """Open the dialogue."""
        self.dialogue.show()
        self.dialogue.raise_()

    def open(self, recordings: list[Path]) -> None:
        """Open the dialogue with recordings to learn from."""
        self.take(recordings)
        self.show()

    def take(self, recordings: list[Path]) -> None:
        """Learn from these, once they are judged, unless something is being learned."""
        if not self.learner.busy:
            self.dialogue.set_recordings(recordings)
            self.hearing.begin(recordings)

    def recall(self) -> None:
        """Offer to go on with what the last evening did not finish."""
        task = _task(self._memory.learning)
        if task is not None and _kept(task.name):
            self.dialogue.set_task(task)
            self._look_for(task.name)
            self.hearing.begin(list(task.recordings))
            words = self.tr("Learning {0} was not finished; it can go on (Ctrl+L)")
            self.told.emit(words.format(task.name), False)

    def close(self) -> None:
        """Leave the workshop; what is being learned can go on the next time."""
        self.hearing.close()
        self.learner.give_up()

    def _begin(self, task: Task) -> None:
        if self.learner.busy:
            return
        self._remember({**asdict(task), "recordings": [str(path.absolute()) for path in task.recordings]})
        self._name = task.name
        self.dialogue.set_busy(True)
        self.progress.emit(self.tr("Learning {0}…").format(task.name))
        self.learner.start(task)

    def _stop(self) -> None:
        self.dialogue.keep.setEnabled(False)
        self.dialogue.say(self.tr("Keeping what is learned so far"))
        self.learner.stop()

    def _show(self, now: Moment) -> None:
        self.dialogue.show_moment(now)
        if now.share is not None:
            self.progress.emit(self.tr("Learning {0}: {1:.0f} %").format(self._name, 100 * now.share))

    def _finish(self, path: str, ending: str) -> None:
        self._remember({})
        words, how = self.tr("Learned {0}").format(Path(path).stem), ending.partition(";")[0]
        words += f": {how}" if how not in ("", "done") else ""
        self._end(words)
        self.told.emit(words, False)
        self.made.emit(Path(path))

    def _fail(self, why: str, cut: bool) -> None:
        if not cut:
            self._remember({})
        self._end(why)
        self.told.emit(self.tr("Nothing was learned: {0}").format(why), True)

    def _end(self, words: str) -> None:
        self.dialogue.set_busy(False)
        self._look_for(self._name)
        self.dialogue.say(words)
        self.progress.emit("")

    def _look_for(self, name: str) -> None:
        self.dialogue.set_resumable(_kept(name))

    def _remember(self, learning: dict[str, Any]) -> None:
        """At once: who knows how this evening ends."""
        self._memory.learning = learning
        preferences.keep(self._memory)


def _kept(name: str) -> bool:
    """Whether something of this name was begun."""
    try:
        return library.destination(name.strip()).with_suffix(".learning").is_dir()
    except PresetError:
        return False


def _task(plain: dict[str, Any]) -> Task | None:
    """What was being learned, from plain values; None where they say nothing that can be learned."""
    named, name, kind = plain.get("recordings"), plain.get("name"), plain.get("kind")
    taken, minutes = plain.get("taken"), plain.get("minutes")
    recordings = [Path(path) for path in named if isinstance(path, str)] if isinstance(named, list) else []
    known = isinstance(name, str) and kind in KINDS and taken in TAKEN and isinstance(minutes, int | float)
    if not known or not recordings or not all(path.is_file() for path in recordings):
        return None
    return Task(recordings, str(name), str(kind), taken, float(minutes or 0))
