"""The device controller: opens the devices that are chosen in the dialog, undoably."""

from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QWidget

from engine.devices.backend import DeviceRequest
from gui.dialogs.devices import DevicesDialog
from gui.engine_bridge import EngineBridge
from gui.preferences import Preferences, device_request
from session.engine_thread import EngineThread

from .global_settings import GlobalSettings


class DeviceController(QObject):
    """Opens the dialog, and stores the choice in the preferences."""

    tone = pyqtSignal()  # a test tone is asked for

    def __init__(
        self, engine: EngineThread, bridge: EngineBridge, global_settings: GlobalSettings, preferences: Preferences,
        window: QWidget,
    ) -> None:  # fmt: skip
        super().__init__()
        self._engine, self._bridge, self._preferences, self._window = engine, bridge, preferences, window
        self._global_settings = global_settings
        global_settings.changed.connect(self._show_global_settings)
        self.dialog: DevicesDialog | None = None

    def show(self) -> None:
        """Open the dialog; devices appear as soon as they are found."""
        self.dialog = dialog = DevicesDialog(device_request(self._preferences), self._window)
        dialog.request_changed.connect(self.open_device)
        dialog.tone_requested.connect(self.tone)
        self._show_global_settings()
        dialog.tuning_edited.connect(self._global_settings.set_a4)
        dialog.editing_finished.connect(self._global_settings.end_gesture)
        dialog.channel_changed.connect(self._global_settings.set_channel)
        dialog.refresh_requested.connect(self._list_devices)
        dialog.show_status(self._bridge.status)
        self._bridge.status_changed.connect(dialog.show_status)
        dialog.finished.connect(self._close)
        dialog.show()
        self._list_devices()

    def open_device(self, request: DeviceRequest) -> None:
        """Open other devices, undoably."""
        before = device_request(self._preferences)
        self._open(request)
        if request != before:
            self._global_settings.undo_stack.push_state(self.tr("choice of devices"), before, request, self._open)

    def _open(self, request: object) -> None:
        assert isinstance(request, DeviceRequest)
        names = ("backend", "device", "rate", "block", "input")
        self._preferences.device = {name: getattr(request, name) for name in names}
        self._preferences.midi = request.midi
        self._engine.open_device(request)
        if self.dialog is not None:
            self.dialog.set_request(request)

    def _show_global_settings(self) -> None:
        if self.dialog is not None:
            self.dialog.set_performance(self._preferences.a4, self._preferences.channel)

    def _list_devices(self) -> None:
        def work() -> Any:
            from engine.devices.listing import list_devices

            return list_devices()

        self._engine.request(work, self._show_devices)

    def _show_devices(self, found: Any) -> None:
        if self.dialog is not None:
            self.dialog.set_devices(found.entries, found.hints)

    def _close(self) -> None:
        if self.dialog is not None:
            self._bridge.status_changed.disconnect(self.dialog.show_status)
            self.dialog.deleteLater()
            self.dialog = None
