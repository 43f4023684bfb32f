"""Multi-touch on the pad and the piano keyboard."""

import pytest
from PyQt6.QtCore import QPointF
from PyQt6.QtTest import QTest

from gui.widgets.pad.pad import XYPad
from gui.widgets.piano_keyboard import PianoKeyboard
from tests.gui.views.touch_events import LIFT, MOVE, PRESS, STAY, Screen
from tests.support.wait_limit import MAX_WAIT_SECONDS


@pytest.fixture(scope="module")
def screen(app):
    """A touch screen."""
    return Screen()


def shown(widget, width, height):
    """A widget on the screen."""
    widget.resize(width, height)
    widget.show()
    assert QTest.qWaitForWindowExposed(widget, round(1000 * MAX_WAIT_SECONDS))
    return widget


def test_two_fingers_on_the_pad_press_drag_and_release_independently(screen):
    pad, said = shown(XYPad(), 400, 300), []
    pad.struck.connect(lambda finger, x, y, force: said.append(("struck", finger, round(x, 1), round(y, 1))))
    pad.dragged.connect(lambda finger, x, y, force: said.append(("driven", finger, round(x, 1), round(y, 1))))
    pad.released.connect(lambda finger: said.append(("lifted", finger)))
    low, high, middle = (pad.area.point(x, y) for x, y in ((0.1, 0.2), (0.9, 0.8), (0.5, 0.5)))
    screen.touch(pad, (0, PRESS, low))
    screen.touch(pad, (0, STAY, low), (1, PRESS, high))
    first, second = pad.pointers
    pad.pointers[second].time -= 1  # it has rested
    screen.touch(pad, (0, STAY, low), (1, MOVE, middle))
    screen.touch(pad, (0, LIFT, low), (1, STAY, middle))
    screen.touch(pad, (1, LIFT, middle))
    assert said == [
        ("struck", first, 0.1, 0.2), ("struck", second, 0.9, 0.8), ("driven", second, 0.5, 0.5), ("lifted", first),
        ("lifted", second),
    ]  # fmt: skip
    pad.deleteLater()


def test_two_fingers_on_the_keys_play_two_notes(screen):
    keyboard, said = shown(PianoKeyboard(48, 72), 600, 120), []
    keyboard.pressed.connect(lambda key, velocity: said.append(key))
    keyboard.released.connect(lambda key: said.append(-key))
    places = [QPointF((keyboard.key_layout.rect(key)[0] + 0.02) * 600, 110) for key in (48, 60, 62)]
    screen.touch(keyboard, (0, PRESS, places[0]), (1, PRESS, places[1]))
    screen.touch(keyboard, (0, STAY, places[0]), (1, MOVE, places[2]))
    screen.touch(keyboard, (0, LIFT, places[0]), (1, LIFT, places[2]))
    assert said == [48, 60, -60, 62, -48, -62]
    keyboard.deleteLater()
