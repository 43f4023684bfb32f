"""The score bar: play, seek, loop, tempo and rendering of a score."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QSlider, QWidget

from gui import number_format, theme
from gui.widgets import factory
from gui.widgets.seek_bar import SeekBar

MIN_TEMPO_PERCENT, MAX_TEMPO_PERCENT = 40, 200  # of the score's own tempo


class ScoreBar(QFrame):
    """Hidden until a score is opened."""

    play_clicked = pyqtSignal()  # play or stop
    loop_toggled = pyqtSignal(bool)
    seek_requested = pyqtSignal(float)  # seconds
    tempo_edited = pyqtSignal(float)  # relative to the score's own
    editing_finished = pyqtSignal()  # of the tempo
    close_clicked = pyqtSignal()
    render_clicked = pyqtSignal()  # start or cancel

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.play = factory.tool_button("▶", self.tr("Play the score"), checkable=True)
        self.loop = factory.tool_button("⟳", self.tr("Play it again and again"), checkable=True)
        self._name, self.time_label = factory.label(), factory.label(secondary=True)
        self.seek_bar = SeekBar()
        self.tempo_slider = QSlider(Qt.Orientation.Horizontal)
        self.tempo_slider.setRange(MIN_TEMPO_PERCENT, MAX_TEMPO_PERCENT)
        self.tempo_slider.setValue(100)
        self.tempo_slider.setFixedWidth(110)
        self.tempo_slider.setAccessibleName(self.tr("Tempo in per cent"))
        self._tempo_label = factory.label("100 %", theme.CAPTION, secondary=True)
        self.render_button = factory.tool_button("", self.tr("Write it to a sound file"))
        self.render_button.clicked.connect(self.render_clicked)
        self.show_rendering(None)
        close = factory.tool_button("✕", self.tr("Close the score"))
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 4, 6, 4)
        row.setSpacing(10)
        for widget in (
            self.play, self._name, self.seek_bar, self.time_label, self.loop, self.tempo_slider, self._tempo_label,
            self.render_button, close,
        ):  # fmt: skip
            row.addWidget(widget, 1 if widget is self.seek_bar else 0)
        self.play.clicked.connect(self.play_clicked)
        self.loop.clicked.connect(self.loop_toggled)
        self.seek_bar.seek_requested.connect(self.seek_requested)
        self.tempo_slider.valueChanged.connect(self._edit_tempo)
        self.tempo_slider.sliderPressed.connect(self.editing_finished)
        self.tempo_slider.sliderReleased.connect(self.editing_finished)
        close.clicked.connect(self.close_clicked)
        self.hide()

    def open(self, name: str) -> None:
        """Show a score at its own tempo, without a loop."""
        self._name.setText(name)
        self.set_loop(False)
        self.set_tempo(1.0)
        self.show()

    def set_loop(self, on: bool) -> None:
        """Show whether the score is looped."""
        self.loop.setChecked(on)

    def set_tempo(self, tempo: float) -> None:
        """Show a tempo relative to the score's own."""
        blocked = self.tempo_slider.blockSignals(True)
        self.tempo_slider.setValue(round(100 * tempo))
        self.tempo_slider.blockSignals(blocked)
        self._tempo_label.setText(f"{self.tempo_slider.value()} %")

    def show_position(self, position: float | None, seconds: float, start: float = 0.0) -> None:
        """Show the position and the length in seconds; None: stopped, and would play from `start`."""
        self.play.setChecked(position is not None)
        self.play.setText("■" if position is not None else "▶")
        shown = start if position is None else position
        self.seek_bar.set_position(shown, seconds)
        self.time_label.setText(f"{number_format.format_time(shown)} / {number_format.format_time(seconds)}")

    def show_rendering(self, share: float | None) -> None:
        """Show the share of the file that is rendered; None: nothing is being rendered."""
        self.render_button.setText(self.tr("→ WAV") if share is None else self.tr("{0:.0%} ✕").format(share))
        text = self.tr("Write it to a sound file, as it would sound") if share is None else self.tr("Stop writing")
        self.render_button.setToolTip(text)
        self.render_button.setAccessibleName(text)

    def _edit_tempo(self, percent: int) -> None:
        self._tempo_label.setText(f"{percent} %")
        self.tempo_edited.emit(percent / 100)
