"""Instruments as files for others: whole, with the knobs as they stand, or for other programs."""

import json
from pathlib import Path

from PyQt6.QtCore import QObject, QProcess, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QWidget

from engine.preset import SUFFIX, Preset, PresetError, read, write

from . import aside, saved
from .catalogue import Entry
from .deck import Deck

ENDINGS = (SUFFIX, ".onnx", ".safetensors", ".wav")


class Exporting(QObject):
    """What others need is written by the command, in a process of its own."""

    told = pyqtSignal(str, bool)

    def __init__(self, deck: Deck, window: QWidget) -> None:
        super().__init__()
        self._deck, self._window = deck, window
        self._process: QProcess | None = None

    def ask(self, entry: Entry, values: dict[str, float]) -> None:
        """Ask where an instrument goes, and write it; values: of its knobs, where it plays."""
        kinds = ";;".join([
            self.tr("Instrument with its knobs (*.luthier)"), self.tr("Model for other programs (*.onnx)"),
            self.tr("Raw tensors (*.safetensors)"), self.tr("Its room, as a clap in it sounds (*.wav)"),
        ])  # fmt: skip
        path, _ = QFileDialog.getSaveFileName(self._window, self.tr("Export"), f"{entry.name}{SUFFIX}", kinds)
        if path:
            self.export(entry, Path(path), values)

    def export(self, entry: Entry, path: Path, values: dict[str, float]) -> None:
        """Write an instrument to a file whose ending says how."""
        if path.suffix.lower() not in ENDINGS:
            words = self.tr("{0}: the ending must be one of {1}")
            self.told.emit(words.format(path.name, ", ".join(ENDINGS)), True)
        elif path.suffix.lower() == SUFFIX:
            self._deck.ask(lambda: _bundle(entry.path, path, values), self._say)
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
            model = saved.model(entry.path, saved.load(entry.path)) if saved.is_saved(entry.path) else entry.path
        except PresetError as error:
            self.told.emit(str(error), True)
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
            self._say(path)
        else:
            self.told.emit(lines[-1].removeprefix("luthier: ") if lines else self.tr("It could not be written"), True)

    def _say(self, path: Path) -> None:
        self.told.emit(self.tr("Written: {0}").format(path), False)


def _bundle(source: Path, path: Path, values: dict[str, float]) -> Path:
    """[deck's thread] The whole instrument in one file, its knobs where they stand, or where a setting puts them."""
    if saved.is_saved(source):
        setting = saved.load(source)
        source, values = saved.model(source, setting), {**setting.values, **values}
    preset = read(source)
    known = {name for name in values if " " not in name}  # its own knobs, not those of effects
    params = {**preset.header.get("params", {}), **{name: values[name] for name in sorted(known)}}
    write(path, Preset(json.loads(json.dumps({**preset.header, "params": params})), preset.tensors))
    return path
