"""Settings of a run of learning: name, kind, mode and duration."""

import os
from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QComboBox, QDoubleSpinBox, QLineEdit, QSizePolicy, QWidget

from engine.kinds import KINDS, InstrumentKind
from engine.preset import library
from engine.preset.instrument_name import InvalidName, check_name
from gui import engine_translation
from gui.processes.check_recordings import RecordingCheck
from gui.processes.learn import LearnTask
from train.mapping.mapping_file import is_mapping

SECONDS_PER_NOTE = 25  # of learning, about


class LearnForm(QObject):
    """The fields of the form; the dialog lays them out."""

    changed = pyqtSignal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.name, self.kind, self.mode, self.minutes = QLineEdit(), QComboBox(), QComboBox(), QDoubleSpinBox()
        self._recordings: list[Path] = []
        self._check: RecordingCheck | None = None
        self._suggested = ""  # the name taken from the recordings
        self._fill()
        self.name.textChanged.connect(self.changed)
        self.kind.currentIndexChanged.connect(self._change_kind)
        self.mode.currentIndexChanged.connect(self.changed)
        self.minutes.valueChanged.connect(self.changed)

    @property
    def rows(self) -> list[tuple[str, QWidget]]:
        """Labels and fields."""
        return [
            (self.tr("Name"), self.name), (self.tr("Kind"), self.kind), (self.tr("Take them"), self.mode),
            (self.tr("How long"), self.minutes),
        ]  # fmt: skip

    @property
    def name_fault(self) -> str:
        """Why the name is none, as text; empty if it is one."""
        try:
            self._checked_name()
        except InvalidName as error:
            return engine_translation.translate_message(error)
        return ""

    @property
    def learns_notes(self) -> bool:
        """Whether single notes are learned, as far as is known before the start."""
        if not self._kind.learns_notes:
            return False
        if self._are_only_notes:
            return True
        single_note = self._check is not None and self._check.onsets == 1
        return bool(self.mode.currentData() == "notes" or (self.mode.currentData() is None and single_note))

    @property
    def _are_only_notes(self) -> bool:
        """Whether the recordings cannot be taken as a piece: several, or those of a mapping."""
        return self._count > 1 or any(map(is_mapping, self._recordings))

    @property
    def _count(self) -> int:
        """Number of recordings, those of a mapping too once it is checked."""
        return max(len(self._recordings), self._check.count if self._check else 0)

    @property
    def estimate(self) -> str:
        """How long a run would take, as text."""
        if not self._recordings:
            return ""
        if self.learns_notes:
            seconds = SECONDS_PER_NOTE * self._count
            duration = (
                self.tr("about half a minute") if seconds < 60 else self.tr("about {0:.0f} min").format(seconds / 60)
            )
            return self.tr("This takes {0}; the music goes on meanwhile.").format(duration)
        text = self.tr("This takes {0:g} min, the longer the better; it can be stopped and kept at any time.")
        return text.format(self.minutes.value())

    def set_recordings(self, paths: Sequence[Path], check: RecordingCheck | None = None) -> None:
        """Set the recordings and the check of them; a name that the user has typed stays."""
        self._recordings, self._check = list(paths), check
        if self.name.text() in ("", self._suggested):
            names = [path.stem for path in paths] if len(paths) < 2 else [_shared_folder(paths).name]
            self._suggested = names[0] if names else ""
            self.name.setText(self._suggested)
        if self._are_only_notes and self.mode.currentData() == "piece":
            self.mode.setCurrentIndex(0)

    def accept_name(self) -> None:
        """Let the next recordings suggest another name, as after a finished run."""
        self._suggested = self.name.text()

    def set_task(self, task: LearnTask) -> None:
        """Show the settings of an unfinished run."""
        self.name.setText(task.name)
        for box, data in ((self.kind, task.kind), (self.mode, task.taken)):
            box.setCurrentIndex(max(box.findData(data), 0))
        if task.minutes:
            self.minutes.setValue(task.minutes)

    def task(self, resume: bool) -> LearnTask:
        """The task with these settings; resume: continue an unfinished run."""
        minutes = 0.0 if self.learns_notes else self.minutes.value()
        kind = self.kind.currentData()
        mode = self.mode.currentData() if self._kind.learns_notes and not self._are_only_notes else None
        return LearnTask(tuple(self._recordings), self._checked_name(), kind, mode, minutes, resume)

    def show_state(self) -> None:
        """Enable the fields that make a difference."""
        self.mode.setEnabled(self._kind.learns_notes and not self._are_only_notes)
        self.minutes.setEnabled(not self.learns_notes)

    def _checked_name(self) -> str:
        """The name. InvalidName."""
        return check_name(self.name.text(), library.user_folder(), file_suffixes=(library.LEARNING_SUFFIX,))

    @property
    def _kind(self) -> InstrumentKind:
        return KINDS[self.kind.currentData()]

    def _change_kind(self) -> None:
        self.minutes.setValue(self._kind.learn_minutes)
        self.changed.emit()

    def _fill(self) -> None:
        for kind in sorted(KINDS.values(), key=lambda kind: kind.learn_minutes):
            if kind.learn_label:
                self.kind.addItem(engine_translation.translate_term(kind.learn_label), kind.name)
        for text, mode in (
            (self.tr("as they sound"), None), (self.tr("as single notes"), "notes"), (self.tr("as a piece"), "piece"),
        ):  # fmt: skip
            self.mode.addItem(text, mode)
        self.minutes.setRange(0.1, 10_000)
        self.minutes.setDecimals(1)
        self.minutes.setSuffix(self.tr(" min"))
        self.minutes.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.minutes.setValue(self._kind.learn_minutes)
        for field in (self.kind, self.mode, self.minutes):
            field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)


def _shared_folder(paths: Sequence[Path]) -> Path:
    """The folder that all files are in, or in folders of it."""
    return Path(os.path.commonpath([path.absolute().parent for path in paths]))
