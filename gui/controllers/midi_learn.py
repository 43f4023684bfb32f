"""MIDI learn: which controllers set which parameters, learned by moving one, undoably."""

from typing import cast

from PyQt6.QtCore import QObject, pyqtSignal

from engine.plugin import label_of
from gui.engine_bridge import EngineBridge
from gui.panels.parameter_panel import ParameterPanel

from .undo_stack import UndoStack

RESERVED_CONTROLLERS = frozenset({0, 6, 32, 38, *range(98, 102), *range(120, 128)})  # with a fixed meaning in MIDI
Learned = dict[tuple[str, str], int | None]  # by label of plugin, and parameter; None: none, not even the default


class MidiLearn(QObject):
    """Applies assignments to the engine and the knobs, and pushes them on the undo stack."""

    notified = pyqtSignal(str)
    changed = pyqtSignal()

    def __init__(self, bridge: EngineBridge, knobs: ParameterPanel, undo_stack: UndoStack) -> None:
        super().__init__()
        self.learned: Learned = {}
        self._bridge, self._knobs, self._undo_stack = bridge, knobs, undo_stack
        self._learning: int | None = None  # index of the parameter that waits for a controller
        knobs.learn_requested.connect(self.learn)
        knobs.forget_requested.connect(lambda index: self._assign(index, None))
        bridge.controller_moved.connect(self._learn)
        bridge.polled.connect(self._show_pickup)

    def learn(self, index: int) -> None:
        """Assign the next controller that moves to a parameter; called again, stop waiting for one."""
        self._learning = None if self._learning == index else index
        self._show()

    def set_learned(self, learned: Learned) -> None:
        """Use these assignments."""
        self.learned = learned
        self._bridge.engine.map_controllers(learned)
        self._show()
        self.changed.emit()

    def assign(self, key: tuple[str, str], controller: int | None) -> None:
        """Assign a controller, or none, to a parameter or a button, undoably."""
        before, after = dict(self.learned), {**self.learned, key: controller}
        self.set_learned(after)
        self._undo_stack.push_state(self.tr("MIDI learn"), before, after, self._restore)

    def reset(self) -> None:
        """Show the assignments of other knobs, and stop waiting for a controller."""
        self._learning = None
        self._show()

    def _restore(self, learned: object) -> None:
        self.set_learned(dict(cast(Learned, learned)))

    def _learn(self, controller: int) -> None:
        if self._learning is None or self._bridge.now is None:
            return
        if controller in RESERVED_CONTROLLERS:
            self.notified.emit(self.tr("CC {0} has a meaning of its own; move another one").format(controller))
            return
        self._assign(self._learning, controller)

    def _show_pickup(self) -> None:
        """Show the controllers that have yet to pass the values of their parameters."""
        now, live_input = self._bridge.now, self._bridge.live_input
        if now is None or live_input is None or not self.learned:
            return
        waiting = live_input.host.interpreter.pending_pickups
        keys = {}
        if waiting:  # a plugin may have a thousand parameters
            keys = {(each.plugin.state.ctypes.data, each.index): index for index, each in enumerate(now.parameters)}
        self._knobs.set_controller_positions(
            {keys[key]: level / 127 for key, level in waiting.items() if key in keys}
        )

    def _assign(self, index: int, controller: int | None) -> None:
        assert self._bridge.now is not None
        parameter = self._bridge.now.parameters[index]
        self._learning = None
        self.assign((label_of(parameter.plugin), parameter.param.name), controller)

    def _show(self) -> None:
        parameters = self._bridge.now.parameters if self._bridge.now is not None else []
        found = [self.learned.get((label_of(each.plugin), each.param.name), each.param.cc) for each in parameters]
        self._knobs.set_controllers(dict(enumerate(found)), self._learning)
