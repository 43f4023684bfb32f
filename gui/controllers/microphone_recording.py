"""Records from the microphone what shall be learned, and hands it to the dialogue of learning."""

import time
from pathlib import Path

from PyQt6.QtCore import QObject

from gui.dialogs.learn import Learning
from gui.engine_bridge import Player
from session.engine_thread import EngineThread
from session.recorder import name_for

from .learn import Workshop

LONGEST = 600.0  # seconds of a recording


class Capturing(QObject):
    """What plays goes on meanwhile; nothing of the microphone is heard."""

    def __init__(self, deck: EngineThread, player: Player, workshop: Workshop) -> None:
        super().__init__()
        self._deck, self._workshop = deck, workshop
        self._dialogue: Learning = workshop.dialogue
        self._path: Path | None = None
        self._began = 0.0
        self._dialogue.record.clicked.connect(self.toggle)
        self._dialogue.finished.connect(lambda _: self.stop())
        player.looked.connect(self._look)

    def toggle(self) -> None:
        """Begin, or end."""
        if self._path is not None:
            self.stop()
            return
        path = name_for(self.tr("Recording"))
        self._deck.ask(lambda: self._deck.reels.begin_listening(path), self._begun)

    def stop(self) -> None:
        """End, and judge what was recorded."""
        path, self._path = self._path, None
        self._dialogue.show_recording(None)
        if path is not None:
            self._deck.ask(self._deck.reels.end_listening, lambda _: self._workshop.take([path]))

    def _begun(self, path: Path) -> None:
        self._path, self._began = path, time.monotonic()

    def _look(self) -> None:
        if self._path is None:
            return
        seconds = time.monotonic() - self._began
        self._dialogue.show_recording(seconds)
        if seconds > LONGEST or not self._deck.reels.takes_down(self._path):  # another instrument ends it as well
            self.stop()
