"""What shall be learned: under which name, as which kind, how long it may take."""

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QSizePolicy, QWidget

from engine.kinds import KINDS, InstrumentKind
from gui import terms
from gui.processes.check_recordings import RecordingCheck
from gui.processes.learn import LearnTask

SECONDS_PER_NOTE = 25  # seconds that a note takes, about


class LearnForm(QObject):
    """The rows of a form, which its owner lays out."""

    changed = pyqtSignal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.name, self.kind, self.taken, self.minutes = QLineEdit(), QComboBox(), QComboBox(), QDoubleSpinBox()
        self._recordings: list[Path] = []
        self._heard: RecordingCheck | None = None
        self._suggested = ""  # the name that the recordings have
        self._fill()
        self.name.textChanged.connect(self.changed)
        self.kind.currentIndexChanged.connect(self._choose_kind)
        self.taken.currentIndexChanged.connect(self.changed)
        self.minutes.valueChanged.connect(self.changed)

    @property
    def rows(self) -> list[tuple[str, QWidget]]:
        """What is asked, and where it is answered."""
        return [
            (self.tr("Name"), self.name), (self.tr("Kind"), self.kind), (self.tr("Take them"), self.taken),
            (self.tr("How long"), self.minutes),
        ]  # fmt: skip

    @property
    def plays_notes(self) -> bool:
        """Whether single notes are learned, as far as one can tell."""
        if not self._kind.learns_notes:
            return False
        alone = len(self._recordings) > 1 or (self._heard is not None and self._heard.strokes == 1)
        return bool(self.taken.currentData() == "notes" or (self.taken.currentData() is None and alone))

    @property
    def estimate(self) -> str:
        """How long it would take, in words."""
        if not self._recordings:
            return ""
        if self.plays_notes:
            seconds = SECONDS_PER_NOTE * len(self._recordings)
            words = (
                self.tr("about half a minute") if seconds < 60 else self.tr("about {0:.0f} min").format(seconds / 60)
            )
            return self.tr("This takes {0}; the music goes on meanwhile.").format(words)
        words = self.tr("This takes {0:g} min, the longer the better; it can be stopped and kept at any time.")
        return words.format(self.minutes.value())

    def set_recordings(self, paths: Sequence[Path], heard: RecordingCheck | None = None) -> None:
        """Learn from these, and what is known about them; a name that the player has written stays."""
        self._recordings, self._heard = list(paths), heard
        if self.name.text() in ("", self._suggested):
            names = [path.stem for path in paths] if len(paths) < 2 else [paths[0].parent.name]
            self._suggested = names[0] if names else ""
            self.name.setText(self._suggested)

    def forget(self) -> None:
        """It is done: other recordings bring a name of their own."""
        self._suggested = self.name.text()

    def set_task(self, task: LearnTask) -> None:
        """Plan what was begun before."""
        self.name.setText(task.name)
        for box, data in ((self.kind, task.kind), (self.taken, task.taken)):
            box.setCurrentIndex(max(box.findData(data), 0))
        if task.minutes:
            self.minutes.setValue(task.minutes)

    def task(self, resume: bool) -> LearnTask:
        """What is to be done; resume: where it was left."""
        minutes = 0.0 if self.plays_notes else self.minutes.value()
        kind = self.kind.currentData()
        taken = self.taken.currentData() if self._kind.learns_notes else None
        return LearnTask(tuple(self._recordings), self.name.text().strip(), kind, taken, minutes, resume)

    def show_state(self) -> None:
        """Only what makes a difference can be chosen."""
        self.taken.setEnabled(self._kind.learns_notes)
        self.minutes.setEnabled(not self.plays_notes)

    @property
    def _kind(self) -> InstrumentKind:
        return KINDS[self.kind.currentData()]

    def _choose_kind(self) -> None:
        self.minutes.setValue(self._kind.learn_minutes)
        self.changed.emit()

    def _fill(self) -> None:
        for kind in sorted(KINDS.values(), key=lambda kind: kind.learn_minutes):
            if kind.learn_label:
                self.kind.addItem(terms.said(kind.learn_label), kind.name)
        for words, taken in (
            (self.tr("as they sound"), None), (self.tr("as single notes"), "notes"), (self.tr("as a piece"), "piece"),
        ):  # fmt: skip
            self.taken.addItem(words, taken)
        self.minutes.setRange(0.1, 10_000)
        self.minutes.setDecimals(1)
        self.minutes.setSuffix(self.tr(" min"))
        self.minutes.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.minutes.setValue(self._kind.learn_minutes)
        for field in (self.kind, self.taken, self.minutes):
            field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
