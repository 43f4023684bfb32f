"""Where instruments are made: opens the dialogue of learning, and brings what was learned into the browser."""

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QWidget

from .learner import Learner, Moment, Task
from .learning import Learning


class Workshop(QObject):
    """Learning goes on when its dialogue is closed, and is found there when it is opened again."""

    told = pyqtSignal(str, bool)
    made = pyqtSignal(Path)

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self.learner = Learner()
        self.dialogue = Learning(window)
        self.dialogue.begun.connect(self._begin)
        self.dialogue.stopped.connect(self.learner.stop)
        self.learner.moved.connect(self._show)
        self.learner.learned.connect(self._finish)
        self.learner.failed.connect(self._fail)

    def show(self) -> None:
        """Open the dialogue."""
        self.dialogue.show()
        self.dialogue.raise_()

    def open(self, recordings: list[Path]) -> None:
        """Open the dialogue with recordings to learn from."""
        if not self.learner.busy:
            self.dialogue.set_recordings(recordings)
        self.show()

    def close(self) -> None:
        """Leave the workshop; what is being learned is given up."""
        self.learner.give_up()

    def _begin(self, task: Task) -> None:
        if not self.learner.busy:
            self.dialogue.set_busy(True)
            self.learner.start(task)

    def _show(self, now: Moment) -> None:
        self.dialogue.show_moment(now)

    def _finish(self, path: str, ending: str) -> None:
        words = self.tr("Learned {0}: {1}").format(Path(path).stem, ending)
        self.dialogue.set_busy(False)
        self.dialogue.say(words)
        self.told.emit(words, False)
        self.made.emit(Path(path))

    def _fail(self, why: str) -> None:
        self.dialogue.set_busy(False)
        self.dialogue.say(why)
        self.told.emit(self.tr("Nothing was learned: {0}").format(why), True)
