"""The top of the window: which instrument plays, what can be taken back, and how loud it is."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QVBoxLayout, QWidget

from gui import number_format, theme
from gui.widgets import factory
from gui.widgets.labels import ElidedLabel
from gui.widgets.meter import Meter

MIN_VOLUME_DB = -60.0  # dB: the lower end of the slider, silence


class TopBar(QWidget):
    """Buttons whose meaning is their owner's to give them."""

    volume = pyqtSignal(float)  # dB
    settled = pyqtSignal()  # a movement of the volume is over

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.before = factory.tool_button("‹", self.tr("Previous instrument"), self.tr("Previous instrument (Alt+Up)"))
        self.after = factory.tool_button("›", self.tr("Next instrument"), self.tr("Next instrument (Alt+Down)"))
        self.undo = factory.tool_button("↶", self.tr("Undo"), self.tr("Undo (Ctrl+Z)"))
        self.redo = factory.tool_button("↷", self.tr("Redo"), self.tr("Redo (Ctrl+Shift+Z)"))
        self.record = factory.push_button(
            self.tr("● Record"), self.tr("Record"), self.tr("Record sound and notes (Ctrl+R)"), "flat"
        )
        self.record.setCheckable(True)
        self.save = factory.push_button(
            self.tr("Save"), self.tr("Save as preset"), self.tr("Save where the knobs stand (Ctrl+S)"), "flat"
        )
        self.compare = factory.push_button("", self.tr("Compare settings A and B"), style="flat")
        self.theme = factory.tool_button("◐", self.tr("Light or dark"), self.tr("Light or dark (Ctrl+T)"))
        self.help = factory.tool_button("?", self.tr("Keys and shortcuts"), self.tr("Keys and shortcuts (F1)"))
        self.meter = Meter()
        self._name = ElidedLabel(self.tr("Luthier"), theme.DISPLAY)
        self._what = ElidedLabel(self.tr("No instrument yet"), theme.CAPTION, quiet=True)
        self._level = factory.label(step=theme.CAPTION, quiet=True)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(round(10 * MIN_VOLUME_DB), 0)
        self._slider.setSingleStep(10)
        self._slider.setPageStep(60)
        self._slider.setAccessibleName(self.tr("Volume"))
        self._slider.valueChanged.connect(self._move)
        self._slider.sliderPressed.connect(self.settled)
        self._slider.sliderReleased.connect(self.settled)
        self._lay_out()
        self.set_volume(0.0)

    def set_instrument(self, name: str, what: str) -> None:
        """Say what plays."""
        self._name.show_text(name)
        self._what.show_text(what)
        self.setAccessibleName(name)

    def set_volume(self, level: float) -> None:
        """Show a volume in dB."""
        blocked = self._slider.blockSignals(True)
        self._slider.setValue(round(10 * level))
        self._slider.blockSignals(blocked)
        self._show_level(level)

    def show_recording(self, seconds: float | None) -> None:
        """Show how long a performance has been taken down, beside a square: it can be ended; None: none is."""
        recording = seconds is not None
        self.record.setChecked(recording)
        self.record.setText(self.tr("● Record") if seconds is None else f"■ {number_format.format_time(seconds)}")
        name = self.tr("End the recording") if recording else self.tr("Record")
        self.record.setAccessibleName(name)
        self.record.setToolTip(name + " (Ctrl+R)")

    def show_setting(self, now: str, other: str) -> None:
        """Show which of two settings plays, and which one waits."""
        self.compare.setText(f"{now} ⇄ {other}")
        words = self.tr("Setting {0} plays; go to {1}").format(now, other)
        self.compare.setToolTip(words + " (Ctrl+B)")
        self.compare.setAccessibleDescription(words)

    def _move(self, tenths: int) -> None:
        self._show_level(tenths / 10)
        self.volume.emit(tenths / 10)

    def _show_level(self, level: float) -> None:
        words = self.tr("silent") if level <= MIN_VOLUME_DB else number_format.format_value(level, "dB")
        self._level.setText(words)
        self._slider.setAccessibleDescription(words)
        self._slider.setToolTip(self.tr("Volume: {0}").format(words))

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self._name)
        names.addWidget(self._what)
        loud = QVBoxLayout()
        loud.setContentsMargins(0, 0, 0, 0)
        loud.setSpacing(3)
        loud.addStretch(1)
        upper = QHBoxLayout()
        upper.addWidget(self._slider, 1)
        self._level.setFixedWidth(60)
        self._level.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        upper.addWidget(self._level)
        loud.addLayout(upper)
        loud.addWidget(self.meter)
        loud.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(6)
        for button in (self.before, self.after):
            button.setFont(theme.sized(self.font(), theme.DISPLAY))
            row.addWidget(button)
        row.addSpacing(6)
        row.addLayout(names, 1)
        for button in (self.undo, self.redo):
            button.setFont(theme.sized(self.font(), theme.TITLE))
        for each in (self.record, self.save, self.undo, self.redo, self.compare):
            row.addWidget(each)
        row.addSpacing(8)
        meters = QWidget()
        meters.setLayout(loud)
        meters.setFixedWidth(170)
        row.addWidget(meters)
        row.addSpacing(8)
        for small in (self.theme, self.help):
            row.addWidget(_square(small))


def _square(button: QToolButton) -> QToolButton:
    button.setFixedSize(30, 30)
    return button
