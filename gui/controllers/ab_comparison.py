"""A/B comparison of two patches."""

from typing import cast

from PyQt6.QtCore import QObject, pyqtSignal

from session.patch import Patch

from .parameters import ParameterController


class ABComparison(QObject):
    """Two patches, A and B, equal at first: one plays, the other is stored. Switching is undoable."""

    notified = pyqtSignal(str)

    def __init__(self, parameters: ParameterController) -> None:
        super().__init__()
        self.current = "A"
        self._parameters = parameters
        self._waiting: Patch | None = None

    @property
    def other(self) -> str:
        """The name of the stored one."""
        return "B" if self.current == "A" else "A"

    def compare(self) -> None:
        """Switch to the other one."""
        current = self._parameters.patch
        if current is None:
            return
        before, after = (current, self._waiting), (self._waiting or current, current)
        self._restore(after)
        self._parameters.undo_stack.push_state(self.tr("comparison"), before, after, self._restore)

    def _restore(self, state: object) -> None:
        """Load the first of two patches, and store the second: None until there was a comparison."""
        loaded, self._waiting = cast(tuple[Patch, Patch | None], state)
        self.current = self.other
        self._parameters.recall(loaded)
        self.notified.emit(self.tr("Setting {0}").format(self.current))
