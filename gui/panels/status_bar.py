"""The line at the foot of the window: where the sound goes, how late it is, and whether all is well."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui import theme
from gui.widgets import factory
from session.status import Status

HIGH_LOAD = 0.8  # of a block's time: from there on the worst load is marked
BLINK_POLLS = 6  # looks that the MIDI lamp stays on


class StatusBar(QWidget):
    """Click the device to choose another one, the under-runs to count anew, panic to silence everything."""

    devices = pyqtSignal()
    reset = pyqtSignal()
    panic = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._blink = 0
        self._device = factory.push_button("", self.tr("Audio and MIDI devices"), style="flat")
        self._format, self._latency, self._voices, self._midi = (QLabel() for _ in range(4))
        self._load = factory.push_button("", self.tr("Worst block load and under-runs"), style="flat")
        self._panic = factory.push_button(self.tr("Panic"), tip=self.tr("Silence everything now (Esc)"))
        self._device.clicked.connect(self.devices)
        self._load.clicked.connect(self.reset)
        self._panic.clicked.connect(self.panic)
        for label, name in (
            (self._format, self.tr("Rate and block")), (self._latency, self.tr("Latency from key to speaker")),
            (self._voices, self.tr("Voices")), (self._midi, self.tr("MIDI keyboards")),
        ):  # fmt: skip
            label.setToolTip(name)
            label.setAccessibleName(name)
            label.setObjectName("quiet")
        self._lay_out()

    def show_reading(self, now: Status) -> None:
        """Show how it is."""
        if now.state != "playing" or not now.device:
            self._device.setText("⚠ " + self.tr("No audio device"))
            self._device.setToolTip(now.problem or self.tr("Waiting for an audio device"))
            for label in (self._format, self._latency, self._voices):
                label.setText("")
        else:
            self._device.setText(f"● {now.device}")
            manner = "" if now.realtime else self.tr("; not realtime: it may stutter under load")
            self._device.setToolTip(self.tr("{0} as {1}{2}").format(now.backend, now.name, manner))
            self._format.setText(f"{now.rate / 1000:g} kHz · {now.block}")
            self._latency.setText(f"{1000 * now.latency:.1f} ms")
            words = (
                self.tr("1 voice") if now.voices == 1 else self.tr("{0} voices", "", now.voices).format(now.voices)
            )
            self._voices.setText(words)
        heavy = "⚠ " if now.worst > HIGH_LOAD or now.underruns else ""
        self._load.setText(heavy + self.tr("worst block {0:.0%} · under-runs {1}").format(now.worst, now.underruns))
        tip = self.tr("Worst block load and under-runs since the last reset; click to reset")
        lost = self.tr("Lost notes and movements of knobs: {0}").format(now.lost)
        self._load.setToolTip(f"{tip}\n{lost}")
        self._load.setAccessibleDescription(f"{self._load.text()} · {lost}")
        names = ", ".join(name.split(":")[0] for name in now.ports) or self.tr("no keyboard")
        self._names = f"MIDI {names}"
        self._midi.setToolTip(now.midi_problem or ", ".join(now.ports) or self.tr("No MIDI keyboard is connected"))
        self._show_midi()

    def blink(self, heard: bool) -> None:
        """Show that MIDI comes in; to be called with every look."""
        before = self._blink > 0
        self._blink = BLINK_POLLS if heard else max(self._blink - 1, 0)
        if before != (self._blink > 0):
            self._show_midi()

    _names = "MIDI"

    def _show_midi(self) -> None:
        self._midi.setText(("◆ " if self._blink else "◇ ") + self._names)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(18)
        row.addWidget(self._device)
        for label in (self._format, self._latency):
            row.addWidget(label)
        row.addWidget(self._load)
        row.addWidget(self._voices)
        row.addStretch(1)
        row.addWidget(self._midi)
        row.addWidget(self._panic)
        for widget in self.findChildren(QWidget):
            widget.setFont(theme.sized(self.font(), theme.CAPTION))
