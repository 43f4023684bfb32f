"""Files that are opened: each goes to where something is made of it."""

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from engine.preset import library
from engine.preset.preset_file import SUFFIX
from gui.dialogs.learn import SOUNDS
from session import patch_file

from .learn import Workshop
from .parameters import Tuning
from .score import Conducting

SCORES = (".mid", ".midi")
INSTRUMENTS = (SUFFIX, library.ONNX, patch_file.ENDING)


class Doors(QObject):
    """Instruments play, scores are played, recordings are learned from."""

    told = pyqtSignal(str, bool)

    def __init__(self, tuning: Tuning, conducting: Conducting, workshop: Workshop) -> None:
        super().__init__()
        self._tuning, self._conducting, self._workshop = tuning, conducting, workshop

    def open(self, paths: list[Path]) -> None:
        """Do the obvious thing with files; say why not with others."""
        paths = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
        recordings = [path for path in paths if path.suffix.lower() in SOUNDS]
        if recordings:
            self._workshop.open(recordings)
        for path in paths:
            ending = path.suffix.lower()
            if not path.is_file():
                self.told.emit(self.tr("{0} is not there").format(path), True)
            elif ending in INSTRUMENTS:
                self._tuning.choose(path)
            elif ending in SCORES:
                self._conducting.open(path)
            elif path not in recordings:
                words = self.tr("{0}: only instruments ({1}), scores (.mid) and recordings can be opened")
                self.told.emit(words.format(path.name, SUFFIX), True)
