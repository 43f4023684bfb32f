"""Two settings, A and B: one plays, the other waits to be compared with it."""

from typing import cast

from PyQt6.QtCore import QObject, pyqtSignal

from session.patch import Setting

from .parameters import Tuning


class Comparing(QObject):
    """At first both are alike; going to the other one can be taken back."""

    told = pyqtSignal(str)

    def __init__(self, tuning: Tuning) -> None:
        super().__init__()
        self.now = "A"
        self._tuning = tuning
        self._waiting: Setting | None = None

    @property
    def other(self) -> str:
        """The one that waits."""
        return "B" if self.now == "A" else "A"

    def compare(self) -> None:
        """Go to the other one."""
        here = self._tuning.setting
        if here is None:
            return
        there = self._waiting or here
        self._swap((here, there))
        self._tuning.history.changed(self.tr("comparison"), (there, here), (here, there), self._swap)

    def _swap(self, pair: object) -> None:
        """Leave the first of two settings for the second."""
        here, there = cast(tuple[Setting, Setting], pair)
        self._waiting = here
        self.now = self.other
        self._tuning.recall(there)
        self.told.emit(self.tr("Setting {0}").format(self.now))
