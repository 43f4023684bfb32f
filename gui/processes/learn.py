"""Run `luthier learn --json` as a child process: progress, early stop, resume."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QCoreApplication, QObject, QProcess, pyqtSignal

from engine.kinds import DEFAULT_KIND
from engine.quantity_format import format_duration

from . import process_lifetime

NICENESS = "10"  # the sound has priority
MODES = (None, "notes", "piece")


@dataclass(frozen=True)
class LearnTask:
    """Recordings, name and settings of a run; its fields are kept in the preferences."""

    recordings: Sequence[Path]
    name: str
    kind: str = DEFAULT_KIND.name
    taken: str | None = None  # one of MODES; None: decided from the recordings
    minutes: float = 0.0  # 0: as long as the notes need
    resume: bool = False

    @property
    def arguments(self) -> list[str]:
        """Arguments of the `luthier` command; the window has asked before it replaces anything."""
        return [
            "learn", self.kind, *map(str, self.recordings), f"--output={self.name}", "--json", "--replace",
            *(["--as", self.taken] if self.taken else []),
            *(["--minutes", f"{self.minutes:g}"] if self.minutes else []),
            *(["--resume"] if self.resume else []),
        ]  # fmt: skip


@dataclass(frozen=True)
class LearnStatus:
    """Progress: share 0..1 or None if unknown, a text, the loss and a preview's sound file if known."""

    share: float | None
    text: str
    loss: float | None = None
    preview: Path | None = None


class LearnProcess(QObject):
    """One run at a time."""

    progressed = pyqtSignal(object)  # LearnStatus
    learned = pyqtSignal(str, str, object)  # path, how it ended, and all values of the result
    failed = pyqtSignal(str, bool)  # reason, and whether the run was killed and can be resumed

    def __init__(self) -> None:
        super().__init__()
        self._process: QProcess | None = None
        self._errors = ""
        self._result: dict[str, Any] = {}

    @property
    def busy(self) -> bool:
        """Whether a run is in progress."""
        return self._process is not None

    def start(self, task: LearnTask) -> None:
        """Start a run."""
        self._errors, self._result = "", {}
        command = process_lifetime.module_command("cli.main", *task.arguments)
        if shutil.which("nice"):
            command = ["nice", "-n", NICENESS, *command]
        process = process_lifetime.create(self, command)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_errors)
        process.finished.connect(self._end)
        process.errorOccurred.connect(lambda _: self._end(1))
        self._process = process
        process.start()

    def stop(self) -> None:
        """Stop early; the best so far becomes the instrument."""
        if self._process is not None:
            process_lifetime.interrupt(self._process)

    def abandon(self) -> None:
        """Stop without an instrument; the run can be resumed from its checkpoint."""
        process, self._process = self._process, None
        if process is not None:
            process_lifetime.terminate(process)

    def _read(self) -> None:
        while self._process is not None and self._process.canReadLine():
            line = bytes(self._process.readLine().data()).decode(errors="replace")
            try:
                message = json.loads(line)
            except ValueError:
                continue
            if "path" in message:
                self._result = message
            else:
                self.progressed.emit(_status(message))

    def _read_errors(self) -> None:
        if self._process is not None:
            self._errors += bytes(self._process.readAllStandardError().data()).decode(errors="replace")

    def _end(self, status: int, how: object = None) -> None:
        if self._process is None:
            return
        self._read()
        process, self._process = self._process, None
        process.deleteLater()
        if status == 0 and self._result:
            self.learned.emit(str(self._result["path"]), str(self._result.get("ending", "")), self._result)
        elif status == 2:
            lines = [line for line in self._errors.strip().splitlines() if line]
            self.failed.emit(lines[-1].removeprefix("luthier: ") if lines else "", False)
        else:
            self.failed.emit(self.tr("it was cut off; it can go on from where it was"), True)


def _status(message: dict[str, Any]) -> LearnStatus:
    """The status of a line of progress: notes have counts, a piece has loss and time left."""
    if "all" in message:
        return LearnStatus(message.get("done", 0) / max(message["all"], 1), str(message.get("text", "")))
    preview = Path(message["preview"]) if message.get("preview") else None
    if "left" in message and message.get("steps_per_second"):
        spent = message.get("step", 0) / message["steps_per_second"]
        template = QCoreApplication.translate("LearnProcess", "{0:.1f} steps/s · {1} left")
        text = template.format(message["steps_per_second"], format_duration(message["left"]))
        return LearnStatus(spent / max(spent + message["left"], 1e-9), text, message.get("loss"), preview)
    return LearnStatus(None, str(message.get("text", "")), message.get("loss"), preview)
