"""The axes of the pad: the learned plane, or any two parameters."""

from collections.abc import Sequence
from typing import cast

from PyQt6.QtCore import QObject

from gui.views.view_stack import LEARNED, NO_AXIS, ViewStack

from .undo_stack import UndoStack

DEFAULT_AXES = "brightness", "decay"  # where an instrument has them
EXCLUDED = "level"  # is an axis by default only where there is no other parameter
Pair = tuple[str, str]


class PadAxes(QObject):
    """A choice stays when the instrument changes, and is undoable."""

    def __init__(self, views: ViewStack, undo_stack: UndoStack) -> None:
        super().__init__()
        self.now: Pair = (LEARNED, LEARNED)
        self._chosen: Pair = (LEARNED, LEARNED)  # by the player
        self._views, self._undo_stack = views, undo_stack
        self._is_gesture = True
        views.axes_changed.connect(self._change)

    def offer(self, names: Sequence[str], learned: bool, notes: bool) -> None:
        """Offer the parameters of another instrument.

        learned: whether it has a learned plane. notes: whether its keys play notes.
        """
        first = [name for name in DEFAULT_AXES if name in names]
        others = [name for name in names if name not in (*first, EXCLUDED)]
        default = [*first, *others, *(name for name in names if name == EXCLUDED), NO_AXIS, NO_AXIS]
        axes = (LEARNED, LEARNED) if learned and not notes else (default[0], default[1])
        if self._chosen[0] in names and self._chosen[1] in names:
            axes = self._chosen
        self._is_gesture = False
        self._views.set_axes(names, learned, *axes)
        self._is_gesture = True

    def _change(self, across: str, upwards: str) -> None:
        """Use other axes; the defaults of an instrument are no choice, and no undo step."""
        before, self.now = (self.now, self._chosen), (across, upwards)
        if self._is_gesture and self.now != before[0]:
            self._chosen = self.now
            text = self.tr("choice of the pad's axes")
            self._undo_stack.push_state(text, before, (self.now, self._chosen), self._restore)

    def _restore(self, axes: object) -> None:
        now, self._chosen = cast(tuple[Pair, Pair], axes)
        self._is_gesture = False
        self._views.select_axes(*now)
        self._is_gesture = True
