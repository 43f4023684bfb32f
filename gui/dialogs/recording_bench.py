"""The bench for a recording before it is learned from: its level while it is made, then trim and normalization."""

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.widgets import factory
from gui.widgets.input_meter import InputMeter
from gui.widgets.waveform import Waveform

NORMAL_PEAK = 10 ** (-1 / 20)  # to which a recording is normalized, relative to full scale
MAX_PEAK_ERROR = 0.02  # of what counts as normalized


class RecordingBench(QWidget):
    """Hidden until something is recorded or chosen; every edit makes another file."""

    edit_requested = pyqtSignal(float, float, bool)  # start and end in seconds, and whether it is normalized

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.meter, self.waveform = InputMeter(), Waveform()
        self.trim = factory.push_button(
            self.tr("Keep this part"),
            tip=self.tr("Write the part between the handles to a file, and learn from that"),
        )
        self.normalize = factory.push_button(
            self.tr("Normalize"), tip=self.tr("Write it to a file whose peak is at −1 dB, and learn from that")
        )
        self.trim.clicked.connect(lambda: self._request(False))
        self.normalize.clicked.connect(lambda: self._request(True))
        self.waveform.part_changed.connect(self._show_state)
        self._peak = 0.0
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP)
        for button in (self.trim, self.normalize):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.meter)
        column.addWidget(self.waveform)
        column.addLayout(buttons)
        self.set_outline([], 0.0)
        self.show_level(None)

    def show_level(self, peak: float | None) -> None:
        """Show the level of the recording in progress, as a peak; None: none is."""
        if peak is None:
            self.meter.hide()
            self.meter.clear()
        else:
            self.meter.show()
            self.meter.set_peak(peak)
            self.set_outline([], 0.0)
        self._show_state()

    def set_outline(self, outline: Sequence[float], seconds: float) -> None:
        """Show the only recording, by the peaks of equal stretches of it; none: there is nothing to edit."""
        self._peak = float(max(outline, default=0.0))
        self.waveform.set_outline(outline, seconds)
        for widget in (self.waveform, self.trim, self.normalize):
            widget.setVisible(bool(outline))
        self._show_state()

    def _request(self, normalized: bool) -> None:
        self.edit_requested.emit(self.waveform.start, self.waveform.end, normalized)

    def _show_state(self) -> None:
        self.trim.setEnabled(not self.waveform.is_whole)
        self.normalize.setEnabled(self._peak > 0 and abs(self._peak - NORMAL_PEAK) > MAX_PEAK_ERROR)
        self.setVisible(not self.meter.isHidden() or not self.waveform.isHidden())
