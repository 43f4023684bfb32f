"""Fingers, each a player of its own."""

import ctypes

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QEventPoint, QInputDevice, QPointingDevice, QTouchEvent
from PyQt6.QtWidgets import QApplication

from gui.keyboard import Keyboard
from gui.pad import Pad

NUMBER = 54 * 4  # bytes into a QEventPointPrivate of Qt 6.11
BEGIN, GO_ON, END = QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd
PRESSED, MOVED, STAYED, LIFTED = (
    QEventPoint.State.Pressed, QEventPoint.State.Updated, QEventPoint.State.Stationary, QEventPoint.State.Released,
)  # fmt: skip


@pytest.fixture(scope="module")
def screen(app):
    """A screen that feels fingers."""
    return QPointingDevice(
        "screen", 7, QInputDevice.DeviceType.TouchScreen, QPointingDevice.PointerType.Finger,
        QInputDevice.Capability.Position, 10, 0,
    )  # fmt: skip


def point(number, state, place, widget):
    """A touch; the number of the finger, which PyQt's constructor loses, is written where Qt keeps it."""
    made = QEventPoint(number, state, QPointF(place), QPointF(widget.mapToGlobal(place)))
    inner = ctypes.c_void_p.from_address(sip.unwrapinstance(made)).value
    ctypes.c_int32.from_address(inner + NUMBER).value = number
    assert made.id() == number
    return made


def touch(screen, widget, kind, *fingers):
    """Let fingers (number, state, place) touch a widget."""
    points = [point(*finger, widget) for finger in fingers]
    QApplication.sendEvent(widget, QTouchEvent(kind, screen, Qt.KeyboardModifier.NoModifier, points))


def test_two_fingers_on_the_pad_strike_drive_and_lift_for_themselves(screen):
    pad, said = Pad(), []
    pad.resize(400, 300)
    pad.show()
    pad.struck.connect(lambda finger, x, y, force: said.append(("struck", finger, round(x, 1), round(y, 1))))
    pad.driven.connect(lambda finger, x, y, force: said.append(("driven", finger, round(x, 1), round(y, 1))))
    pad.lifted.connect(lambda finger: said.append(("lifted", finger)))
    low, high, middle = (pad._plane.point(x, y) for x, y in ((0.1, 0.2), (0.9, 0.8), (0.5, 0.5)))
    touch(screen, pad, BEGIN, (0, PRESSED, low))
    touch(screen, pad, GO_ON, (0, STAYED, low), (1, PRESSED, high))
    pad._fingers[1].when -= 1  # it has rested
    touch(screen, pad, GO_ON, (0, STAYED, low), (1, MOVED, middle))
    touch(screen, pad, GO_ON, (0, LIFTED, low), (1, STAYED, middle))
    touch(screen, pad, END, (1, LIFTED, middle))
    assert said == [
        ("struck", 0, 0.1, 0.2), ("struck", 1, 0.9, 0.8), ("driven", 1, 0.5, 0.5), ("lifted", 0), ("lifted", 1),
    ]  # fmt: skip
    pad.deleteLater()


def test_two_fingers_on_the_keys_play_two_notes(screen):
    keyboard, said = Keyboard(48, 72), []
    keyboard.resize(600, 120)
    keyboard.show()
    keyboard.pressed.connect(lambda key, velocity: said.append(key))
    keyboard.released.connect(lambda key: said.append(-key))
    places = [QPointF((keyboard._layout.place(key)[0] + 0.02) * 600, 110) for key in (48, 60, 62)]
    touch(screen, keyboard, BEGIN, (0, PRESSED, places[0]), (1, PRESSED, places[1]))
    touch(screen, keyboard, GO_ON, (0, STAYED, places[0]), (1, MOVED, places[2]))
    touch(screen, keyboard, END, (0, LIFTED, places[0]), (1, LIFTED, places[2]))
    assert said == [48, 60, -60, 62, -48, -62]
    keyboard.deleteLater()
