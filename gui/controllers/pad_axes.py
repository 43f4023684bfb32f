"""What the two axes of the pad are: the learned plane, or any two knobs."""

from collections.abc import Sequence
from typing import cast

from PyQt6.QtCore import QObject

from gui.views.view_stack import LEARNED, Stage

from .undo_stack import History

FIRST, SECOND = "brightness", "decay"  # what the pad turns unless told otherwise,
QUIET = "level"  # and what it does not
Pair = tuple[str, str]


class Axes(QObject):
    """Keeps what the player chose from instrument to instrument, and lets it be taken back."""

    def __init__(self, stage: Stage, history: History) -> None:
        super().__init__()
        self.now: Pair = (LEARNED, LEARNED)
        self._wished: Pair = (LEARNED, LEARNED)
        self._stage, self._history = stage, history
        self._by_hand = True
        stage.axes.connect(self._take)

    def offer(self, names: Sequence[str], learned: bool, notes: bool) -> None:
        """Another instrument: its knobs, whether it has a learned plane, and whether its keys play notes."""
        first = [name for name in (FIRST, SECOND) if name in names]
        default = [*first, *(name for name in names if name not in (*first, QUIET))]
        axes = (LEARNED, LEARNED) if learned and not notes else (default[0], default[1])
        if self._wished[0] in names and self._wished[1] in names:
            axes = self._wished
        self._by_hand = False
        self._stage.set_axes(names, learned, *axes)
        self._by_hand = True

    def _take(self, across: str, upwards: str) -> None:
        """What an instrument has by default is nobody's wish, and no step to be taken back."""
        before, self.now = (self.now, self._wished), (across, upwards)
        if self._by_hand and self.now != before[0]:
            self._wished = self.now
            self._history.changed(self.tr("choice of the pad's axes"), before, (self.now, self._wished), self._go)

    def _go(self, axes: object) -> None:
        now, self._wished = cast(tuple[Pair, Pair], axes)
        self._by_hand = False
        self._stage.choose_axes(*now)
        self._by_hand = True
