"""The row of a score: its name, how far it is, and what it can be told."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QSlider, QWidget

from gui import number_format, theme
from gui.widgets import factory
from gui.widgets.seek_bar import SeekBar

MIN_TEMPO_PERCENT, MAX_TEMPO_PERCENT = 40, 200  # per cent of its own tempo


class ScoreBar(QFrame):
    """Hidden until there is a score."""

    played = pyqtSignal()  # or stopped
    looped = pyqtSignal(bool)
    sought = pyqtSignal(float)  # seconds
    tempo = pyqtSignal(float)
    settled = pyqtSignal()  # a movement of the tempo is over
    closed = pyqtSignal()
    bounced = pyqtSignal()  # write it to a file, or do so no more

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.play = factory.tool_button("▶", self.tr("Play the score"), checkable=True)
        self.loop = factory.tool_button("⟳", self.tr("Play it again and again"), checkable=True)
        self._name, self._time = factory.label(), factory.label(quiet=True)
        self._bar = SeekBar()
        self._speed = QSlider(Qt.Orientation.Horizontal)
        self._speed.setRange(MIN_TEMPO_PERCENT, MAX_TEMPO_PERCENT)
        self._speed.setValue(100)
        self._speed.setFixedWidth(110)
        self._speed.setAccessibleName(self.tr("Tempo in per cent"))
        self._percent = factory.label("100 %", theme.CAPTION, quiet=True)
        self.bounce = factory.tool_button("", self.tr("Write it to a sound file"))
        self.bounce.clicked.connect(self.bounced)
        self.show_bounce(None)
        close = factory.tool_button("✕", self.tr("Close the score"))
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 6, 4)
        row.setSpacing(10)
        for widget in (
            self.play, self._name, self._bar, self._time, self.loop, self._speed, self._percent, self.bounce, close,
        ):  # fmt: skip
            row.addWidget(widget, 1 if widget is self._bar else 0)
        self.play.clicked.connect(self.played)
        self.loop.clicked.connect(self.looped)
        self._bar.seek_requested.connect(self.sought)
        self._speed.valueChanged.connect(self._move)
        self._speed.sliderPressed.connect(self.settled)
        self._speed.sliderReleased.connect(self.settled)
        close.clicked.connect(self.closed)
        self.hide()

    def open(self, name: str) -> None:
        """Show a score."""
        self._name.setText(name)
        self.set_loop(False)
        self.set_tempo(1.0)
        self.show()

    def set_loop(self, again: bool) -> None:
        """Show whether it begins anew at its end."""
        self.loop.setChecked(again)

    def set_tempo(self, tempo: float) -> None:
        """Show how many times as fast as the score says it is played."""
        blocked = self._speed.blockSignals(True)
        self._speed.setValue(round(100 * tempo))
        self._speed.blockSignals(blocked)
        self._percent.setText(f"{self._speed.value()} %")

    def show_position(self, position: float | None, seconds: float, begins: float = 0.0) -> None:
        """Show how far it is; None: it does not play, and would begin elsewhere."""
        self.play.setChecked(position is not None)
        self.play.setText("■" if position is not None else "▶")
        place = begins if position is None else position
        self._bar.set_position(place, seconds)
        self._time.setText(f"{number_format.format_time(place)} / {number_format.format_time(seconds)}")

    def show_bounce(self, share: float | None) -> None:
        """Show how much of the file is written; None: none is."""
        self.bounce.setText(self.tr("→ WAV") if share is None else self.tr("{0:.0%} ✕").format(share))
        words = self.tr("Write it to a sound file, as it would sound") if share is None else self.tr("Stop writing")
        self.bounce.setToolTip(words)
        self.bounce.setAccessibleName(words)

    def _move(self, percent: int) -> None:
        self._percent.setText(f"{percent} %")
        self.tempo.emit(percent / 100)
