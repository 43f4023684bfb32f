"""A/B comparison of two patches."""

from typing import cast

from PyQt6.QtCore import QObject, pyqtSignal

from session.patch import Patch

from .parameters import ParameterController


class ABCompare(QObject):
    """Two patches, A and B: one plays, the other waits; alike at first. Changing over is undoable."""

    notified = pyqtSignal(str)

    def __init__(self, parameters: ParameterController) -> None:
        super().__init__()
        self.current = "A"
        self._parameters = parameters
        self._waiting: Patch | None = None

    @property
    def other(self) -> str:
        """The name of the one that waits."""
        return "B" if self.current == "A" else "A"

    def compare(self) -> None:
        """Change over to the other one."""
        current = self._parameters.patch
        if current is None:
            return
        other = self._waiting or current
        self._swap((current, other))
        text = self.tr("comparison")
        self._parameters.undo_stack.push_state(text, (other, current), (current, other), self._swap)

    def _swap(self, pair: object) -> None:
        """Store the first of two patches, and load the second."""
        stored, loaded = cast(tuple[Patch, Patch], pair)
        self._waiting = stored
        self.current = self.other
        self._parameters.recall(loaded)
        self.notified.emit(self.tr("Setting {0}").format(self.current))
