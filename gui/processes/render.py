"""Run an offline render as a child process."""

import contextlib
import json
import tempfile
from pathlib import Path

from PyQt6.QtCore import QObject, QProcess, pyqtSignal

from engine.atomic_write import remove_drafts
from gui.engine_translation import translate_message
from session.offline_render import EXIT_FAILED, RenderJob

from . import process_lifetime


class RenderProcess(QObject):
    """One job at a time; a new one replaces the last."""

    progressed = pyqtSignal(float)  # share done, 0..1
    finished = pyqtSignal(str)  # path
    failed = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._out = ""

    @property
    def busy(self) -> bool:
        """Whether a job is running."""
        return self._process is not None

    def start(self, job: RenderJob) -> None:
        """Start a job; `failed` is emitted where it cannot be."""
        self.cancel()
        try:
            self._folder = tempfile.TemporaryDirectory(prefix="luthier-")
            file = Path(self._folder.name) / "job.json"
            job.write(file)
        except OSError as error:
            self._clear()
            self.failed.emit(translate_message(error))
            return
        process = process_lifetime.create(self, process_lifetime.module_command("session.offline_render", str(file)))
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(lambda status, _: self._end(process, status))
        process.errorOccurred.connect(lambda _: self._end(process, 1))
        self._process, self._out = process, job.out
        process.start()

    def cancel(self) -> None:
        """Cancel the job, and delete its partial file."""
        process, self._process = self._process, None
        if process is not None:
            process_lifetime.kill(process)
            with contextlib.suppress(OSError):
                remove_drafts(self._out)
        self._clear()

    def _clear(self) -> None:
        folder, self._folder = self._folder, None
        if folder is not None:
            with contextlib.suppress(OSError):
                folder.cleanup()

    def _read(self) -> None:
        while self._process is not None and self._process.canReadLine():
            self.progressed.emit(float(json.loads(bytes(self._process.readLine().data()))["done"]))

    def _end(self, process: QProcess, status: int) -> None:
        if process is not self._process:
            return
        self._process = None
        errors = bytes(process.readAllStandardError().data()).decode(errors="replace").strip()
        process.deleteLater()
        self._clear()
        if status == 0:
            self.finished.emit(self._out)
        else:
            self.failed.emit(
                errors.splitlines()[-1] if status == EXIT_FAILED and errors else self.tr("it cannot be played")
            )
