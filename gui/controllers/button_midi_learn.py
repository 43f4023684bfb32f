"""Buttons of the window that a controller may press as well: each learns its own."""

from collections.abc import Callable

from PyQt6.QtCore import QObject, QPoint, Qt, pyqtSignal
from PyQt6.QtWidgets import QMenu, QToolButton

from gui.engine_bridge import Player
from gui.widgets import factory

from .midi_learn import REFUSED, Controllers

BUTTONS = "window"  # stands in place of a plugin where learned controllers are remembered


class Stepping(QObject):
    """A controller presses a button when it passes its middle upwards, as pedals do."""

    told = pyqtSignal(str)

    def __init__(self, player: Player, controllers: Controllers) -> None:
        super().__init__()
        self._controllers = controllers
        self._work: dict[str, Callable[[], object]] = {}
        self._buttons: dict[str, QToolButton] = {}
        self._tips: dict[str, str] = {}
        self._waiting = ""
        player.controller.connect(self._moved)
        player.stepped.connect(self._press)
        controllers.relearned.connect(self.show)

    def add(self, name: str, button: QToolButton, work: Callable[[], object]) -> None:
        """Let a controller press a button; what it does is `work`."""
        self._work[name], self._buttons[name], self._tips[name] = work, button, button.toolTip()
        button.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        button.customContextMenuRequested.connect(lambda point: self.menu(name).popup(_under(button, point)))
        self._show(name)

    def menu(self, name: str) -> QMenu:
        """MIDI learn and forget."""
        offers = [
            (self.tr("MIDI learn"), lambda: self._wait(name), True),
            (self.tr("Forget the controller"), lambda: self._assign(name, None), True),
        ]
        return factory.menu(self._buttons[name], offers)

    def show(self) -> None:
        """Show what is learned."""
        for name in self._buttons:
            self._show(name)

    def _wait(self, name: str) -> None:
        self._waiting = name
        self._show(name)

    def _moved(self, controller: int) -> None:
        if not self._waiting:
            return
        if controller in REFUSED:
            self.told.emit(self.tr("CC {0} has a meaning of its own; move another one").format(controller))
        else:
            self._assign(self._waiting, controller)

    def _assign(self, name: str, controller: int | None) -> None:
        self._waiting = ""
        self._controllers.assign((BUTTONS, name), controller)

    def _press(self, controller: int) -> None:
        for name, work in self._work.items():
            if self._controllers.learned.get((BUTTONS, name)) == controller:
                work()

    def _show(self, name: str) -> None:
        controller = self._controllers.learned.get((BUTTONS, name))
        words = self.tr("CC {0}").format(controller) if controller is not None else self.tr("right click: MIDI learn")
        if name == self._waiting:
            words = self.tr("move a controller to learn it")
        self._buttons[name].setToolTip(f"{self._tips[name]} · {words}")


def _under(button: QToolButton, point: QPoint) -> QPoint:
    return button.mapToGlobal(point)
