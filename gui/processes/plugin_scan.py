"""Scan the installed plugins in a child process."""

import json
from typing import Any

from PyQt6.QtCore import QObject, QProcess, pyqtSignal

from engine.foreign.plugin_entry import entry_of
from engine.foreign.scan.catalog_process import RESCAN

from . import process_lifetime

MODULE = "engine.foreign.scan.catalog_process"


class PluginScan(QObject):
    """One scan at a time."""

    progressed = pyqtSignal(int, int)  # plugins done and known so far
    finished = pyqtSignal(list)  # of PluginEntry
    failed = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._is_complete = False  # whether the plugins have been told

    @property
    def busy(self) -> bool:
        """Whether a scan is running."""
        return self._process is not None

    def start(self, is_complete: bool = False) -> None:
        """Scan what is new or has changed, or everything; nothing while a scan is running."""
        if self._process is not None:
            return
        command = process_lifetime.module_command(MODULE, *([RESCAN] if is_complete else []))
        self._process, self._is_complete = process_lifetime.create(self, command), False
        process = self._process
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(lambda *_: self._end(process))
        process.errorOccurred.connect(lambda _: self._end(process))
        process.start()

    def close(self) -> None:
        """Stop the scan; what it has found so far is found again the next time."""
        process, self._process = self._process, None
        if process is not None:
            process_lifetime.kill(process)

    def _read(self) -> None:
        while self._process is not None and self._process.canReadLine():
            try:
                self._tell(json.loads(bytes(self._process.readLine().data())))
            except (ValueError, KeyError, TypeError):
                continue  # no message of ours

    def _tell(self, message: dict[str, Any]) -> None:
        if "plugins" in message:
            self._is_complete = True
            self.finished.emit([entry_of(values) for values in message["plugins"]])
        else:
            self.progressed.emit(int(message["done"]), int(message["total"]))

    def _end(self, process: QProcess) -> None:
        if process is not self._process:
            return
        self._read()
        self._process = None
        process.deleteLater()
        if not self._is_complete:
            self.failed.emit(self.tr("The scan of the plugins has ended too early; look again"))
