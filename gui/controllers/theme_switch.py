"""Light or dark, as the player wants it."""

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QApplication

from gui import theme
from gui.preferences import Memory

from .undo_stack import History


class Lighting(QObject):
    """Remembers which it is; a change can be taken back."""

    def __init__(self, app: QApplication, history: History, remembered: Memory) -> None:
        super().__init__()
        self._app, self._history, self._memory = app, history, remembered

    def change(self) -> None:
        """From dark to light, and back."""
        before = self._memory.theme
        after = "light" if before == "dark" else "dark"
        self._go(after)
        self._history.changed(self.tr("change of light"), before, after, self._go)

    def _go(self, name: object) -> None:
        self._memory.theme = str(name)
        theme.apply(self._app, self._memory.theme)
