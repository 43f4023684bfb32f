"""How far learning is: a bar, the loss, the recording beside what is learned so far, and words."""

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtWidgets import QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from gui.processes.learn import LearnStatus
from gui.widgets import factory
from gui.widgets.loss_curve import LossCurve
from gui.widgets.spectrogram import SpectrogramPair


class LearnProgress(QWidget):
    """Empty until something is learned."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preview: Path | None = None  # how what is learned sounds so far
        self.words = factory.label(quiet=True)
        self.words.setWordWrap(True)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress of learning"))
        self.curve, self._pictures = LossCurve(), SpectrogramPair()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for each in (self._bar, self.curve, self._pictures, self.words):
            column.addWidget(each)

    def begin(self, recordings: Sequence[Path]) -> None:
        """Nothing is learned yet."""
        self._bar.setRange(0, 0)
        self.curve.clear()
        self.preview = None
        self._pictures.clear()
        if len(recordings) == 1:
            self._pictures.set_target(recordings[0])
        self.words.setText(self.tr("Beginning: this takes some seconds"))

    def end(self) -> None:
        """Nothing is being learned any more."""
        if self._bar.maximum() == 0:
            self._bar.setRange(0, 1000)

    def show_moment(self, now: LearnStatus) -> None:
        """Show how far it is."""
        if now.share is not None:
            self._bar.setRange(0, 1000)
            self._bar.setValue(round(1000 * now.share))
        loss = self.tr(" · loss {0:.3g}").format(now.loss) if now.loss is not None else ""
        self.words.setText(now.words + loss)
        if now.loss is not None:
            self.curve.add(now.loss)
        if now.preview is not None:
            self._pictures.set_learned(now.preview)
            self.preview = now.preview
