"""MIDI learn for buttons: a controller presses a button when it passes its middle upwards, as pedals do."""

from collections.abc import Callable

from PyQt6.QtCore import QObject, QPoint, Qt, pyqtSignal
from PyQt6.QtWidgets import QMenu, QToolButton

from gui.engine_bridge import EngineBridge
from gui.widgets import factory

from .midi_learn import RESERVED_CONTROLLERS, MidiLearn

BUTTONS = "window"  # stands for the plugin among the learned controllers


class ButtonMidiLearn(QObject):
    """Each button learns its own controller."""

    notified = pyqtSignal(str)

    def __init__(self, bridge: EngineBridge, midi_learn: MidiLearn) -> None:
        super().__init__()
        self._midi_learn = midi_learn
        self._actions: dict[str, Callable[[], object]] = {}
        self._buttons: dict[str, QToolButton] = {}
        self._tips: dict[str, str] = {}
        self._learning = ""  # the button that waits for a controller
        bridge.controller_moved.connect(self._learn)
        bridge.controller_pressed.connect(self._press)
        midi_learn.changed.connect(self.show)

    def add(self, name: str, button: QToolButton, action: Callable[[], object]) -> None:
        """Let a controller press a button, which does `action`."""
        self._actions[name], self._buttons[name], self._tips[name] = action, button, button.toolTip()
        button.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        button.customContextMenuRequested.connect(lambda point: self.menu(name).popup(_global_point(button, point)))
        self._show(name)

    def menu(self, name: str) -> QMenu:
        """MIDI learn and forget."""
        items = [
            (self.tr("MIDI learn"), lambda: self._start_learning(name), True),
            (self.tr("Forget the controller"), lambda: self._assign(name, None), True),
        ]
        return factory.menu(self._buttons[name], items)

    def show(self) -> None:
        """Show the learned controllers."""
        for name in self._buttons:
            self._show(name)

    def _start_learning(self, name: str) -> None:
        self._learning = name
        self._show(name)

    def _learn(self, controller: int) -> None:
        if not self._learning:
            return
        if controller in RESERVED_CONTROLLERS:
            self.notified.emit(self.tr("CC {0} has a meaning of its own; move another one").format(controller))
        else:
            self._assign(self._learning, controller)

    def _assign(self, name: str, controller: int | None) -> None:
        self._learning = ""
        self._midi_learn.assign((BUTTONS, name), controller)

    def _press(self, controller: int) -> None:
        for name, action in self._actions.items():
            if self._midi_learn.learned.get((BUTTONS, name)) == controller:
                action()

    def _show(self, name: str) -> None:
        controller = self._midi_learn.learned.get((BUTTONS, name))
        words = self.tr("CC {0}").format(controller) if controller is not None else self.tr("right click: MIDI learn")
        if name == self._learning:
            words = self.tr("move a controller to learn it")
        self._buttons[name].setToolTip(f"{self._tips[name]} · {words}")


def _global_point(button: QToolButton, point: QPoint) -> QPoint:
    return button.mapToGlobal(point)
