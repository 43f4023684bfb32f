"""The undo, redo and comparison buttons of the top bar."""

from PyQt6.QtCore import QObject

from gui.panels.top_bar import TopBar

from .ab_comparison import ABComparison
from .undo_stack import UndoStack


class UndoController(QObject):
    """Connects undo, redo and the comparison to the buttons of the top bar."""

    def __init__(self, undo_stack: UndoStack, comparison: ABComparison, top_bar: TopBar) -> None:
        super().__init__()
        self._undo_stack, self._comparison, self._top_bar = undo_stack, comparison, top_bar
        top_bar.undo.clicked.connect(undo_stack.undo)
        top_bar.redo.clicked.connect(undo_stack.redo)
        top_bar.compare.clicked.connect(comparison.compare)
        undo_stack.indexChanged.connect(self._show)
        self._show()

    def _show(self, _: int = 0) -> None:
        bar, stack = self._top_bar, self._undo_stack
        bar.undo.setEnabled(stack.canUndo())
        bar.redo.setEnabled(stack.canRedo())
        bar.undo.setToolTip(self.tr("Undo {0} (Ctrl+Z)").format(stack.undoText()))
        bar.redo.setToolTip(self.tr("Redo {0} (Ctrl+Shift+Z)").format(stack.redoText()))
        bar.show_ab(self._comparison.current, self._comparison.other)
