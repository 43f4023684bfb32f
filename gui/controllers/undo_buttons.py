"""The undo buttons, and the A/B comparison of two patches beside them."""

from typing import cast

from PyQt6.QtCore import QObject, pyqtSignal

from gui.panels.top_bar import TopBar
from session.patch import Patch

from .parameters import ParameterController
from .undo_stack import UndoStack


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


class UndoController(QObject):
    """Connects undo, redo and the comparison to the buttons of the top bar."""

    def __init__(self, undo_stack: UndoStack, ab_compare: ABCompare, top_bar: TopBar) -> None:
        super().__init__()
        self._undo_stack, self._ab_compare, self._top_bar = undo_stack, ab_compare, top_bar
        top_bar.undo.clicked.connect(undo_stack.undo)
        top_bar.redo.clicked.connect(undo_stack.redo)
        top_bar.compare.clicked.connect(ab_compare.compare)
        undo_stack.indexChanged.connect(self._show)
        self._show()

    def _show(self, _: int = 0) -> None:
        bar, stack = self._top_bar, self._undo_stack
        bar.undo.setEnabled(stack.canUndo())
        bar.redo.setEnabled(stack.canRedo())
        bar.undo.setToolTip(self.tr("Undo {0} (Ctrl+Z)").format(stack.undoText()))
        bar.redo.setToolTip(self.tr("Redo {0} (Ctrl+Shift+Z)").format(stack.redoText()))
        bar.show_ab(self._ab_compare.current, self._ab_compare.other)
