"""The status bar: audio device, latency, voices, load and MIDI keyboards."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gui import theme
from gui.widgets import factory
from session.status import Status

from .midi_message_text import describe_message

HIGH_LOAD = 0.8  # of a block's duration: above it the load is marked
BLINK_POLLS = 6  # polls for which the MIDI symbol stays lit


class StatusBar(QWidget):
    """A click on the device or on MIDI opens the devices dialog, one on the load resets it; panic silences all."""

    devices_clicked = pyqtSignal()
    reset_clicked = pyqtSignal()
    panic_clicked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._blink, self._midi_text = 0, "MIDI"
        self.device_button = factory.push_button("", self.tr("Audio and MIDI devices"), style="flat")
        self._format_label, self._latency_label, self.voices_label, self.message_label = (QLabel() for _ in range(4))
        self.load_button = factory.push_button("", self.tr("Worst block load and under-runs"), style="flat")
        self._panic_button = factory.push_button(self.tr("Panic"), tip=self.tr("Silence everything now (Esc)"))
        self.midi_button = factory.push_button("", self.tr("MIDI keyboards"), style="flat")
        self.device_button.clicked.connect(self.devices_clicked)
        self.midi_button.clicked.connect(self.devices_clicked)
        self.load_button.clicked.connect(self.reset_clicked)
        self._panic_button.clicked.connect(self.panic_clicked)
        for label, name in (
            (self._format_label, self.tr("Rate and block")),
            (self._latency_label, self.tr("Latency from key to speaker")),
            (self.voices_label, self.tr("Voices")),
            (self.message_label, self.tr("The last MIDI message")),
        ):
            label.setToolTip(name)
            label.setAccessibleName(name)
            label.setObjectName("secondary")
        self._lay_out()
        self.show_status(Status())

    def show_status(self, now: Status) -> None:
        """Show a status of the engine."""
        self._show_device(now)
        self.load_button.setVisible(now.is_known)
        self.midi_button.setVisible(now.is_known)
        heavy = "⚠ " if now.max_load > HIGH_LOAD or now.underruns else ""
        self.load_button.setText(
            heavy + self.tr("worst block {0:.0%} · under-runs {1}").format(now.max_load, now.underruns)
        )
        tip = self.tr("Worst block load and under-runs, until a quiet minute has passed; click to reset")
        lost_text = self.tr("Lost notes and movements of knobs: {0}").format(now.lost_events)
        self.load_button.setToolTip(f"{tip}\n{lost_text}")
        self.load_button.setAccessibleDescription(f"{self.load_button.text()} · {lost_text}")
        names = ", ".join(name.split(":")[0] for name in now.ports) or self.tr("no keyboard")
        self._midi_text = f"MIDI {names}"
        self.midi_button.setToolTip(
            now.midi_problem or ", ".join(now.ports) or self.tr("No MIDI keyboard is connected")
        )
        self._show_midi()

    def blink(self, received: bool, message: int) -> None:
        """Show whether MIDI came in, and the last message; to be called at every poll."""
        if received:
            self.message_label.setText(describe_message(message))
        before = self._blink > 0
        self._blink = BLINK_POLLS if received else max(self._blink - 1, 0)
        if before != (self._blink > 0):
            self._show_midi()

    def _show_device(self, now: Status) -> None:
        """Show the device, its format and its latency; nothing is missing until opening it has failed."""
        if now.state == "playing" and now.device:
            self.device_button.setText(f"● {now.device}")
            priority = "" if now.realtime else self.tr("; not realtime: it may stutter under load")
            self.device_button.setToolTip(self.tr("{0} as {1}{2}").format(now.backend, now.name, priority))
            self._format_label.setText(f"{now.rate / 1000:g} kHz · {now.block}")
            self._latency_label.setText(f"{1000 * now.latency:.1f} ms")
            voices = (
                self.tr("1 voice") if now.voices == 1 else self.tr("{0} voices", "", now.voices).format(now.voices)
            )
            self.voices_label.setText(voices)
            return
        opening = self.tr("Opening the audio device…") if now.is_known else self.tr("Starting…")
        self.device_button.setText("⚠ " + self.tr("No audio device") if now.problem else opening)
        self.device_button.setToolTip(now.problem or self.tr("Waiting for an audio device"))
        for label in (self._format_label, self._latency_label, self.voices_label):
            label.setText("")

    def _show_midi(self) -> None:
        self.midi_button.setText(("◆ " if self._blink else "◇ ") + self._midi_text)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(18)
        row.addWidget(self.device_button)
        for label in (self._format_label, self._latency_label):
            row.addWidget(label)
        row.addWidget(self.load_button)
        row.addWidget(self.voices_label)
        row.addStretch(1)
        row.addWidget(self.message_label)
        row.addWidget(self.midi_button)
        row.addWidget(self._panic_button)
        for widget in self.findChildren(QWidget):
            widget.setFont(theme.sized(self.font(), theme.CAPTION))
