"""View of the voice input: level, pitch, the instrument's pitch and the latency."""

import time
from collections import deque
from statistics import median

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.pitch_and_frequency import note_name, pitch_of
from engine.snapshots.voice import VoiceReading
from engine.voice.offline_tracking import MIN_ONE_VOICE_CLARITY
from gui import theme
from gui.widgets import factory

from .pitch_trace import PitchTrace

MIN_LEVEL_DB = -90.0
MAX_CLARITIES, MIN_CLARITIES = 60, 30  # readings with a voice by which it is told whether it is one


class VoiceView(QWidget):
    """Switches the voice input on and off, requests a measurement of the voice's range, and shows the tracker."""

    voice_input_toggled = pyqtSignal(bool)
    measure_requested = pyqtSignal()
    voice_instrument_requested = pyqtSignal()  # one that follows a voice

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sing = factory.push_button(self.tr("Sing"), self.tr("Follow the voice at the microphone"), style="main")
        self.sing.setCheckable(True)
        self.measure = factory.push_button(
            self.tr("Find my range"), tip=self.tr("Ten seconds of singing set range, gate and transposition")
        )
        self.find_instrument = factory.push_button(self.tr("Take one that does"))
        self.note_label, self._cents_label = factory.label("–", theme.DISPLAY + 4), factory.label(" ", secondary=True)
        self.voiced_label = factory.label()
        self.gauge, self.trace = MicrophoneGauge(), PitchTrace()
        self._clarities: deque[float] = deque(maxlen=MAX_CLARITIES)
        self.latency_label, self.message_label = factory.label(step=theme.CAPTION, secondary=True), factory.label()
        for label in (self.latency_label, self.message_label):
            label.setWordWrap(True)
        self._lay_out()
        self.sing.clicked.connect(self.voice_input_toggled)
        self.measure.clicked.connect(self.measure_requested)
        self.find_instrument.clicked.connect(self.voice_instrument_requested)
        self.set_state(False, False)

    def set_state(self, follows_voice: bool, on: bool) -> None:
        """Show whether the instrument can follow a voice, and whether it does."""
        self.sing.setEnabled(follows_voice)
        self.sing.setChecked(on)
        self.sing.setText(self.tr("Stop singing") if on else self.tr("Sing"))
        self.measure.setEnabled(on)
        self.find_instrument.setVisible(not follows_voice)
        if on:
            text = self.tr("⚠ Wear headphones: what the microphone hears of a speaker is sung again.")
        elif follows_voice:
            text = self.tr("This instrument follows your voice. Put on headphones, then press Sing.")
        else:
            text = self.tr("This instrument does not follow a voice; bowed and sung ones (ddsp) do.")
        self.show_message(text)
        if not on:
            self.trace.clear()
            self._clarities.clear()
            self.show_reading(VoiceReading(0.0, MIN_LEVEL_DB, MIN_LEVEL_DB, 0.0))
            self.latency_label.setText("")

    def show_reading(self, now: VoiceReading) -> None:
        """Show a reading of the tracker."""
        voiced = now.frequency > 0
        self._show_lamp(now)
        if voiced:
            key = float(pitch_of(now.frequency))
            self.note_label.setText(note_name(round(key)))
            cents = round(100 * (key - round(key)))
            self._cents_label.setText(self.tr("{0:+d} cents · {1:.1f} Hz").format(cents, now.frequency))
        else:
            self.note_label.setText("–")
            self._cents_label.setText(" ")
        self.gauge.set_level(now.level, now.gate)
        if self.sing.isChecked():
            self.trace.add(time.monotonic(), now.frequency, now.instrument_frequency)

    def show_message(self, text: str) -> None:
        """Show a message beside the buttons."""
        self.message_label.setText(text)

    def show_countdown(self, seconds: int, text: str) -> None:
        """Show the seconds left of a measurement; 0: none is running."""
        number = self.tr("{0} s to go", "", seconds).format(seconds)
        self.measure.setText(number if seconds else self.tr("Find my range"))
        if seconds:
            self.show_message(text)

    def show_latency(self, text: str) -> None:
        """Show the latency from voice to instrument."""
        self.latency_label.setText(text)

    def _show_lamp(self, now: VoiceReading) -> None:
        """Show whether there is a voice, and whether it is one."""
        if now.frequency <= 0:
            self.voiced_label.setText(self.tr("○ no voice"))
            return
        self._clarities.append(now.clarity)
        is_one = len(self._clarities) < MIN_CLARITIES or median(self._clarities) >= MIN_ONE_VOICE_CLARITY
        self.voiced_label.setText(self.tr("● voice") if is_one else self.tr("◐ more than one voice"))

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(2)
        left.addWidget(self.note_label)
        left.addWidget(self._cents_label)
        left.addWidget(self.voiced_label)
        left.addStretch(1)
        left.addWidget(factory.label(self.tr("Microphone"), theme.CAPTION, secondary=True))
        left.addWidget(self.gauge)
        side = QWidget()
        side.setLayout(left)
        side.setFixedWidth(180)
        upper = QHBoxLayout()
        upper.setSpacing(2 * theme.GAP)
        upper.addWidget(side)
        upper.addWidget(self.trace, 1)
        lower = QHBoxLayout()
        lower.setSpacing(theme.GAP)
        for button in (self.sing, self.measure, self.find_instrument):
            lower.addWidget(button)
        lower.addWidget(self.message_label, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(6)
        column.addLayout(upper, 1)
        column.addLayout(lower)
        column.addWidget(self.latency_label)


class MicrophoneGauge(QWidget):
    """Level meter of the microphone, -90 to 0 dB, with a mark at the gate."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Microphone level"))
        self.level = self._gate = MIN_LEVEL_DB

    def set_level(self, level: float, gate: float) -> None:
        """Show a level in dB, and the gate."""
        self.level, self._gate = (min(max(value, MIN_LEVEL_DB), 0.0) for value in (level, gate))
        self.setAccessibleDescription(f"{self.level:.0f} dB")
        self.update()

    def sizeHint(self) -> QSize:
        """A slim bar."""
        return QSize(180, 16)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the bar and the mark."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = self.height() / 2
        for level, role in ((0.0, theme.BORDER), (self.level, theme.ACCENT)):
            painter.setBrush(theme.colour(role))
            painter.drawRoundedRect(QRectF(0, middle - 3, self.width() * (1 - level / MIN_LEVEL_DB), 6), 3, 3)
        painter.setBrush(theme.colour(theme.TEXT))
        painter.drawRect(QRectF(self.width() * (1 - self._gate / MIN_LEVEL_DB), middle - 7, 2, 14))
