"""Watches a process that makes sound without a device."""

import json
import tempfile
from pathlib import Path

from PyQt6.QtCore import QObject, QProcess, pyqtSignal

from session.offline_render import EXIT_FAILED, RenderJob

from . import child_process


class RenderProcess(QObject):
    """One job at a time; a new one takes the place of the last."""

    moved = pyqtSignal(float)  # how much of it is done, 0..1
    done = pyqtSignal(str)  # path
    failed = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._out = ""

    @property
    def busy(self) -> bool:
        """Whether it works."""
        return self._process is not None

    def begin(self, job: RenderJob) -> None:
        """Begin a job."""
        self.cancel()
        self._folder = tempfile.TemporaryDirectory(prefix="luthier-")
        file = Path(self._folder.name) / "job.json"
        job.write(file)
        process = child_process.create(self, child_process.python_command("-m", "session.offline_render", str(file)))
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(lambda status, _: self._end(process, status))
        process.errorOccurred.connect(lambda _: self._end(process, 1))
        self._process, self._out = process, job.out
        process.start()

    def cancel(self) -> None:
        """Work no more; what was written so far is gone."""
        process, self._process = self._process, None
        if process is not None:
            child_process.kill(process)
            for part in Path(self._out).parent.glob(f".{Path(self._out).stem}-*.part"):
                part.unlink(missing_ok=True)
        self._clear()

    def _clear(self) -> None:
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()

    def _read(self) -> None:
        while self._process is not None and self._process.canReadLine():
            self.moved.emit(float(json.loads(bytes(self._process.readLine().data()))["done"]))

    def _end(self, process: QProcess, status: int) -> None:
        if process is not self._process:
            return
        self._process = None
        words = bytes(process.readAllStandardError().data()).decode(errors="replace").strip()
        process.deleteLater()
        self._clear()
        if status == 0:
            self.done.emit(self._out)
        else:
            self.failed.emit(words.splitlines()[-1] if status == EXIT_FAILED and words else self.tr("it cannot be played"))
