"""The file opener: opens instruments, patches, scores and recordings that were dropped or chosen."""

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from engine.preset import library
from engine.preset.preset_file import SUFFIX
from engine.sound_file.suffixes import find_sound_files, is_sound_file
from gui.engine_translation import translate_message
from session import patch_file
from train.mapping.mapping_file import is_mapping

from .learn import LearnController
from .parameters import ParameterController
from .score import ScoreController

SCORE_SUFFIXES = (".mid", ".midi", ".kar", ".rmi", ".smf")


INSTRUMENT_SUFFIXES = (SUFFIX, library.ONNX_SUFFIX, patch_file.PATCH_SUFFIX)


class FileOpener(QObject):
    """Opens files by their suffix: instruments and scores are played, recordings and mappings learned from."""

    notified = pyqtSignal(str, bool)

    def __init__(self, parameters: ParameterController, score: ScoreController, learn: LearnController) -> None:
        super().__init__()
        self._parameters, self._score, self._learn = parameters, score, learn

    def open(self, paths: list[Path]) -> None:
        """Open files, and those in folders; show an error for others."""
        paths = [file for path in paths for file in self._files(path)]
        recordings = [path for path in paths if is_sound_file(path) or is_mapping(path)]
        if recordings:
            self._learn.open(recordings)
        for path in paths:
            suffix = path.suffix.lower()
            if not path.is_file():
                self.notified.emit(self.tr("{0} is not there").format(path), True)
            elif suffix in INSTRUMENT_SUFFIXES:
                self._parameters.choose(path)
            elif suffix in SCORE_SUFFIXES:
                self._score.open(path)
            elif path not in recordings:
                words = self.tr("{0}: only instruments ({1}), scores (.mid) and recordings can be opened")
                self.notified.emit(words.format(path.name, SUFFIX), True)

    def _files(self, path: Path) -> list[Path]:
        """The path of a file; of a folder what can be opened, recordings in the folders in it too, or else all files.

        None of one that cannot be read.
        """
        try:
            if not path.is_dir():
                return [path]
            files = [file for file in sorted(path.iterdir()) if file.is_file() and not file.name.startswith(".")]
            found = [file for file in files if file.suffix.lower() in (*INSTRUMENT_SUFFIXES, *SCORE_SUFFIXES)]
            return [*find_sound_files(path), *found] or files
        except OSError as error:
            self.notified.emit(translate_message(error), True)
            return []
