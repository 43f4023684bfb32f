"""Learning in a process of its own, as `luthier learn --json` does it: watched, ended early, or given up."""

import json
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QProcess, QProcessEnvironment, pyqtSignal

NICE = "10"  # the music goes before


@dataclass(frozen=True)
class Task:
    """What is learned from what, and under which name."""

    recordings: Sequence[Path]
    name: str
    kind: str = "resonance"
    taken: str | None = None  # "notes" or "piece"; heard from the recording otherwise


@dataclass(frozen=True)
class Moment:
    """How far it is: a share 0..1, or None where nobody knows; in words; and the loss, where there is one."""

    share: float | None
    words: str
    loss: float | None = None


class Learner(QObject):
    """One process at a time."""

    moved = pyqtSignal(object)  # Moment
    learned = pyqtSignal(str, str)  # path, how it ended
    failed = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._process: QProcess | None = None
        self._errors = ""
        self._result: dict[str, Any] = {}

    @property
    def busy(self) -> bool:
        """Whether it learns."""
        return self._process is not None

    def start(self, task: Task) -> None:
        """Begin."""
        self._errors, self._result = "", {}
        words = [sys.executable, "-m", "cli.main", "learn", task.kind, *map(str, task.recordings), "-o", task.name]
        words += ["--json", *(["--as", task.taken] if task.taken else [])]
        if shutil.which("nice"):
            words = ["nice", "-n", NICE, *words]
        process = QProcess(self)
        process.setProcessEnvironment(_environment())
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._complain)
        process.finished.connect(self._end)
        process.errorOccurred.connect(lambda _: self._end(1))
        self._process = process
        process.start(words[0], words[1:])

    def stop(self) -> None:
        """End it early, and keep the best so far."""
        if self._process is not None and self._process.processId():
            os.kill(self._process.processId(), signal.SIGINT)

    def give_up(self) -> None:
        """End it at once; what is not learned yet is lost, but for the checkpoint of a piece."""
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(500)

    def _read(self) -> None:
        while self._process is not None and self._process.canReadLine():
            line = bytes(self._process.readLine().data()).decode(errors="replace")
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if "path" in found:
                self._result = found
            else:
                self.moved.emit(_moment(found))

    def _complain(self) -> None:
        if self._process is not None:
            self._errors += bytes(self._process.readAllStandardError().data()).decode(errors="replace")

    def _end(self, status: int, _: object = None) -> None:
        if self._process is None:
            return
        self._read()
        process, self._process = self._process, None
        process.deleteLater()
        if status == 0 and self._result:
            self.learned.emit(str(self._result["path"]), str(self._result.get("ending", "")))
        else:
            lines = [line for line in self._errors.strip().splitlines() if line]
            self.failed.emit(lines[-1].removeprefix("luthier: ") if lines else "learning was ended from outside")


def _moment(found: dict[str, Any]) -> Moment:
    """What a line of progress says: of notes how many are done, of a piece its loss and the time that is left."""
    if "all" in found:
        return Moment(found.get("done", 0) / max(found["all"], 1), str(found.get("text", "")))
    if "left" in found and found.get("steps_per_second"):
        spent = found.get("step", 0) / found["steps_per_second"]
        words = f"{found['steps_per_second']:.1f} steps/s · {found['left']:.0f} s left"
        return Moment(spent / max(spent + found["left"], 1e-9), words, found.get("loss"))
    return Moment(None, str(found.get("text", "")), found.get("loss"))


def _environment() -> QProcessEnvironment:
    """Ours, with all processors but one."""
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    environment.insert("OMP_NUM_THREADS", str(max((os.cpu_count() or 2) - 1, 1)))
    return environment
