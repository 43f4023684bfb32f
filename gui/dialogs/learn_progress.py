"""Progress of a run of learning: bar, loss curve, spectrograms and a text."""

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtWidgets import QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from gui.processes.learn import LearnStatus
from gui.widgets import factory
from gui.widgets.loss_curve import LossCurve
from gui.widgets.spectrogram_comparison import SpectrogramComparison


class LearnProgress(QWidget):
    """Shows only a text until a run starts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preview: Path | None = None  # sound file of what is learned so far
        self.label = factory.label(secondary=True)
        self.label.setWordWrap(True)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress of learning"))
        self.curve, self._spectrograms = LossCurve(), SpectrogramComparison()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (self._bar, self.curve, self._spectrograms, self.label):
            column.addWidget(widget)

    def start(self, recordings: Sequence[Path]) -> None:
        """Clear everything for a new run."""
        self._bar.setRange(0, 0)
        self.curve.clear()
        self.preview = None
        self._spectrograms.clear()
        if len(recordings) == 1:
            self._spectrograms.set_target(recordings[0])
        self.label.setText(self.tr("Beginning: this takes some seconds"))

    def stop(self) -> None:
        """Stop the animation of the bar."""
        if self._bar.maximum() == 0:
            self._bar.setRange(0, 1000)

    def show_status(self, now: LearnStatus) -> None:
        """Show the status of the run."""
        if now.share is not None:
            self._bar.setRange(0, 1000)
            self._bar.setValue(round(1000 * now.share))
        loss = self.tr(" · loss {0:.3g}").format(now.loss) if now.loss is not None else ""
        self.label.setText(now.text + loss)
        if now.loss is not None:
            self.curve.add(now.loss)
        if now.preview is not None:
            self._spectrograms.set_learned(now.preview)
            self.preview = now.preview
