"""Check recordings before learning, in a child process, since the check imports packages of the learning extra.

python -m gui.processes.check_recordings FILE... prints one JSON object.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from PyQt6.QtCore import QObject, QProcess, pyqtSignal

from train.mapping.mapping_file import is_mapping, mapped_files
from train.mapping.region import MappingError

from . import process_lifetime

RATE = 22050  # Hz, of the check
MAX_SECONDS = 60.0  # of each that are read
MAX_REMARKS = 4
OUTLINE_POINTS, MAX_OUTLINE_SECONDS = 600, 600.0  # of a waveform to be shown


@dataclass(frozen=True)
class RecordingCheck:
    """Number of readable recordings, total length, onsets of the only one, faults, and whether any is usable."""

    count: int = 0
    seconds: float = 0.0
    onsets: int = 0
    faults: list[str] = field(default_factory=list)
    usable: bool = True
    omitted: int = 0  # faults beyond MAX_REMARKS
    can_learn: bool = True  # whether torch is installed
    outline: list[float] = field(default_factory=list)  # peaks, linear, of equal stretches of the only recording
    whole_seconds: float = 0.0  # length of these


class RecordingChecker(QObject):
    """One check at a time; a new one replaces the last."""

    checked = pyqtSignal(object)  # RecordingCheck

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None

    def start(self, paths: Sequence[Path]) -> None:
        """Check these recordings."""
        self.close()
        process = process_lifetime.create(
            self, process_lifetime.module_command("gui.processes.check_recordings", *map(str, paths))
        )
        process.finished.connect(lambda *_: self._end(process))
        process.errorOccurred.connect(lambda _: self._end(process))
        self._process = process
        process.start()

    def close(self) -> None:
        """Cancel the check."""
        process, self._process = self._process, None
        if process is not None:
            process_lifetime.kill(process)

    def _end(self, process: QProcess) -> None:
        if process is not self._process:
            return
        self._process = None
        try:
            check = RecordingCheck(**json.loads(bytes(process.readAllStandardOutput().data())))
        except (ValueError, TypeError):
            check = RecordingCheck(faults=[self.tr("The recording could not be heard.")], usable=False)
        process.deleteLater()
        self.checked.emit(replace(check, faults=[*check.faults, *self._translated_faults(check)]))

    def _translated_faults(self, check: RecordingCheck) -> list[str]:
        """Faults whose texts need the window's translation."""
        if not check.can_learn:
            return [self.tr("Learning needs PyTorch, playing does not: pip install 'luthier[train]'")]
        more = self.tr("There are {0} more remarks of this kind.", "", check.omitted).format(check.omitted)
        return [more] if check.omitted else []


def check_recordings(paths: Sequence[Path]) -> RecordingCheck:
    """[child process] Check recordings; where PyTorch is missing, only `can_learn` is set."""
    try:
        from train import recording, recording_faults
        from train.notes import note_span
    except ImportError:
        return RecordingCheck(usable=False, can_learn=False)
    faults: list[str] = []
    seconds, count, usable = 0.0, 0, 0
    mono: Any = None
    paths, refused = _mapped_recordings(paths)
    faults += refused
    for path in paths:
        try:
            sound = recording.read(path, RATE, seconds=MAX_SECONDS)
        except recording.RecordingError as error:
            faults.insert(0, f"left out: {error}" if len(paths) > 1 else str(error))
            continue
        samples, rate = sound.samples, sound.rate
        remarks = recording_faults.check(samples, rate)
        faults += [*sound.notices, *(f"{path.name}: {remark}" if len(paths) > 1 else remark for remark in remarks)]
        seconds += samples.shape[1] / rate
        silent = abs(samples).max() < 10 ** (recording.SILENCE_PEAK_DBFS / 20)
        usable += not silent and samples.shape[1] >= recording.MIN_SECONDS * rate
        count, mono = count + 1, samples.mean(axis=0)
    onsets = note_span.count_onsets(mono, RATE) if count == 1 else 0
    outline, whole_seconds = _outline(paths[0]) if len(paths) == count == 1 else ([], 0.0)
    return RecordingCheck(
        count, seconds, onsets, faults[:MAX_REMARKS], usable > 0, max(len(faults) - MAX_REMARKS, 0), True, outline,
        whole_seconds,
    )  # fmt: skip


def _outline(path: Path) -> tuple[list[float], float]:
    """The peaks of at most OUTLINE_POINTS equal stretches of a recording, and its length in seconds.

    None of one that is longer than MAX_OUTLINE_SECONDS.
    """
    from train import recording

    samples, rate = recording.load(path, None, seconds=MAX_OUTLINE_SECONDS + 1)
    seconds = samples.shape[1] / rate
    if seconds > MAX_OUTLINE_SECONDS:
        return [], 0.0
    parts = np.array_split(np.abs(samples).max(axis=0), min(OUTLINE_POINTS, samples.shape[1]))
    return [round(float(part.max()), 4) for part in parts], seconds


def _mapped_recordings(paths: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """Recordings, with each mapping replaced by those that it maps; and why mappings cannot be used."""
    found: list[Path] = []
    refused = []
    for path in paths:
        try:
            found += mapped_files(path) if is_mapping(path) else [path]
        except MappingError as error:
            refused.append(str(error))
    return found, refused


if __name__ == "__main__":
    print(json.dumps(asdict(check_recordings([Path(word) for word in sys.argv[1:]]))))
