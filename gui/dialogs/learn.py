"""The learn dialog: recordings, the check of them, the settings of a run, and its progress."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QCoreApplication, pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut, QShowEvent
from PyQt6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.sound_file.suffixes import READABLE_SUFFIXES
from gui import theme
from gui.processes.check_recordings import RecordingCheck
from gui.processes.learn import LearnStatus, LearnTask
from gui.widgets import factory
from train.mapping.mapping_file import MAPPING_SUFFIXES, is_mapping

from . import name_and_file_prompts
from .content_dialog import ContentDialog
from .learn_form import LearnForm
from .learn_progress import LearnProgress
from .likeness_panel import COMPARE_KEY, LikenessPanel
from .recording_bench import RecordingBench


class LearnDialog(ContentDialog):
    """Can be closed while learning goes on."""

    start_requested = pyqtSignal(object)  # LearnTask
    stop_requested = pyqtSignal()
    recordings_chosen = pyqtSignal(list)  # of Path, to be checked
    name_changed = pyqtSignal(str)
    playback_requested = pyqtSignal(object)  # Path

    def __init__(self, parent: QWidget) -> None:
        super().__init__(QCoreApplication.translate("LearnDialog", "Learn an instrument"), parent)
        self.recordings: list[Path] = []
        self._check: RecordingCheck | None = None
        self._busy = False
        self._files_label, self.check_label = _text_label(), _text_label()
        self.form, self.progress = LearnForm(self), LearnProgress()
        self.bench, self.likeness = RecordingBench(), LikenessPanel()
        self.learn = factory.push_button(self.tr("Learn"), style="main")
        self.resume = factory.push_button(self.tr("Go on"), tip=self.tr("Go on from where it was stopped"))
        self.stop = factory.push_button(self.tr("Stop and keep"))
        self.play_recording = factory.push_button(self.tr("▶ Recording"), tip=self.tr("Hear the recording"))
        self.play_preview = factory.push_button(self.tr("▶ Learned so far"), tip=self.tr("Hear how far it has come"))
        self.record = factory.push_button(self.tr("● Record"), tip=self.tr("Record from the microphone, or end it"))
        self._lay_out()
        self._connect()
        self.set_recordings([])
        self.set_resumable(False)

    def set_recordings(self, paths: Sequence[Path]) -> None:
        """Set the recordings to learn from; `set_check` follows once they are checked."""
        self.recordings, self._check = list(paths), None
        self._files_label.setText(
            ", ".join(path.name for path in paths) or self.tr("none yet: record one, choose files, or drop them")
        )
        self.check_label.setText(self.tr("Listening…") if paths else "")
        self.form.set_recordings(paths)
        self.bench.set_outline([], 0.0)
        self._show_state()

    def set_task(self, task: LearnTask) -> None:
        """Show the settings of an unfinished run."""
        self.set_recordings(task.recordings)
        self.form.set_task(task)

    def set_check(self, check: RecordingCheck) -> None:
        """Show the result of the check of the recordings."""
        self._check = check
        self.form.set_recordings(self.recordings, check)
        self.bench.set_outline(check.outline, check.whole_seconds)
        summary = [self._describe(check)] if check.usable else []
        self.check_label.setText("\n".join([*summary, *(f"⚠ {fault}" for fault in check.faults)]))
        self._show_state()

    def show_recording(self, seconds: float | None, peak: float = 0.0) -> None:
        """Show the length of the recording in progress, and the peak of its last moment; None: none is."""
        self.bench.show_level(None if seconds is None else peak)
        if seconds is None:
            self.record.setText(self.tr("● Record"))
        else:
            self.record.setText(self.tr("■ {0:.0f} s").format(seconds))
            self.check_label.setText(self.tr("Recording: play one note, or sing, then press ■."))

    def set_resumable(self, resumable: bool) -> None:
        """Show whether there is an unfinished run of this name."""
        self.resume.setVisible(resumable)

    def set_busy(self, busy: bool) -> None:
        """Show whether a run is in progress."""
        self._busy = self.follows_end = busy
        self._show_state()
        if busy:
            self.progress.start(self.recordings)
            self.likeness.clear()
            self.play_preview.setEnabled(False)
        else:
            self.progress.stop()
            self.form.accept_name()

    def show_status(self, now: LearnStatus) -> None:
        """Show the progress of the run."""
        self.progress.show_status(now)
        self.play_preview.setEnabled(self.progress.preview is not None)

    def show_verdict(self, verdict: Mapping[str, Any], pair: Sequence[Path]) -> None:
        """Show how near the instrument comes to the recording; pair: sound files of both."""
        self.likeness.show_verdict(verdict, pair)
        self.area.show_bottom()

    def showEvent(self, event: QShowEvent | None) -> None:
        """Begin at the verdict where there is one: it may have come while the dialog was closed."""
        super().showEvent(event)
        if not self.likeness.isHidden():
            self.area.show_bottom()

    def show_message(self, text: str) -> None:
        """Show a text below the progress bar."""
        self.progress.label.setText(text)

    def _describe(self, check: RecordingCheck) -> str:
        if check.count > 1:
            return self.tr("{0} recordings, {1:.0f} s: good to learn from").format(check.count, check.seconds)
        strokes = (
            self.tr("one stroke")
            if check.onsets == 1
            else self.tr("{0} strokes", "", check.onsets).format(check.onsets)
        )
        return self.tr("{0:.1f} s, {1}: good to learn from").format(check.seconds, strokes)

    def _show_state(self) -> None:
        """Enable what can be done now, and show how long a run would take."""
        fault = self.form.name_fault
        ready = self._check is not None and self._check.usable and not self._busy and not fault
        for button in (self.learn, self.resume):
            button.setEnabled(ready)
        self.stop.setEnabled(self._busy)
        self.play_recording.setEnabled(bool(self.recordings) and not is_mapping(self.recordings[0]))
        self.form.show_state()
        if not self._busy:
            self.show_message(fault if self.form.name.text().strip() and fault else self.form.estimate)

    def choose_files(self) -> None:
        """Ask for recordings to learn from."""
        patterns = " ".join(f"*{suffix}" for suffix in (*READABLE_SUFFIXES, *MAPPING_SUFFIXES))
        kinds = self.tr("Sound files ({0})").format(patterns)
        name_and_file_prompts.ask_files(
            self, self.tr("Recordings"), name_and_file_prompts.RECORDINGS, kinds, self._use_files, several=True
        )

    def _use_files(self, recordings: list[Path]) -> None:
        self.set_recordings(recordings)
        self.recordings_chosen.emit(self.recordings)

    def _play(self, path: Path | None) -> None:
        if path is not None and path.is_file():
            self.playback_requested.emit(path)

    def _connect(self) -> None:
        self.learn.clicked.connect(lambda: self.start_requested.emit(self.form.task(False)))
        self.resume.clicked.connect(lambda: self.start_requested.emit(self.form.task(True)))
        self.stop.clicked.connect(self.stop_requested)
        self.play_preview.setEnabled(False)
        self.play_recording.clicked.connect(lambda: self._play(self.recordings[0] if self.recordings else None))
        self.play_preview.clicked.connect(lambda: self._play(self.progress.preview))
        self.form.name.textChanged.connect(self.name_changed)
        self.form.changed.connect(self._show_state)
        QShortcut(QKeySequence(COMPARE_KEY), self).activated.connect(self.likeness.play_other)

    def _lay_out(self) -> None:
        choose = factory.push_button(self.tr("Choose files…"))
        choose.clicked.connect(self.choose_files)
        sources = QHBoxLayout()
        sources.setSpacing(theme.GAP)
        sources.addWidget(choose)
        sources.addWidget(self.record)
        sources.addStretch(1)
        form = QFormLayout()
        form.setHorizontalSpacing(20)
        form.setVerticalSpacing(10)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form.addRow(factory.label(self.tr("Recordings"), secondary=True), self._files_label)
        form.addRow(factory.label(secondary=True), sources)
        form.addRow(self.bench)
        for text, field in ((self.tr("What was heard"), self.check_label), *self.form.rows):
            field.setAccessibleName(text)
            form.addRow(factory.label(text, secondary=True), field)
        buttons = QHBoxLayout()
        close = factory.push_button(self.tr("Close"))
        close.clicked.connect(self.accept)
        for button in (self.learn, self.resume, self.stop, self.play_recording, self.play_preview):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addLayout(form)
        column.addWidget(self.progress)
        column.addWidget(self.likeness)
        column.addStretch(1)
        self.set_content(column, buttons)


def _text_label() -> QLabel:
    label = factory.label()
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    return label
