"""The dialogue of learning: from which recordings, what they are good for, which kind, how far it is."""

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from . import parts, theme
from .curve import Curve
from .hearing import Heard
from .learner import Moment, Task
from .spectrogram import Spectrograms

SOUNDS = (".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff")
MINUTES = {"resonance": 10.0, "ssm": 20.0, "ddsp": 60.0}  # what a kind is given, unless the player says otherwise
WORDS = 400  # pixels that a line of words has
NOTE = 25  # seconds that a note takes, about


class Learning(QDialog):
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
        self._heard: Heard | None = None
        self._busy = False
        self._suggested = ""  # the name that the recordings have
        self._files, self._verdict, self._words = (_words(quiet) for quiet in (False, False, True))
        self._name, self._kind, self._taken, self._minutes = QLineEdit(), QComboBox(), QComboBox(), QDoubleSpinBox()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress of learning"))
        self._curve, self._pictures = Curve(), Spectrograms()
        self.learn = parts.push(self.tr("Learn"), style="main")
        self.again = parts.push(self.tr("Go on"), tip=self.tr("Go on from where it was stopped"))
        self.keep = parts.push(self.tr("Stop and keep"))
        self.hear = parts.push(self.tr("▶ Recording"), tip=self.tr("Hear the recording"))
        self.compare = parts.push(self.tr("▶ Learned so far"), tip=self.tr("Hear how far it has come"))
        self.record = parts.push(self.tr("● Record"), tip=self.tr("Record from the microphone, or end it"))
        self._preview: Path | None = None
        self._fill()
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
        if self._name.text() in ("", self._suggested):  # what the player has written stays
            names = [path.stem for path in paths] if len(paths) < 2 else [paths[0].parent.name]
            self._suggested = names[0] if names else ""
            self._name.setText(self._suggested)
        self._show_state()

    def set_task(self, task: Task) -> None:
        """Offer what was begun before."""
        self.set_recordings(task.recordings)
        self._name.setText(task.name)
        for box, data in ((self._kind, task.kind), (self._taken, task.taken)):
            box.setCurrentIndex(max(box.findData(data), 0))
        if task.minutes:
            self._minutes.setValue(task.minutes)

    def set_heard(self, heard: Heard) -> None:
        """Say what the recordings are good for."""
        self._heard = heard
        found = [self._describe(heard)] if heard.usable else []
        self._verdict.setText("\n".join([*found, *(f"⚠ {fault}" for fault in heard.faults)]))
        self._verdict.setMinimumHeight(self._verdict.heightForWidth(WORDS))
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
        if busy:
            self._bar.setRange(0, 0)
            self._curve.clear()
            self._preview = None
            self.compare.setEnabled(False)
            self._pictures.clear()
            if len(self._recordings) == 1:
                self._pictures.set_target(self._recordings[0])
        elif self._bar.maximum() == 0:
            self._bar.setRange(0, 1000)
        self._show_state()
        if busy:
            self._words.setText(self.tr("Beginning: this takes some seconds"))

    def show_moment(self, now: Moment) -> None:
        """Show how far it is."""
        if now.share is not None:
            self._bar.setRange(0, 1000)
            self._bar.setValue(round(1000 * now.share))
        self._words.setText(now.words + (self.tr(" · loss {0:.3g}").format(now.loss) if now.loss is not None else ""))
        if now.loss is not None:
            self._curve.add(now.loss)
        if now.preview is not None:
            self._pictures.set_learned(now.preview)
            self._preview = now.preview
            self.compare.setEnabled(True)

    def say(self, words: str) -> None:
        """Say how it ended."""
        self._words.setText(words)

    def _describe(self, heard: Heard) -> str:
        if heard.count > 1:
            return self.tr("{0} recordings, {1:.0f} s: good to learn from").format(heard.count, heard.seconds)
        strokes = (
            self.tr("one stroke")
            if heard.strokes == 1
            else self.tr("{0} strokes", "", heard.strokes).format(heard.strokes)
        )
        return self.tr("{0:.1f} s, {1}: good to learn from").format(heard.seconds, strokes)

    def _plays_notes(self) -> bool:
        """Whether single notes are learned, as far as one can tell."""
        if self._kind.currentData() != "resonance":
            return False
        alone = len(self._recordings) > 1 or (self._heard is not None and self._heard.strokes == 1)
        return bool(self._taken.currentData() == "notes" or (self._taken.currentData() is None and alone))

    def _show_state(self) -> None:
        """What can be done now, and how long it would take."""
        ready = self._heard is not None and self._heard.usable and not self._busy and bool(self._name.text().strip())
        for button in (self.learn, self.again):
            button.setEnabled(ready)
        self.keep.setEnabled(self._busy)
        self.hear.setEnabled(bool(self._recordings))
        self._taken.setEnabled(self._kind.currentData() == "resonance")
        self._minutes.setEnabled(not self._plays_notes())
        if not self._busy:
            self._words.setText(self._estimate())

    def _estimate(self) -> str:
        if not self._recordings:
            return ""
        if self._plays_notes():
            seconds = NOTE * len(self._recordings)
            words = (
                self.tr("about half a minute") if seconds < 60 else self.tr("about {0:.0f} min").format(seconds / 60)
            )
            return self.tr("This takes {0}; the music goes on meanwhile.").format(words)
        words = self.tr("This takes {0:g} min, the longer the better; it can be stopped and kept at any time.")
        return words.format(self._minutes.value())

    def _choose_kind(self) -> None:
        self._minutes.setValue(MINUTES[self._kind.currentData()])
        self._show_state()

    def _choose(self) -> None:
        endings = " ".join(f"*{ending}" for ending in SOUNDS)
        chosen, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Recordings"), "", self.tr("Sound files ({0})").format(endings)
        )
        if chosen:
            self.set_recordings([Path(path) for path in chosen])
            self.chosen.emit(self._recordings)

    def _listen(self, path: Path | None) -> None:
        if path is not None and path.is_file():
            self.listened.emit(path)

    def _begin(self, resume: bool) -> None:
        minutes = 0.0 if self._plays_notes() else self._minutes.value()
        kind = self._kind.currentData()
        taken = self._taken.currentData() if kind == "resonance" else None
        self.begun.emit(Task(tuple(self._recordings), self._name.text().strip(), kind, taken, minutes, resume))

    def _fill(self) -> None:
        for words, kind in (
            (self.tr("Struck or plucked: what rings (resonances)"), "resonance"),
            (self.tr("Struck, with noise and body: a network (state space)"), "ssm"),
            (self.tr("Bowed, blown or sung: pitch and loudness (ddsp)"), "ddsp"),
        ):
            self._kind.addItem(words, kind)
        for words, taken in (
            (self.tr("as they sound"), None), (self.tr("as single notes"), "notes"), (self.tr("as a piece"), "piece"),
        ):  # fmt: skip
            self._taken.addItem(words, taken)
        self._minutes.setRange(0.1, 10_000)
        self._minutes.setDecimals(1)
        self._minutes.setSuffix(self.tr(" min"))
        self._minutes.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self._minutes.setValue(MINUTES["resonance"])

    def _connect(self) -> None:
        self.learn.clicked.connect(lambda: self._begin(False))
        self.again.clicked.connect(lambda: self._begin(True))
        self.keep.clicked.connect(self.stopped)
        self.compare.setEnabled(False)
        self.hear.clicked.connect(lambda: self._listen(self._recordings[0] if self._recordings else None))
        self.compare.clicked.connect(lambda: self._listen(self._preview))
        self._name.textChanged.connect(self.named)
        self._name.textChanged.connect(self._show_state)
        self._kind.currentIndexChanged.connect(self._choose_kind)
        self._taken.currentIndexChanged.connect(self._show_state)
        self._minutes.valueChanged.connect(self._show_state)

    def _lay_out(self) -> None:
        choose = parts.push(self.tr("Choose files…"))
        choose.clicked.connect(self._choose)
        sources = QHBoxLayout()
        sources.addWidget(choose)
        sources.addWidget(self.record)
        sources.addStretch(1)
        form = QFormLayout()
        form.setHorizontalSpacing(20)
        form.setVerticalSpacing(10)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for words, field in (
            (self.tr("Recordings"), self._files), ("", sources), (self.tr("What was heard"), self._verdict),
            (self.tr("Name"), self._name), (self.tr("Kind"), self._kind), (self.tr("Take them"), self._taken),
            (self.tr("How long"), self._minutes),
        ):  # fmt: skip
            if isinstance(field, QComboBox | QDoubleSpinBox):
                field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            if isinstance(field, QWidget):
                field.setAccessibleName(words or field.accessibleName())
            form.addRow(parts.label(words, quiet=True), field)
        buttons = QHBoxLayout()
        close = parts.push(self.tr("Close"))
        close.clicked.connect(self.accept)
        for button in (self.learn, self.again, self.keep, self.hear, self.compare):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(parts.label(self.tr("Learn an instrument"), theme.TITLE))
        column.addLayout(form)
        for each in (self._bar, self._curve, self._pictures, self._words):
            column.addWidget(each)
        column.addLayout(buttons)


def _words(quiet: bool) -> QLabel:
    found = parts.label(quiet=quiet)
    found.setWordWrap(True)
    found.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    return found
