"""What a recording is good for, said before anything is learned from it; heard in a process of its own.

python -m gui.processes.check_recordings FILE... prints one JSON object.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from PyQt6.QtCore import QObject, QProcess, pyqtSignal

from . import child_process

RATE = 22050  # Hz, at which it is judged
MAX_SECONDS = 60.0  # seconds of each that are heard
MAX_REMARKS = 4  # remarks, at most


@dataclass(frozen=True)
class RecordingCheck:
    """How many recordings, how long together, how often the only one is struck, and what is odd about them."""

    count: int = 0
    seconds: float = 0.0
    strokes: int = 0
    faults: list[str] = field(default_factory=list)
    usable: bool = True
    more: int = 0  # remarks that are not told
    able: bool = True  # whether what learns is installed


class RecordingChecker(QObject):
    """One check at a time; a new one takes the place of the last."""

    heard = pyqtSignal(object)  # Heard

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None

    def begin(self, paths: Sequence[Path]) -> None:
        """Listen to these recordings."""
        self.close()
        process = child_process.create(self, child_process.python_command("-m", "gui.processes.check_recordings", *map(str, paths)))
        process.finished.connect(lambda *_: self._end(process))
        self._process = process
        process.start()

    def close(self) -> None:
        """Listen no more."""
        process, self._process = self._process, None
        if process is not None:
            child_process.kill(process)

    def _end(self, process: QProcess) -> None:
        if process is not self._process:
            return
        self._process = None
        try:
            found = RecordingCheck(**json.loads(bytes(process.readAllStandardOutput().data())))
        except (ValueError, TypeError):
            found = RecordingCheck(faults=[self.tr("The recording could not be heard.")], usable=False)
        process.deleteLater()
        self.heard.emit(replace(found, faults=[*found.faults, *self._words(found)]))

    def _words(self, found: RecordingCheck) -> list[str]:
        """What the other process leaves to this one to say."""
        if not found.able:
            return [self.tr("Learning needs PyTorch, playing does not: pip install 'luthier[train]'")]
        more = self.tr("There are {0} more remarks of this kind.", "", found.more).format(found.more)
        return [more] if found.more else []


def check_recordings(paths: Sequence[Path]) -> RecordingCheck:
    """Judge recordings; it takes PyTorch's companions, and says so where they are missing."""
    try:
        from train import recording
        from train.notes import onset
    except ImportError:
        return RecordingCheck(usable=False, able=False)
    faults: list[str] = []
    seconds, struck, usable = 0.0, 0, 0
    for path in paths:
        try:
            samples, rate = recording.load(path, RATE, seconds=MAX_SECONDS)
        except recording.RecordingError as error:
            faults.append(str(error))
            continue
        said = recording.check(samples, rate)
        faults += [f"{path.name}: {each}" if len(paths) > 1 else each for each in said]
        seconds += samples.shape[1] / rate
        silent = abs(samples).max() < 10 ** (recording.SILENCE_PEAK_DBFS / 20)
        usable += not silent and samples.shape[1] >= recording.MIN_SECONDS * rate
        struck = onset.count_onsets(samples.mean(axis=0), RATE) if len(paths) == 1 else 0
    return RecordingCheck(len(paths), seconds, struck, faults[:MAX_REMARKS], usable == len(paths), max(len(faults) - MAX_REMARKS, 0))


if __name__ == "__main__":
    print(json.dumps(asdict(check_recordings([Path(word) for word in sys.argv[1:]]))))
