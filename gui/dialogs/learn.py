"""The dialogue of learning: from which recordings, what they are good for, which kind, how far it is."""

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui import theme
from gui.processes.check_recordings import RecordingCheck
from gui.processes.learn import LearnStatus, LearnTask
from gui.widgets import factory

from . import prompts
from .learn_form import LearnForm
from .learn_progress import LearnProgress

SOUND_SUFFIXES = (".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff")
TEXT_WIDTH = 400  # pixels that a line of words has


class LearnDialog(QDialog):
    """It may be closed while learning goes on."""

    begun = pyqtSignal(object)  # Task
    stopped = pyqtSignal()
    chosen = pyqtSignal(list)  # of Path: recordings to judge
    named = pyqtSignal(str)
    listened = pyqtSignal(object)  # Path

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Learn an instrument"))
        self.setMinimumWidth(600)
        self._recordings: list[Path] = []
        self._heard: RecordingCheck | None = None
        self._busy = False
        self._files, self._verdict = _words(), _words()
        self.plan, self.progress = LearnForm(self), LearnProgress()
        self.learn = factory.push_button(self.tr("Learn"), style="main")
        self.again = factory.push_button(self.tr("Go on"), tip=self.tr("Go on from where it was stopped"))
        self.keep = factory.push_button(self.tr("Stop and keep"))
        self.hear = factory.push_button(self.tr("▶ Recording"), tip=self.tr("Hear the recording"))
        self.compare = factory.push_button(self.tr("▶ Learned so far"), tip=self.tr("Hear how far it has come"))
        self.record = factory.push_button(self.tr("● Record"), tip=self.tr("Record from the microphone, or end it"))
        self._lay_out()
        self._connect()
        self.set_recordings([])
        self.set_resumable(False)

    def set_recordings(self, paths: Sequence[Path]) -> None:
        """Learn from these, once they are judged."""
        self._recordings, self._heard = list(paths), None
        self._files.setText(
            ", ".join(path.name for path in paths) or self.tr("none yet: record one, choose files, or drop them")
        )
        self._verdict.setText(self.tr("Listening…") if paths else "")
        self.plan.set_recordings(paths)
        self._show_state()

    def set_task(self, task: LearnTask) -> None:
        """Offer what was begun before."""
        self.set_recordings(task.recordings)
        self.plan.set_task(task)

    def set_heard(self, heard: RecordingCheck) -> None:
        """Say what the recordings are good for."""
        self._heard = heard
        self.plan.set_recordings(self._recordings, heard)
        found = [self._describe(heard)] if heard.usable else []
        self._verdict.setText("\n".join([*found, *(f"⚠ {fault}" for fault in heard.faults)]))
        self._verdict.setMinimumHeight(self._verdict.heightForWidth(TEXT_WIDTH))
        self.adjustSize()
        self._show_state()

    def show_recording(self, seconds: float | None) -> None:
        """Show how long it has been recorded; None: it is not."""
        if seconds is None:
            self.record.setText(self.tr("● Record"))
        else:
            self.record.setText(self.tr("■ {0:.0f} s").format(seconds))
            self._verdict.setText(self.tr("Recording: play one note, or sing, then press ■."))

    def set_resumable(self, resumable: bool) -> None:
        """Whether something of this name was begun, and can go on."""
        self.again.setVisible(resumable)

    def set_busy(self, busy: bool) -> None:
        """Show whether it learns."""
        self._busy = busy
        self._show_state()
        if busy:
            self.progress.begin(self._recordings)
            self.compare.setEnabled(False)
        else:
            self.progress.end()
            self.plan.forget()

    def show_moment(self, now: LearnStatus) -> None:
        """Show how far it is."""
        self.progress.show_moment(now)
        self.compare.setEnabled(self.progress.preview is not None)

    def say(self, words: str) -> None:
        """Say how it ended."""
        self.progress.words.setText(words)

    def _describe(self, heard: RecordingCheck) -> str:
        if heard.count > 1:
            return self.tr("{0} recordings, {1:.0f} s: good to learn from").format(heard.count, heard.seconds)
        strokes = (
            self.tr("one stroke")
            if heard.strokes == 1
            else self.tr("{0} strokes", "", heard.strokes).format(heard.strokes)
        )
        return self.tr("{0:.1f} s, {1}: good to learn from").format(heard.seconds, strokes)

    def _show_state(self) -> None:
        """What can be done now, and how long it would take."""
        named = bool(self.plan.name.text().strip())
        ready = self._heard is not None and self._heard.usable and not self._busy and named
        for button in (self.learn, self.again):
            button.setEnabled(ready)
        self.keep.setEnabled(self._busy)
        self.hear.setEnabled(bool(self._recordings))
        self.plan.show_state()
        if not self._busy:
            self.say(self.plan.estimate)

    def _choose(self) -> None:
        endings = " ".join(f"*{ending}" for ending in SOUND_SUFFIXES)
        kinds = self.tr("Sound files ({0})").format(endings)
        prompts.ask_files(self, self.tr("Recordings"), prompts.RECORDINGS, kinds, self._take, several=True)

    def _take(self, recordings: list[Path]) -> None:
        self.set_recordings(recordings)
        self.chosen.emit(self._recordings)

    def _listen(self, path: Path | None) -> None:
        if path is not None and path.is_file():
            self.listened.emit(path)

    def _connect(self) -> None:
        self.learn.clicked.connect(lambda: self.begun.emit(self.plan.task(False)))
        self.again.clicked.connect(lambda: self.begun.emit(self.plan.task(True)))
        self.keep.clicked.connect(self.stopped)
        self.compare.setEnabled(False)
        self.hear.clicked.connect(lambda: self._listen(self._recordings[0] if self._recordings else None))
        self.compare.clicked.connect(lambda: self._listen(self.progress.preview))
        self.plan.name.textChanged.connect(self.named)
        self.plan.changed.connect(self._show_state)

    def _lay_out(self) -> None:
        choose = factory.push_button(self.tr("Choose files…"))
        choose.clicked.connect(self._choose)
        sources = QHBoxLayout()
        sources.setSpacing(theme.GAP)
        sources.addWidget(choose)
        sources.addWidget(self.record)
        sources.addStretch(1)
        form = QFormLayout()
        form.setHorizontalSpacing(20)
        form.setVerticalSpacing(10)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow(factory.label(self.tr("Recordings"), quiet=True), self._files)
        form.addRow(factory.label(quiet=True), sources)
        for words, field in ((self.tr("What was heard"), self._verdict), *self.plan.rows):
            field.setAccessibleName(words)
            form.addRow(factory.label(words, quiet=True), field)
        buttons = QHBoxLayout()
        close = factory.push_button(self.tr("Close"))
        close.clicked.connect(self.accept)
        for button in (self.learn, self.again, self.keep, self.hear, self.compare):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(factory.label(self.tr("Learn an instrument"), theme.TITLE))
        column.addLayout(form)
        column.addWidget(self.progress)
        column.addLayout(buttons)


def _words() -> QLabel:
    found = factory.label()
    found.setWordWrap(True)
    found.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    return found
