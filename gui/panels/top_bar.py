"""The top bar: instrument, undo and redo, recording, A/B comparison, volume and level meter."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QVBoxLayout, QWidget

from gui import number_format, theme
from gui.widgets import factory
from gui.widgets.ellipsis_label import ElidedLabel
from gui.widgets.meter import Meter

MIN_VOLUME_DB = -60.0  # the lower end of the slider, which means silence


class TopBar(QWidget):
    """Buttons, which the owner connects, and the volume."""

    volume_edited = pyqtSignal(float)  # dB
    editing_finished = pyqtSignal()  # of the volume

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        previous_tip, next_tip = self.tr("Previous instrument (Alt+Up)"), self.tr("Next instrument (Alt+Down)")
        self.previous = factory.tool_button("‹", self.tr("Previous instrument"), previous_tip)
        self.next = factory.tool_button("›", self.tr("Next instrument"), next_tip)
        self.undo = factory.tool_button("↶", self.tr("Undo"), self.tr("Undo (Ctrl+Z)"))
        self.redo = factory.tool_button("↷", self.tr("Redo"), self.tr("Redo (Ctrl+Shift+Z)"))
        self.record = factory.push_button(
            self.tr("● Record"), self.tr("Record"), self.tr("Record sound and notes (Ctrl+R)"), "flat"
        )
        self.record.setCheckable(True)
        self.save = factory.push_button(
            self.tr("Save"), self.tr("Save as patch"), self.tr("Save where the knobs stand (Ctrl+S)"), "flat"
        )
        self.compare = factory.push_button("", self.tr("Compare settings A and B"), style="flat")
        self.theme = factory.tool_button("◐", self.tr("Light or dark"), self.tr("Light or dark (Ctrl+T)"))
        self.help = factory.tool_button("?", self.tr("Keys and shortcuts"), self.tr("Keys and shortcuts (F1)"))
        self.meter = Meter()
        self.name_label = ElidedLabel(self.tr("Luthier"), theme.DISPLAY)
        self.description_label = ElidedLabel(self.tr("No instrument yet"), theme.CAPTION, secondary=True)
        self._volume_label = factory.label(step=theme.CAPTION, secondary=True)
        self.volume_slider = QSlider(Qt.Orientation.Horizontal)
        self.volume_slider.setRange(round(10 * MIN_VOLUME_DB), 0)
        self.volume_slider.setSingleStep(10)
        self.volume_slider.setPageStep(60)
        self.volume_slider.setAccessibleName(self.tr("Volume"))
        self.volume_slider.valueChanged.connect(self._edit_volume)
        self.volume_slider.sliderPressed.connect(self.editing_finished)
        self.volume_slider.sliderReleased.connect(self.editing_finished)
        self._lay_out()
        self.set_volume(0.0)

    def set_instrument(self, name: str, description: str) -> None:
        """Show the name and the description of the instrument."""
        self.name_label.show_text(name)
        self.description_label.show_text(description)
        self.setAccessibleName(name)

    def set_volume(self, level: float) -> None:
        """Show a volume in dB."""
        blocked = self.volume_slider.blockSignals(True)
        self.volume_slider.setValue(round(10 * level))
        self.volume_slider.blockSignals(blocked)
        self._show_volume(level)

    def show_recording(self, seconds: float | None) -> None:
        """Show the length of the recording in progress; None: none is."""
        recording = seconds is not None
        self.record.setChecked(recording)
        self.record.setText(self.tr("● Record") if seconds is None else f"■ {number_format.format_time(seconds)}")
        name = self.tr("End the recording") if recording else self.tr("Record")
        self.record.setAccessibleName(name)
        self.record.setToolTip(name + " (Ctrl+R)")

    def show_ab(self, now: str, other: str) -> None:
        """Show which of the two patches A and B plays."""
        self.compare.setText(f"{now} ⇄ {other}")
        text = self.tr("Setting {0} plays; go to {1}").format(now, other)
        self.compare.setToolTip(text + " (Ctrl+B)")
        self.compare.setAccessibleDescription(text)

    def _edit_volume(self, tenths: int) -> None:
        self._show_volume(tenths / 10)
        self.volume_edited.emit(tenths / 10)

    def _show_volume(self, level: float) -> None:
        text = self.tr("silent") if level <= MIN_VOLUME_DB else number_format.format_value(level, "dB")
        self._volume_label.setText(text)
        self.volume_slider.setAccessibleDescription(text)
        self.volume_slider.setToolTip(self.tr("Volume: {0}").format(text))

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.name_label)
        names.addWidget(self.description_label)
        volume = QVBoxLayout()
        volume.setContentsMargins(0, 0, 0, 0)
        volume.setSpacing(3)
        volume.addStretch(1)
        upper = QHBoxLayout()
        upper.addWidget(self.volume_slider, 1)
        self._volume_label.setFixedWidth(60)
        self._volume_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        upper.addWidget(self._volume_label)
        volume.addLayout(upper)
        volume.addWidget(self.meter)
        volume.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(6)
        for button in (self.previous, self.next):
            button.setFont(theme.sized(self.font(), theme.DISPLAY))
            row.addWidget(button)
        row.addSpacing(6)
        row.addLayout(names, 1)
        for button in (self.undo, self.redo):
            button.setFont(theme.sized(self.font(), theme.TITLE))
        for widget in (self.record, self.save, self.undo, self.redo, self.compare):
            row.addWidget(widget)
        row.addSpacing(8)
        meters = QWidget()
        meters.setLayout(volume)
        meters.setFixedWidth(170)
        row.addWidget(meters)
        row.addSpacing(8)
        for small in (self.theme, self.help):
            row.addWidget(_square(small))


def _square(button: QToolButton) -> QToolButton:
    button.setFixedSize(30, 30)
    return button
