"""The dialogue of devices: what is wished, what was given, what is missing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.devices.backend import DeviceRequest
from gui import theme
from gui.widgets import factory
from session.status import Status

if TYPE_CHECKING:
    from engine.devices.listing import DeviceFound

RATES = (44100, 48000, 88200, 96000)
BLOCK_SIZES = (32, 64, 128, 256, 512, 1024)


class DevicesDialog(QDialog):
    """Every choice is taken up at once, so that it can be heard."""

    wished = pyqtSignal(object)  # DeviceRequest
    tuned = pyqtSignal(float)  # Hz of the A above middle C
    settled = pyqtSignal()  # it is tuned
    channelled = pyqtSignal(int)  # the MIDI channel that is heard; 0: all but the drums
    tone = pyqtSignal()
    again = pyqtSignal()

    def __init__(self, request: DeviceRequest, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("DevicesDialog"))
        self.setMinimumWidth(620)
        self._request = request
        self._output, self._input, self._rate, self._block, self._midi = (QComboBox() for _ in range(5))
        self._channel, self._a4 = QComboBox(), QDoubleSpinBox()
        self._given, self._hints = (_words() for _ in range(2))
        self._fill_numbers()
        self.set_devices([], [])
        boxes = (self._output, self._input, self._rate, self._block, self._midi)
        for box in boxes:
            box.activated.connect(self._choose)
        self._a4.valueChanged.connect(self.tuned)
        self._a4.editingFinished.connect(self.settled)
        self._channel.activated.connect(self.channelled)
        for field in (*boxes, self._channel, self._a4):
            field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._lay_out()

    @property
    def request(self) -> DeviceRequest:
        """What is chosen."""
        backend, device = self._output.currentData() or (None, None)
        rate, block, midi = self._rate.currentData(), self._block.currentData(), self._midi.currentData()
        return DeviceRequest(device, rate, block, backend, midi, input=self._input.currentData())

    def set_devices(self, devices: "Sequence[DeviceFound]", hints: Sequence[str]) -> None:
        """Show what was found, and what is missing."""
        _fill(self._output, self.tr("The first that works"), None)
        for device in devices:
            if device.kind == "output" and device.backend != "jack":
                self._output.addItem(f"{device.name} · {device.text}", (device.backend, device.name))
        if any(device.backend == "jack" for device in devices):
            self._output.insertItem(1, self.tr("JACK or PipeWire"), ("jack", None))
        _fill(self._midi, self.tr("All keyboards"), None)
        for device in devices:
            if device.kind == "midi":
                self._midi.addItem(device.name, device.name)
        _fill(self._input, self.tr("The first that goes with the output"), None)
        for name in dict.fromkeys(device.name for device in devices if device.kind == "input"):
            self._input.addItem(name, name)
        self.set_request(self._request)
        self._hints.setText("\n".join(f"• {hint}" for hint in hints))
        self._hints.setVisible(bool(hints))
        self.adjustSize()

    def set_request(self, request: DeviceRequest) -> None:
        """Show what is chosen."""
        self._request = request
        self._select(self._output, (request.backend, request.device) if request.backend else None)
        for box, wanted in (
            (self._input, request.input), (self._rate, request.rate),
            (self._block, request.block), (self._midi, request.midi),
        ):  # fmt: skip
            self._select(box, wanted)

    def set_playing(self, a4: float, channel: int) -> None:
        """Show the tuning, and the channel that is heard."""
        blocked = self._a4.blockSignals(True)
        self._a4.setValue(a4)
        self._a4.blockSignals(blocked)
        self._channel.setCurrentIndex(channel)

    def show_reading(self, now: Status) -> None:
        """Show what the device really gave."""
        if now.state != "playing" or not now.device:
            self._given.setText("⚠ " + (now.problem or self.tr("waiting for an audio device")))
            return
        manner = self.tr("realtime") if now.realtime else self.tr("not realtime")
        words = self.tr("{0} ({1}) at {2:g} Hz, blocks of {3}, {4:.1f} ms from key to speaker, {5}")
        given = words.format(now.device, now.backend, now.rate, now.block, 1000 * now.latency, manner)
        heard = self.tr("; microphone {0}").format(now.microphone) if now.microphone else ""
        self._given.setText(given + heard)

    def _choose(self) -> None:
        self._request = self.request
        self.wished.emit(self._request)

    def _fill_numbers(self) -> None:
        _fill(self._rate, self.tr("The device's own"), None)
        _fill(self._block, self.tr("The device's own"), None)
        for rate in RATES:
            self._rate.addItem(f"{rate} Hz", float(rate))
        for block in BLOCK_SIZES:
            self._block.addItem(self.tr("{0} frames").format(block), block)
        self._a4.setRange(400.0, 480.0)
        self._a4.setDecimals(1)
        self._a4.setSuffix(" Hz")
        self._a4.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self._channel.addItem(self.tr("All but the drums (10)"))
        self._channel.addItems([self.tr("Only channel {0}").format(number) for number in range(1, 17)])

    def _select(self, box: QComboBox, wanted: object) -> None:
        """Choose an item by its data; what is wished but not there is shown as missing."""
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
        for words, field in (
            (self.tr("Output"), self._output), (self.tr("Microphone"), self._input),
            (self.tr("Sample rate"), self._rate),
            (self.tr("Block"), self._block), (self.tr("MIDI keyboards"), self._midi),
            (self.tr("MIDI channel"), self._channel), (self.tr("Tuning of A4"), self._a4),
            (self.tr("What was given"), self._given),
        ):  # fmt: skip
            field.setAccessibleName(words)
            form.addRow(factory.label(words, quiet=True), field)
        buttons = QHBoxLayout()
        for words, signal in ((self.tr("Test tone"), self.tone), (self.tr("Look again"), self.again)):
            button = factory.push_button(words)
            button.clicked.connect(signal)
            buttons.addWidget(button)
        buttons.addStretch(1)
        close = factory.push_button(self.tr("Close"), style="main")
        close.clicked.connect(self.accept)
        buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(14)
        column.addWidget(factory.label(self.tr("DevicesDialog"), theme.TITLE))
        column.addLayout(form)
        column.addWidget(self._hints)
        column.addLayout(buttons)


def _words() -> QLabel:
    found = factory.label()
    found.setWordWrap(True)
    found.setMinimumHeight(2 * found.fontMetrics().height())  # two lines have room, whatever is found later
    return found


def _fill(box: QComboBox, words: str, data: object) -> None:
    """Begin anew with one item."""
    box.clear()
    box.addItem(words, data)
