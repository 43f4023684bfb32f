"""What can be taken back, as the buttons at the top of the window say it."""

from PyQt6.QtCore import QObject

from gui.panels.top_bar import Header

from .ab_compare import Comparing
from .undo_stack import History


class Rewinding(QObject):
    """Wires undo, redo and the comparison of two settings."""

    def __init__(self, history: History, comparing: Comparing, header: Header) -> None:
        super().__init__()
        self._history, self._comparing, self._header = history, comparing, header
        header.undo.clicked.connect(history.undo)
        header.redo.clicked.connect(history.redo)
        header.compare.clicked.connect(comparing.compare)
        history.indexChanged.connect(self._show)
        self._show()

    def _show(self, _: int = 0) -> None:
        header, history = self._header, self._history
        header.undo.setEnabled(history.canUndo())
        header.redo.setEnabled(history.canRedo())
        header.undo.setToolTip(self.tr("Undo {0} (Ctrl+Z)").format(history.undoText()))
        header.redo.setToolTip(self.tr("Redo {0} (Ctrl+Shift+Z)").format(history.redoText()))
        header.show_setting(self._comparing.now, self._comparing.other)
