"""A window plays instruments of kinds that it was not written for; in a process of its own, for another source tree.

python -m tests.support.new_kind_child FILE… prints what each instrument has been through, a word each.
"""

import sys
from pathlib import Path

import numpy as np
import soundfile
from PyQt6 import sip
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from benchmarks.support.jack_server import running
from benchmarks.support.virtual_display import virtual_display
from gui import app as gui_app
from gui import preferences, theme
from gui.main_controller import MainController
from gui.views.view_stack import INSTRUMENT, PAD, VOICE
from session.patch import ROOM, Chain
from session.translatable_message import Message
from tests.gui.conftest import advance, until

LEFT = Qt.MouseButton.LeftButton
KEY, CONTROLLER = 64, 20
AUDIBLE = 0.003  # peak, linear


def main(paths: list[Path]) -> None:
    """Play each instrument, and use what the window has for its parameters."""
    with virtual_display(), running():
        app = QApplication(["luthier"])
        theme.apply(app, "dark")
        controller = gui_app.open_window(app, preferences.load(), paths[:1])
        failures: list[Message] = []
        controller.bridge.failed.connect(failures.append)
        until(lambda: controller.bridge.status.state == "playing" and controller.bridge.now is not None)
        for path in paths:
            print(path.stem, flush=True)
            controller.opener.open([path])
            until(lambda path=path: plays(controller, path))
            for task in (look, strike, learn_midi, change_chain, undo_all):
                task(controller)
                print(task.__name__, flush=True)
        assert not failures, [str(each) for each in failures]
        controller.window.close()
        until(lambda: not controller.engine.is_alive())
        sip.delete(controller.window)


def plays(controller: MainController, path: Path) -> bool:
    """Whether the instrument of a file plays, and nothing else is asked for."""
    now = controller.bridge.now
    return now is not None and now.path == path and controller.parameters._model.requested is None


def sounding(controller: MainController) -> bool:
    """Whether something is heard."""
    return max(controller.engine.host.meters().peak) > AUDIBLE


def silence(controller: MainController) -> None:
    """End all notes, and wait until none is heard."""
    controller.bridge.panic()
    until(lambda: not controller.bridge.status.voices and max(controller.engine.host.meters().peak) < 1e-4)


def look(controller: MainController) -> None:
    """Paint every view, silent and while a note sounds; the note is heard."""
    for note in (False, True):
        if note:
            controller.bridge.note_on(KEY, 0.9)
            until(lambda: sounding(controller))
            until(lambda: KEY in controller.window.keyboard.lit)
        for view in (INSTRUMENT, PAD, VOICE):
            controller.window.views.show_view(view)
            advance(controller)
            assert not controller.window.grab().isNull()
    silence(controller)


def strike(controller: MainController) -> None:
    """Strike each view with the mouse; the pad is heard, and its axes can be chosen."""
    views = controller.window.views
    instrument_view = views._instrument_views.currentWidget()
    for view, widget in ((INSTRUMENT, instrument_view), (PAD, views.pad), (VOICE, views.voice)):
        views.show_view(view)
        QTest.mousePress(widget, LEFT)
        QTest.mouseRelease(widget, LEFT)
        silence(controller)
    views.show_view(PAD)
    for box in (views.x_axis, views.y_axis):
        for key in (Qt.Key.Key_End, Qt.Key.Key_Home, Qt.Key.Key_Down):
            QTest.keyClick(box, key)
            assert not controller.window.grab().isNull()
    QTest.mousePress(views.pad, LEFT)
    until(lambda: sounding(controller))
    QTest.mouseRelease(views.pad, LEFT)
    silence(controller)


def learn_midi(controller: MainController) -> None:
    """Let a controller learn each knob of the instrument, and turn the knob by it."""
    assert controller.engine.host is not None
    for index, parameter in enumerate(controller.bridge.now.parameters):
        key = (parameter.plugin.name, parameter.param.name)
        controller.midi_learn.learn(index)
        controller.bridge.controller_moved.emit(CONTROLLER)
        assert controller.midi_learn.learned[key] == CONTROLLER
        controller.parameters.set_value(parameter.name, parameter.param.low)
        controller.parameters.end_gesture()
        assert controller.parameters.value(parameter.name) == parameter.param.low
    advance(controller)
    controller.comparison.compare()
    controller.comparison.compare()
    path = controller.parameters.patch.path
    until(lambda: plays(controller, path))


def change_chain(controller: MainController) -> None:
    """Add an effect, a room and the same instrument as the second one, and play both."""
    parameters, path = controller.parameters, controller.parameters.patch.path
    controller.chain.add_layer(path)
    controller.chain._add("chorus")
    room = path.with_name("clap.wav")
    soundfile.write(room, 0.5 ** np.arange(480), 48_000)
    controller.chain.add_room(str(room))
    until(lambda: plays(controller, path) and set(controller.bridge.now.chain.kinds) == {"chorus", ROOM})
    assert controller.bridge.now.rack.layer is not None
    for slot in parameters.slots:
        parameters.show_slot(slot)
        assert not controller.window.grab().isNull()
    controller.bridge.note_on(KEY, 0.9)
    until(lambda: controller.bridge.status.voices == 2)
    silence(controller)


def undo_all(controller: MainController) -> None:
    """Undo all steps but the choice of the instrument, redo and undo them."""
    stack, path = controller.undo_stack, controller.parameters.patch.path
    first = next((i for i in range(stack.count(), 0, -1) if stack.text(i - 1) == "change of instrument"), 0)
    for index in (first, stack.count(), first):
        stack.setIndex(index)
        until(lambda: plays(controller, path))
    assert controller.bridge.now.chain == Chain()
    assert not controller.midi_learn.learned
    until(lambda: controller.bridge.status.voices == 0)


if __name__ == "__main__":
    main([Path(each).resolve() for each in sys.argv[1:]])
