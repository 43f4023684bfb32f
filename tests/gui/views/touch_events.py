"""Fingers on a screen: Qt's own way to test touches, which PyQt does not offer, by the names that its library has.

Each touch goes the way of a real one, from the window to the widget that lies there.
"""

import ctypes
from pathlib import Path

from PyQt6 import QtCore, sip
from PyQt6.QtCore import QPoint, QPointF
from PyQt6.QtGui import QInputDevice
from PyQt6.QtWidgets import QWidget

CLASS = "_ZN5QTest19QTouchEventSequence"
SIZE = 256  # bytes that one of them surely fits in
PRESS, MOVE, LIFT = "5pressEiRK6QPointP7QWindow", "4moveEiRK6QPointP7QWindow", "7releaseEiRK6QPointP7QWindow"
STAY, COMMIT, MAKE = "10stationaryEi", "6commitEb", "C1EP7QWindowP15QPointingDeviceb"
DEVICE = "_ZN5QTest17createTouchDeviceEN12QInputDevice10DeviceTypeE6QFlagsINS0_10CapabilityEE"


class Screen:
    """A multi-touch screen."""

    def __init__(self) -> None:
        self._qt = ctypes.CDLL(str(Path(QtCore.__file__).parent / "Qt6" / "lib" / "libQt6Gui.so.6"))
        make = self._qt[DEVICE]
        make.restype = ctypes.c_void_p
        touch, position = QInputDevice.DeviceType.TouchScreen, QInputDevice.Capability.Position
        self._device = ctypes.c_void_p(make(ctypes.c_int(touch.value), ctypes.c_int(position.value)))
        self._memory = ctypes.create_string_buffer(SIZE)  # of what is touched, from one touch to the next
        self._window = 0

    def touch(self, widget: QWidget, *fingers: tuple[int, str, QPointF]) -> None:
        """Send one event with several touch points on a widget: id; PRESS, MOVE, LIFT or STAY; and point."""
        top = widget.window()
        assert top is not None
        handle = sip.unwrapinstance(top.windowHandle())
        if handle != self._window:
            self._call(MAKE, ctypes.c_void_p(handle), self._device, ctypes.c_bool(False))
            self._window = handle
        for number, what, place in fingers:
            if what == STAY:
                self._call(STAY, ctypes.c_int(number))
            else:
                point: QPoint = widget.mapTo(top, place).toPoint()
                where = (ctypes.c_int * 2)(point.x(), point.y())
                self._call(what, ctypes.c_int(number), where, ctypes.c_void_p(handle))
        self._call(COMMIT, ctypes.c_bool(True))

    def _call(self, name: str, *words: object) -> None:
        self._qt[CLASS + name](self._memory, *words)
