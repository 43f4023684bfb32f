"""The dialogue of learning: from which recordings, under which name, how far it is."""

from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QPointF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from . import parts, theme
from .learner import Moment, Task

SOUNDS = (".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff")


class Learning(QDialog):
    """It may be closed while learning goes on."""

    begun = pyqtSignal(object)  # Task
    stopped = pyqtSignal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Learn an instrument"))
        self.setMinimumWidth(560)
        self._recordings: list[Path] = []
        self._files = parts.label(self.tr("none yet"), quiet=True)
        self._files.setWordWrap(True)
        self._name, self._taken = QLineEdit(), QComboBox()
        for words, taken in (
            (self.tr("as they sound"), None), (self.tr("as single notes"), "notes"), (self.tr("as a piece"), "piece"),
        ):  # fmt: skip
            self._taken.addItem(words, taken)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress of learning"))
        self._curve = Curve()
        self._words = parts.label(self.tr("A note takes about half a minute, a piece some minutes."), quiet=True)
        self._words.setWordWrap(True)
        self.learn = parts.push(self.tr("Learn"), style="main")
        self.keep = parts.push(self.tr("Stop and keep"))
        self._lay_out()
        self.set_busy(False)

    def set_recordings(self, paths: Sequence[Path]) -> None:
        """Learn from these."""
        self._recordings = list(paths)
        self._files.setText(", ".join(path.name for path in paths) or self.tr("none yet"))
        if paths and not self._name.text():
            self._name.setText(paths[0].stem if len(paths) == 1 else paths[0].parent.name)
        self.learn.setEnabled(bool(paths))

    def set_busy(self, busy: bool) -> None:
        """Show whether it learns."""
        self.learn.setEnabled(not busy and bool(self._recordings))
        self.keep.setEnabled(busy)
        if busy:
            self._bar.setRange(0, 0)
            self._words.setText(self.tr("Listening to the recording"))
            self._curve.clear()
        elif self._bar.maximum() == 0:
            self._bar.setRange(0, 1000)

    def show_moment(self, now: Moment) -> None:
        """Show how far it is."""
        if now.share is not None:
            self._bar.setRange(0, 1000)
            self._bar.setValue(round(1000 * now.share))
        self._words.setText(now.words + (f" · loss {now.loss:.0f}" if now.loss is not None else ""))
        if now.loss is not None:
            self._curve.add(now.loss)

    def say(self, words: str) -> None:
        """Say how it ended."""
        self._words.setText(words)

    def _choose(self) -> None:
        endings = " ".join(f"*{ending}" for ending in SOUNDS)
        chosen, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Recordings"), "", self.tr("Sound files ({0})").format(endings)
        )
        if chosen:
            self.set_recordings([Path(path) for path in chosen])

    def _begin(self) -> None:
        name = self._name.text().strip()
        if name and self._recordings:
            self.begun.emit(Task(tuple(self._recordings), name, taken=self._taken.currentData()))

    def _lay_out(self) -> None:
        choose = parts.push(self.tr("Choose recordings…"))
        choose.clicked.connect(self._choose)
        self.learn.clicked.connect(self._begin)
        self.keep.clicked.connect(self.stopped)
        form = QFormLayout()
        form.setHorizontalSpacing(20)
        form.setVerticalSpacing(10)
        for words, field in (
            (self.tr("Recordings"), self._files), ("", choose), (self.tr("Name"), self._name),
            (self.tr("Take them"), self._taken),
        ):  # fmt: skip
            field.setAccessibleName(words or field.accessibleName())
            form.addRow(parts.label(words, quiet=True), field)
        buttons = QHBoxLayout()
        close = parts.push(self.tr("Close"))
        close.clicked.connect(self.accept)
        for button in (self.learn, self.keep):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(parts.label(self.tr("Learn an instrument"), theme.TITLE))
        column.addLayout(form)
        column.addWidget(self._bar)
        column.addWidget(self._curve)
        column.addWidget(self._words)
        column.addLayout(buttons)


class Curve(QWidget):
    """The loss so far; nothing until there is one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._losses: list[float] = []
        self.setAccessibleName(self.tr("Loss"))
        self.hide()

    def clear(self) -> None:
        """Begin anew."""
        self._losses.clear()
        self.hide()

    def add(self, loss: float) -> None:
        """Draw one more."""
        self._losses.append(loss)
        self.setVisible(len(self._losses) > 1)
        self.update()

    def sizeHint(self) -> QSize:
        """Low."""
        return QSize(480, 90)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """A line from the first to the last, as high as it goes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high = min(self._losses), max(self._losses)
        points = [
            QPointF(
                i * self.width() / max(len(self._losses) - 1, 1),
                4 + (self.height() - 8) * (1 - (loss - low) / max(high - low, 1e-9)),
            )
            for i, loss in enumerate(self._losses)
        ]
        painter.setPen(QPen(theme.colour(theme.ACCENT), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline(QPolygonF(points))
