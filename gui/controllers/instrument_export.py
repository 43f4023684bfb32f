"""The export controller: writes instruments to files, as bundles with their patch or for other programs."""

from pathlib import Path

from PyQt6.QtCore import QObject, QProcess, pyqtSignal
from PyQt6.QtWidgets import QWidget

from engine.preset.instrument_name import InvalidName, check_name
from engine.preset.preset_file import SUFFIX, PresetError
from gui.browser.catalogue import Entry
from gui.dialogs import name_and_file_prompts
from gui.engine_translation import translate_message
from gui.processes import process_lifetime
from session import patch_bundle, patch_file
from session.engine_thread import EngineThread
from session.patch import Patch

SUFFIXES = (SUFFIX, ".onnx", ".safetensors", ".wav")


class ExportController(QObject):
    """Bundles are written by the engine thread, other formats by the command in a child process."""

    notified = pyqtSignal(str, bool)

    def __init__(self, engine: EngineThread, window: QWidget) -> None:
        super().__init__()
        self._engine, self._window = engine, window
        self._process: QProcess | None = None

    def ask_destination(self, entry: Entry, playing: Patch | None) -> None:
        """Ask for a destination, and write the instrument; the one that plays with its present values and chain."""
        words = (
            self.tr("Instrument with knobs and effects"), self.tr("Model for other programs"),
            self.tr("Raw tensors"), self.tr("Its room, as a clap in it sounds"),
        )  # fmt: skip
        plays = playing is not None and playing.path == entry.path
        name_and_file_prompts.ask_destination(
            self._window, self.tr("Export"), f"{entry.name}{SUFFIX}", tuple(zip(words, SUFFIXES, strict=True)),
            lambda path: self.export(entry, path, playing if plays else None),
        )  # fmt: skip

    def export(self, entry: Entry, path: Path, patch: Patch | None) -> None:
        """Write an instrument in the format of the file's suffix."""
        try:
            check_name(path.name, path.parent, path.suffix.lower())
        except InvalidName as error:
            self.notified.emit(translate_message(error), True)
            return
        if path.suffix.lower() not in SUFFIXES:
            words = self.tr("{0}: the ending must be one of {1}")
            self.notified.emit(words.format(path.name, ", ".join(SUFFIXES)), True)
        elif path.suffix.lower() == SUFFIX:
            self._engine.request(lambda: patch_bundle.write_bundle(entry.path, path, patch), self._report)
        else:
            self._run_command(entry, path)

    def close(self) -> None:
        """Stop writing."""
        process, self._process = self._process, None
        if process is not None:
            process_lifetime.kill(process)

    def _run_command(self, entry: Entry, path: Path) -> None:
        self.close()
        try:
            instrument = (
                patch_file.find_instrument(entry.path, patch_file.read(entry.path))
                if patch_file.is_patch(entry.path)
                else entry.path
            )
        except (PresetError, OSError) as error:
            self.notified.emit(translate_message(error), True)
            return
        command = process_lifetime.module_command("cli.main", "export", str(instrument), "-o", str(path))
        self._process = process = process_lifetime.create(self, command)
        process.finished.connect(lambda status, _: self._end(process, status, path))
        process.errorOccurred.connect(lambda _: self._end(process, 1, path))
        process.start()

    def _end(self, process: QProcess, status: int, path: Path) -> None:
        if process is not self._process:
            return
        self._process = None
        lines = bytes(process.readAllStandardError().data()).decode(errors="replace").strip().splitlines()
        process.deleteLater()
        if status == 0:
            self._report([path])
        else:
            words = lines[-1].removeprefix("luthier: ") if lines else self.tr("It could not be written")
            self.notified.emit(words, True)

    def _report(self, paths: list[Path]) -> None:
        words, beside = self.tr("Written: {0}").format(paths[0]), ", ".join(path.name for path in paths[1:])
        if beside:
            words = self.tr("Written: {0}; beside it, to be kept with it: {1}").format(paths[0], beside)
        self.notified.emit(words, False)
