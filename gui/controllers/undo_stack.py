"""What can be taken back: whatever a player turns, chooses, names or throws away."""

from collections.abc import Callable

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QUndoCommand, QUndoStack

STEPS = 500  # that can be taken back


class History(QUndoStack):
    """One history of everything; what it tells of has been done already."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setUndoLimit(STEPS)
        self._turning: Turn | None = None

    def turned(self, words: str, knob: str, ends: tuple[float, float], go: Callable[[str, float], object]) -> None:
        """A knob went from one value to another: one step with what it did before in the same movement."""
        turn = Turn(words, knob, ends, go)
        if self._turning is None or self._turning.knob != knob:
            self.settle()
            self._turning = turn
        self.push(turn)

    def changed(self, words: str, before: object, after: object, go: Callable[[object], object]) -> None:
        """Something went from one state to another, and `go` brings it to either."""
        self.settle()
        self.push(Change(words, before, after, go))

    def settle(self) -> None:
        """A movement of the hand is over: the next one is a step of its own."""
        if self._turning is not None:
            self._turning.open = False
            self._turning = None


class Turn(QUndoCommand):
    """A knob was turned; one movement of the hand is one step, however many values it went through."""

    def __init__(self, words: str, knob: str, ends: tuple[float, float], go: Callable[[str, float], object]) -> None:
        super().__init__(words)
        self.knob, self._ends, self._go = knob, ends, go
        self.open = True  # until the hand lets go
        self._done = True  # the player has turned it already

    def redo(self) -> None:
        """Turn it again."""
        if not self._done:
            self._go(self.knob, self._ends[1])
        self._done = False

    def undo(self) -> None:
        """Turn it back."""
        self._go(self.knob, self._ends[0])

    def id(self) -> int:
        """Steps of this number may be joined."""
        return 1

    def mergeWith(self, other: QUndoCommand | None) -> bool:
        """Join what follows in the same movement."""
        if not isinstance(other, Turn) or not self.open or other.knob != self.knob:
            return False
        self._ends = (self._ends[0], other._ends[1])
        return True


class Change(QUndoCommand):
    """Something went from one state to another, and `go` brings it to either."""

    def __init__(self, words: str, before: object, after: object, go: Callable[[object], object]) -> None:
        super().__init__(words)
        self._before, self._after, self._go = before, after, go
        self._done = True

    def redo(self) -> None:
        """Bring it there again."""
        if not self._done:
            self._go(self._after)
        self._done = False

    def undo(self) -> None:
        """Bring it back."""
        self._go(self._before)
