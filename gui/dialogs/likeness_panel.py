"""The verdict on what was learned, and the recording against the instrument by one key."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from gui.widgets import factory

COMPARE_KEY = "F2"
RECORDING, INSTRUMENT = range(2)


class LikenessPanel(QWidget):
    """Hidden until an instrument was learned and compared with its recording."""

    compare_requested = pyqtSignal(list, int)  # paths of recording and instrument, and which of them is to be heard

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pair: list[Path] = []
        self._next = RECORDING
        self.label = factory.label(bold=True)
        self.label.setWordWrap(True)
        self._figures = factory.label(secondary=True)
        self._figures.setWordWrap(True)
        self.compare = factory.push_button(
            "", self.tr("Hear the recording or the instrument"),
            self.tr("Hear the recording and the instrument in turn, equally loud"),
        )  # fmt: skip
        self.compare.clicked.connect(self.play_other)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.label)
        column.addWidget(self._figures)
        column.addWidget(self.compare, 0, Qt.AlignmentFlag.AlignLeft)
        self.clear()

    def clear(self) -> None:
        """Hide, as before the first run."""
        self.pair = []
        self.hide()

    def show_verdict(self, plain: Mapping[str, Any], pair: Sequence[Path]) -> None:
        """Show a verdict by its JSON values; pair: sound files of the recording and the instrument, or none."""
        self.pair, self._next = list(pair), RECORDING
        words = str(plain.get("words", ""))
        self.label.setText(self._judgements().get(words, words))
        figures = self.tr("{0:.1f} dB from the recording; silence {1:.1f}, {2} {3:.1f}")
        numbers = [float(plain.get(name, 0.0)) for name in ("distance", "silence", "codec")]
        self._figures.setText(figures.format(numbers[0], numbers[1], plain.get("codec_name", ""), numbers[2]))
        self.compare.setVisible(bool(self.pair))
        self._show_next()
        self.show()

    def play_other(self) -> None:
        """Request the other one of the two."""
        if self.pair:
            self.compare_requested.emit(self.pair, self._next)
            self._next = INSTRUMENT if self._next == RECORDING else RECORDING
            self._show_next()

    def _show_next(self) -> None:
        words = self.tr("▶ Recording ({0})") if self._next == RECORDING else self.tr("▶ Instrument ({0})")
        self.compare.setText(words.format(COMPARE_KEY))

    def _judgements(self) -> dict[str, str]:
        """The judgements of the command, translated."""
        return {
            "hard to tell from the recording": self.tr("Hard to tell from the recording"),
            "very like the recording": self.tr("Very like the recording"),
            "like the recording": self.tr("Like the recording"),
            "recognizable, but not like the recording": self.tr("Recognizable, but not like the recording"),
            "not like the recording": self.tr("Not like the recording"),
        }
