"""The undo stack: parameter changes, choices, names and deleted files, in one history."""

from collections.abc import Callable

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QUndoCommand, QUndoStack

MAX_STEPS = 500


class UndoStack(QUndoStack):
    """Pushed commands have been executed already."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setUndoLimit(MAX_STEPS)
        self._open: ValueCommand | None = None

    def push_value(self, text: str, name: str, ends: tuple[float, float], set_value: "SetValue") -> None:
        """A value went from one to another; changes of one gesture are one step."""
        command = ValueCommand(text, name, ends, set_value)
        if self._open is None or self._open.name != name:
            self.close_step()
            self._open = command
        self.push(command)

    def push_state(self, text: str, before: object, after: object, restore: Callable[[object], object]) -> None:
        """Something went from one state to another; `restore` brings either back."""
        self.close_step()
        self.push(StateCommand(text, before, after, restore))

    def close_step(self) -> None:
        """The end of a gesture: the next change is a step of its own."""
        if self._open is not None:
            self._open.is_open = False
            self._open = None


SetValue = Callable[[str, float], object]  # name and value


class ValueCommand(QUndoCommand):
    """A change of a value; the changes of one gesture are merged."""

    def __init__(self, text: str, name: str, ends: tuple[float, float], set_value: SetValue) -> None:
        super().__init__(text)
        self.name, self._ends, self._set_value = name, ends, set_value
        self.is_open = True  # until the gesture ends
        self._is_done = True

    def redo(self) -> None:
        """Set the value after; the push itself changes nothing."""
        if not self._is_done:
            self._set_value(self.name, self._ends[1])
        self._is_done = False

    def undo(self) -> None:
        """Set the value before."""
        self._set_value(self.name, self._ends[0])

    def id(self) -> int:
        """Commands of the same id may be merged."""
        return 1

    def mergeWith(self, other: QUndoCommand | None) -> bool:
        """Merge a change of the same value in the same gesture."""
        if not isinstance(other, ValueCommand) or not self.is_open or other.name != self.name:
            return False
        self._ends = (self._ends[0], other._ends[1])
        return True


class StateCommand(QUndoCommand):
    """A change from one state to another."""

    def __init__(self, text: str, before: object, after: object, restore: Callable[[object], object]) -> None:
        super().__init__(text)
        self._before, self._after, self._restore = before, after, restore
        self._is_done = True

    def redo(self) -> None:
        """Restore the state after; the push itself changes nothing."""
        if not self._is_done:
            self._restore(self._after)
        self._is_done = False

    def undo(self) -> None:
        """Restore the state before."""
        self._restore(self._before)
