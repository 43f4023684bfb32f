"""Which controllers turn which knobs: learned by moving one, forgotten, taken back."""

from typing import cast

from PyQt6.QtCore import QObject, pyqtSignal

from gui.engine_bridge import Player
from gui.widgets.knob.panel import Knobs

from .undo_stack import History

REFUSED = frozenset({0, 6, 32, 38, *range(98, 102), *range(120, 128)})  # controllers with a meaning of their own
Learned = dict[tuple[str, str], int | None]  # by plugin and parameter; None: no controller, not even the usual one


class Controllers(QObject):
    """Keeps the engine, the knobs on the screen and the history alike."""

    told = pyqtSignal(str)
    relearned = pyqtSignal()

    def __init__(self, player: Player, knobs: Knobs, history: History) -> None:
        super().__init__()
        self.learned: Learned = {}
        self._player, self._knobs, self._history = player, knobs, history
        self._waiting: int | None = None  # the knob that a controller is learned for
        knobs.learn.connect(self.learn)
        knobs.forget.connect(lambda place: self._assign(place, None))
        player.controller.connect(self._moved)
        player.looked.connect(self._look)

    def learn(self, place: int) -> None:
        """The next controller that moves turns this knob from then on; asked again, no more."""
        self._waiting = None if self._waiting == place else place
        self._show()

    def set_learned(self, learned: Learned) -> None:
        """Take over what was learned before."""
        self.learned = learned
        self._player.deck.learn(learned)
        self._show()
        self.relearned.emit()

    def assign(self, knob: tuple[str, str], controller: int | None) -> None:
        """Let a controller turn a knob, or none; this can be taken back."""
        before, after = dict(self.learned), {**self.learned, knob: controller}
        self.set_learned(after)
        self._history.changed(self.tr("MIDI learn"), before, after, self._relearn)

    def begin(self) -> None:
        """Other knobs are on the screen."""
        self._waiting = None
        self._show()

    def _relearn(self, learned: object) -> None:
        self.set_learned(dict(cast(Learned, learned)))

    def _moved(self, controller: int) -> None:
        if self._waiting is None or self._player.now is None:
            return
        if controller in REFUSED:
            self.told.emit(self.tr("CC {0} has a meaning of its own; move another one").format(controller))
            return
        self._assign(self._waiting, controller)

    def _look(self) -> None:
        """Show which controllers have yet to pass the values of their knobs."""
        now, hands = self._player.now, self._player.hands
        if now is None or hands is None or not self.learned:
            return
        waiting = hands.rig.interpreter.waiting
        keys = {(knob.plugin.state.ctypes.data, knob.index): place for place, knob in enumerate(now.knobs)}
        self._knobs.set_waiting({keys[key]: level / 127 for key, level in waiting.items() if key in keys})

    def _assign(self, place: int, controller: int | None) -> None:
        assert self._player.now is not None
        knob = self._player.now.knobs[place]
        self._waiting = None
        self.assign((knob.plugin.name, knob.param.name), controller)

    def _show(self) -> None:
        knobs = self._player.now.knobs if self._player.now is not None else []
        found = [self.learned.get((knob.plugin.name, knob.param.name), knob.param.cc) for knob in knobs]
        self._knobs.set_controllers(dict(enumerate(found)), self._waiting)
