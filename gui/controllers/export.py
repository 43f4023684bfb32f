"""Instruments as files for others: whole, with all that they play with, or for other programs."""

from pathlib import Path

from PyQt6.QtCore import QObject, QProcess, pyqtSignal
from PyQt6.QtWidgets import QWidget

from engine.preset.preset_file import SUFFIX, PresetError
from gui.browser.catalogue import Entry
from gui.dialogs import prompts
from gui.processes import process as aside
from gui.terms import message
from session import bundle as bundling
from session import patch_file
from session.engine_thread import EngineThread
from session.patch import Setting

ENDINGS = (SUFFIX, ".onnx", ".safetensors", ".wav")


class Exporting(QObject):
    """What others need is written by the command, in a process of its own."""

    told = pyqtSignal(str, bool)

    def __init__(self, deck: EngineThread, window: QWidget) -> None:
        super().__init__()
        self._deck, self._window = deck, window
        self._process: QProcess | None = None

    def ask(self, entry: Entry, playing: Setting | None) -> None:
        """Ask where an instrument goes, and write it; what plays goes as it does."""
        words = (
            self.tr("Instrument with knobs and effects"), self.tr("Model for other programs"),
            self.tr("Raw tensors"), self.tr("Its room, as a clap in it sounds"),
        )  # fmt: skip
        plays = playing is not None and playing.path == entry.path
        prompts.destination(
            self._window, self.tr("Export"), f"{entry.name}{SUFFIX}", tuple(zip(words, ENDINGS, strict=True)),
            lambda path: self.export(entry, path, playing if plays else None),
        )  # fmt: skip

    def export(self, entry: Entry, path: Path, setting: Setting | None) -> None:
        """Write an instrument to a file whose ending says how."""
        if path.suffix.lower() not in ENDINGS:
            words = self.tr("{0}: the ending must be one of {1}")
            self.told.emit(words.format(path.name, ", ".join(ENDINGS)), True)
        elif path.suffix.lower() == SUFFIX:
            self._deck.ask(lambda: bundling.bundle(entry.path, path, setting), self._say)
        else:
            self._command(entry, path)

    def close(self) -> None:
        """Write no more."""
        process, self._process = self._process, None
        if process is not None:
            aside.end(process)

    def _command(self, entry: Entry, path: Path) -> None:
        self.close()
        try:
            model = (
                patch_file.model(entry.path, patch_file.load(entry.path))
                if patch_file.is_saved(entry.path)
                else entry.path
            )
        except PresetError as error:
            self.told.emit(message(error), True)
            return
        words = ["-m", "cli.main", "export", str(model), "-o", str(path)]
        self._process = process = aside.begin(self, aside.python(*words))
        process.finished.connect(lambda status, _: self._end(process, status, path))
        process.start()

    def _end(self, process: QProcess, status: int, path: Path) -> None:
        if process is not self._process:
            return
        self._process = None
        lines = bytes(process.readAllStandardError().data()).decode(errors="replace").strip().splitlines()
        process.deleteLater()
        if status == 0:
            self._say([path])
        else:
            self.told.emit(lines[-1].removeprefix("luthier: ") if lines else self.tr("It could not be written"), True)

    def _say(self, paths: list[Path]) -> None:
        words, beside = self.tr("Written: {0}").format(paths[0]), ", ".join(path.name for path in paths[1:])
        if beside:
            words = self.tr("Written: {0}; beside it, to be kept with it: {1}").format(paths[0], beside)
        self.told.emit(words, False)
