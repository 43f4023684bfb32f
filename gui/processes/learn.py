"""Learning in a process of its own, as `luthier learn --json` does it: watched, ended early, or given up."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QCoreApplication, QObject, QProcess, pyqtSignal

from engine.kinds import DEFAULT_KIND

from . import child_process

NICENESS = "10"  # the music goes before
MODES = (None, "notes", "piece")


@dataclass(frozen=True)
class LearnTask:
    """What is learned from what, and under which name."""

    recordings: Sequence[Path]
    name: str
    kind: str = DEFAULT_KIND.name
    taken: str | None = None  # one of TAKEN; heard from the recording otherwise
    minutes: float = 0.0  # how long it lasts; 0: as long as the notes need
    resume: bool = False

    @property
    def words(self) -> list[str]:
        """What the command is told."""
        return [
            "learn", self.kind, *map(str, self.recordings), "-o", self.name, "--json",
            *(["--as", self.taken] if self.taken else []),
            *(["--minutes", f"{self.minutes:g}"] if self.minutes else []),
            *(["--resume"] if self.resume else []),
        ]  # fmt: skip


@dataclass(frozen=True)
class LearnStatus:
    """How far it is: a share 0..1, or None where nobody knows; in words; the loss and how it sounds, where known."""

    share: float | None
    words: str
    loss: float | None = None
    preview: Path | None = None


class LearnProcess(QObject):
    """One process at a time."""

    moved = pyqtSignal(object)  # Moment
    learned = pyqtSignal(str, str)  # path, how it ended
    failed = pyqtSignal(str, bool)  # why, and whether it was cut off and can go on

    def __init__(self) -> None:
        super().__init__()
        self._process: QProcess | None = None
        self._errors = ""
        self._result: dict[str, Any] = {}

    @property
    def busy(self) -> bool:
        """Whether it learns."""
        return self._process is not None

    def start(self, task: LearnTask) -> None:
        """Begin."""
        self._errors, self._result = "", {}
        words = child_process.python_command("-m", "cli.main", *task.words)
        if shutil.which("nice"):
            words = ["nice", "-n", NICENESS, *words]
        process = child_process.create(self, words)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._complain)
        process.finished.connect(self._end)
        process.errorOccurred.connect(lambda _: self._end(1))
        self._process = process
        process.start()

    def stop(self) -> None:
        """End it early, and keep the best so far."""
        if self._process is not None:
            child_process.interrupt(self._process)

    def give_up(self) -> None:
        """End it; it can go on later from what it keeps beside the preset."""
        process, self._process = self._process, None
        if process is not None:
            child_process.terminate(process)

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

    def _end(self, status: int, how: object = None) -> None:
        if self._process is None:
            return
        self._read()
        process, self._process = self._process, None
        process.deleteLater()
        if status == 0 and self._result:
            self.learned.emit(str(self._result["path"]), str(self._result.get("ending", "")))
        elif status == 2:
            lines = [line for line in self._errors.strip().splitlines() if line]
            self.failed.emit(lines[-1].removeprefix("luthier: ") if lines else "", False)
        else:
            self.failed.emit(self.tr("it was cut off; it can go on from where it was"), True)


def _moment(found: dict[str, Any]) -> LearnStatus:
    """What a line of progress says: of notes how many are done, of a piece its loss and the time that is left."""
    if "all" in found:
        return LearnStatus(found.get("done", 0) / max(found["all"], 1), str(found.get("text", "")))
    preview = Path(found["preview"]) if found.get("preview") else None
    if "left" in found and found.get("steps_per_second"):
        spent = found.get("step", 0) / found["steps_per_second"]
        words = QCoreApplication.translate("LearnProcess", "{0:.1f} steps/s · {1} left")
        told = words.format(found["steps_per_second"], _time(found["left"]))
        return LearnStatus(spent / max(spent + found["left"], 1e-9), told, found.get("loss"), preview)
    return LearnStatus(None, str(found.get("text", "")), found.get("loss"), preview)


def _time(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 100 else f"{seconds:.0f} s"
