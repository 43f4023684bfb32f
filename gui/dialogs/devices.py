"""The devices dialog: the devices requested, the device in use, and hints on what is missing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PyQt6.QtCore import QCoreApplication, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.devices.backend import DeviceRequest
from gui.widgets import factory
from session.status import Status

from .content_dialog import ContentDialog

if TYPE_CHECKING:
    from engine.devices.listing import DeviceEntry

RATES = (44100, 48000, 88200, 96000)
BLOCK_SIZES = (32, 64, 128, 256, 512, 1024)


class DevicesDialog(ContentDialog):
    """Every change is applied at once, so that it can be heard."""

    request_changed = pyqtSignal(object)  # DeviceRequest
    tuning_edited = pyqtSignal(float)  # Hz of A4
    editing_finished = pyqtSignal()  # of the tuning
    channel_changed = pyqtSignal(int)  # MIDI channel; 0: all
    tone_requested = pyqtSignal()
    refresh_requested = pyqtSignal()

    def __init__(self, request: DeviceRequest, parent: QWidget) -> None:
        super().__init__(QCoreApplication.translate("DevicesDialog", "Devices"), parent)
        self._request = request
        self.output_box, self.input_box, self.rate_box, self.block_box, self.midi_box = (
            QComboBox() for _ in range(5)
        )
        self.channel_box, self.a4_box = QComboBox(), QDoubleSpinBox()
        self.device_label, self.hints_label = (_text_label() for _ in range(2))
        self._fill_numbers()
        self.set_devices([], [])
        boxes = (self.output_box, self.input_box, self.rate_box, self.block_box, self.midi_box)
        for box in boxes:
            box.activated.connect(self._change)
        self.a4_box.valueChanged.connect(self.tuning_edited)
        self.a4_box.editingFinished.connect(self.editing_finished)
        self.channel_box.activated.connect(self.channel_changed)
        for field in (*boxes, self.channel_box, self.a4_box):
            field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._lay_out()

    @property
    def request(self) -> DeviceRequest:
        """The devices selected."""
        backend, device = self.output_box.currentData() or (None, None)
        rate, block, midi = self.rate_box.currentData(), self.block_box.currentData(), self.midi_box.currentData()
        return DeviceRequest(device, rate, block, backend, midi, input=self.input_box.currentData())

    def set_devices(self, devices: "Sequence[DeviceEntry]", hints: Sequence[str]) -> None:
        """Offer the devices found, and show the hints."""
        _fill(self.output_box, self.tr("The first that works"), None)
        for device in devices:
            if device.kind == "output" and device.backend != "jack":
                self.output_box.addItem(f"{device.name} · {device.text}", (device.backend, device.name))
        if any(device.backend == "jack" for device in devices):
            self.output_box.insertItem(1, self.tr("JACK or PipeWire"), ("jack", None))
        _fill(self.midi_box, self.tr("All keyboards"), None)
        for device in devices:
            if device.kind == "midi":
                self.midi_box.addItem(device.name, device.name)
        _fill(self.input_box, self.tr("The first that goes with the output"), None)
        for name in dict.fromkeys(device.name for device in devices if device.kind == "input"):
            self.input_box.addItem(name, name)
        self.set_request(self._request)
        self.hints_label.setText("\n".join(f"• {hint}" for hint in hints))
        self.hints_label.setVisible(bool(hints))

    def set_request(self, request: DeviceRequest) -> None:
        """Select the devices of a request."""
        self._request = request
        self._select(self.output_box, (request.backend, request.device) if request.backend else None)
        for box, wanted in (
            (self.input_box, request.input), (self.rate_box, request.rate),
            (self.block_box, request.block), (self.midi_box, request.midi),
        ):  # fmt: skip
            self._select(box, wanted)

    def set_performance(self, a4: float, channel: int) -> None:
        """Show the tuning and the MIDI channel."""
        blocked = self.a4_box.blockSignals(True)
        self.a4_box.setValue(a4)
        self.a4_box.blockSignals(blocked)
        self.channel_box.setCurrentIndex(channel)

    def show_status(self, now: Status) -> None:
        """Show the device in use."""
        if now.state != "playing" or not now.device:
            waiting = self.tr("waiting for an audio device")
            self.device_label.setText("⚠ " + now.problem if now.problem else waiting)
            return
        priority = self.tr("realtime") if now.realtime else self.tr("not realtime")
        template = self.tr("{0} ({1}) at {2:g} Hz, blocks of {3}, {4:.1f} ms from key to speaker, {5}")
        device = template.format(now.device, now.backend, now.rate, now.block, 1000 * now.latency, priority)
        microphone = self.tr("; microphone {0}").format(now.microphone) if now.microphone else ""
        self.device_label.setText(device + microphone)

    def _change(self) -> None:
        self._request = self.request
        self.request_changed.emit(self._request)

    def _fill_numbers(self) -> None:
        _fill(self.rate_box, self.tr("The device's own"), None)
        _fill(self.block_box, self.tr("The device's own"), None)
        for rate in RATES:
            self.rate_box.addItem(f"{rate} Hz", float(rate))
        for block in BLOCK_SIZES:
            self.block_box.addItem(self.tr("{0} frames").format(block), block)
        self.a4_box.setRange(400.0, 480.0)
        self.a4_box.setDecimals(1)
        self.a4_box.setSuffix(" Hz")
        self.a4_box.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.channel_box.addItem(self.tr("All channels"))
        self.channel_box.addItems([self.tr("Only channel {0}").format(number) for number in range(1, 17)])

    def _select(self, box: QComboBox, wanted: object) -> None:
        """Select an item by its data; a device that is requested but not there is added as missing."""
        for i in range(box.count()):
            if box.itemData(i) == wanted:
                box.setCurrentIndex(i)
                return
        name = wanted[1] if isinstance(wanted, tuple) else wanted
        box.addItem(self.tr("{0} (not there)").format(name), wanted)
        box.setCurrentIndex(box.count() - 1)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(20)
        form.setVerticalSpacing(10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for text, field in (
            (self.tr("Output"), self.output_box), (self.tr("Microphone"), self.input_box),
            (self.tr("Sample rate"), self.rate_box),
            (self.tr("Block"), self.block_box), (self.tr("MIDI keyboards"), self.midi_box),
            (self.tr("MIDI channel"), self.channel_box), (self.tr("Tuning of A4"), self.a4_box),
            (self.tr("What was given"), self.device_label),
        ):  # fmt: skip
            field.setAccessibleName(text)
            form.addRow(factory.label(text, secondary=True), field)
        buttons = QHBoxLayout()
        for text, signal in (
            (self.tr("Test tone"), self.tone_requested),
            (self.tr("Look again"), self.refresh_requested),
        ):
            button = factory.push_button(text)
            button.clicked.connect(signal)
            buttons.addWidget(button)
        buttons.addStretch(1)
        close = factory.push_button(self.tr("Close"), style="main")
        close.clicked.connect(self.accept)
        buttons.addWidget(close)
        column = QVBoxLayout()
        column.setSpacing(14)
        column.addLayout(form)
        column.addWidget(self.hints_label)
        column.addStretch(1)
        self.set_content(column, buttons)


def _text_label() -> QLabel:
    label = factory.label()
    label.setWordWrap(True)
    label.setMinimumHeight(2 * label.fontMetrics().lineSpacing())  # room for two lines, whatever is shown later
    label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    return label


def _fill(box: QComboBox, text: str, data: object) -> None:
    """Clear the box, and add a first item."""
    box.clear()
    box.addItem(text, data)
