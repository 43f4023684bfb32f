"""The view of a singer: how loud and how high the voice is, what answers it, and how late."""

import time
from dataclasses import dataclass

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui import number_format, theme
from gui.widgets import factory

from .pitch_trace import PitchTrace, key_of

MIN_LEVEL_DB = -90.0  # dB


@dataclass(frozen=True)
class VoiceReading:
    """What the tracker hears: pitch in Hz, 0 for none; level and gate in dB; and the answer's pitch in Hz."""

    pitch: float
    level: float
    gate: float
    answer: float


class VoiceView(QWidget):
    """Says when singing is switched on or off, and when the range of the voice shall be found."""

    switched = pyqtSignal(bool)
    measured = pyqtSignal()
    wanted = pyqtSignal()  # an instrument that follows a voice

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sing = factory.push_button(self.tr("Sing"), self.tr("Follow the voice at the microphone"), style="main")
        self.sing.setCheckable(True)
        self.measure = factory.push_button(
            self.tr("Find my range"), tip=self.tr("Ten seconds of singing set range, gate and transposition")
        )
        self.take = factory.push_button(self.tr("Take one that does"))
        self._note, self._cents = factory.label("–", theme.DISPLAY + 4), factory.label(" ", quiet=True)
        self._lamp = factory.label()
        self.gauge, self.trace = MicrophoneGauge(), PitchTrace()
        self._late, self._words = factory.label(step=theme.CAPTION, quiet=True), factory.label()
        for label in (self._late, self._words):
            label.setWordWrap(True)
        self._lay_out()
        self.sing.clicked.connect(self.switched)
        self.measure.clicked.connect(self.measured)
        self.take.clicked.connect(self.wanted)
        self.set_state(False, False)

    def set_state(self, able: bool, on: bool) -> None:
        """Whether the instrument can follow a voice, and whether it does."""
        self.sing.setEnabled(able)
        self.sing.setChecked(on)
        self.sing.setText(self.tr("Stop singing") if on else self.tr("Sing"))
        self.measure.setEnabled(on)
        self.take.setVisible(not able)
        if on:
            self._words.setText(self.tr("⚠ Wear headphones: what the microphone hears of a speaker is sung again."))
        elif able:
            self._words.setText(self.tr("This instrument follows your voice. Put on headphones, then press Sing."))
        else:
            self._words.setText(self.tr("This instrument does not follow a voice; bowed and sung ones (ddsp) do."))
        if not on:
            self.trace.clear()
            self.show_sung(VoiceReading(0.0, MIN_LEVEL_DB, MIN_LEVEL_DB, 0.0))
            self._late.setText("")

    def show_sung(self, now: VoiceReading) -> None:
        """Show a moment."""
        voiced = now.pitch > 0
        self._lamp.setText(self.tr("● voice") if voiced else self.tr("○ no voice"))
        if voiced:
            key = key_of(now.pitch)
            self._note.setText(number_format.note(round(key)))
            cents = round(100 * (key - round(key)))
            self._cents.setText(self.tr("{0:+d} cents · {1:.1f} Hz").format(cents, now.pitch))
        else:
            self._note.setText("–")
            self._cents.setText(" ")
        self.gauge.set_level(now.level, now.gate)
        if self.sing.isChecked():
            self.trace.add(time.monotonic(), now.pitch, now.answer)

    def say(self, words: str) -> None:
        """Say what goes on."""
        self._words.setText(words)

    def show_left(self, seconds: int, words: str) -> None:
        """Count down while a range is found; 0 seconds: it is not."""
        number = self.tr("{0} s to go", "", seconds).format(seconds)
        self.measure.setText(number if seconds else self.tr("Find my range"))
        if seconds:
            self.say(words)

    def show_lateness(self, words: str) -> None:
        """Say how late the instrument is."""
        self._late.setText(words)

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(2)
        left.addWidget(self._note)
        left.addWidget(self._cents)
        left.addWidget(self._lamp)
        left.addStretch(1)
        left.addWidget(factory.label(self.tr("Microphone"), theme.CAPTION, quiet=True))
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
        for button in (self.sing, self.measure, self.take):
            lower.addWidget(button)
        lower.addWidget(self._words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(6)
        column.addLayout(upper, 1)
        column.addLayout(lower)
        column.addWidget(self._late)


class MicrophoneGauge(QWidget):
    """The level of a microphone from -90 to 0 dB, with a mark where a voice begins to be heard."""

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
        """Slim."""
        return QSize(180, 16)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """A bar, and a line across it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        middle = self.height() / 2
        for level, role in ((0.0, theme.LINE), (self.level, theme.ACCENT)):
            painter.setBrush(theme.colour(role))
            painter.drawRoundedRect(QRectF(0, middle - 3, self.width() * (1 - level / MIN_LEVEL_DB), 6), 3, 3)
        painter.setBrush(theme.colour(theme.TEXT))
        painter.drawRect(QRectF(self.width() * (1 - self._gate / MIN_LEVEL_DB), middle - 7, 2, 14))
