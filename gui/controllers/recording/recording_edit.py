"""Trim and normalization of a recording: another file is written, and learned from next."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PyQt6.QtCore import QObject, pyqtSignal

from engine.preset.instrument_name import shorten
from engine.sound_file.writer import sound_writer
from gui.dialogs.recording_bench import NORMAL_PEAK
from session.engine_thread import EngineThread
from session.recorders.sound_recorder import MAX_NAME_BYTES, recordings_folder

EDIT_FADE_SECONDS = 0.005  # at both ends of a part
MAX_NUMBER = 1000  # of files of one name


class RecordingEdit(QObject):
    """The recording itself stays as it is; the other file goes into the folder of recordings."""

    notified = pyqtSignal(str, bool)

    def __init__(self, engine: EngineThread, use: Callable[[list[Path]], object]) -> None:
        """use: is called with the new file."""
        super().__init__()
        self._engine, self._use = engine, use

    def write(self, source: Path, start: float, end: float, normalized: bool) -> None:
        """Write the part of a recording from `start` to `end`, in seconds, normalized or not."""
        words = self.tr("{0} – normalized") if normalized else self.tr("{0} – part")
        name = words.format(shorten(source.stem, MAX_NAME_BYTES))

        def work() -> Path:
            return write_part(source, recordings_folder() / f"{name}.wav", start, end, normalized)

        self._engine.request_in_background(work, self._show)

    def _show(self, path: Path) -> None:
        self.notified.emit(self.tr("Written: {0}").format(path), False)
        self._use([path])


def write_part(source: Path, path: Path, start: float, end: float, normalized: bool) -> Path:
    """Write a part of a sound file to a new one with a number if there is one of its name; the file that was written.

    ValueError or OSError where it cannot be read or written.
    """
    from train import recording

    samples, rate = recording.load(source, None, start, end - start)
    count = min(round(EDIT_FADE_SECONDS * rate), samples.shape[1] // 2)
    ramp = np.linspace(0, 1, count, dtype=np.float32)
    if start > 0:
        samples[:, :count] *= ramp
    samples[:, samples.shape[1] - count :] *= ramp[::-1]
    peak = float(np.abs(samples).max(initial=0.0))
    if normalized and peak > 0:
        samples = samples * np.float32(NORMAL_PEAK / peak)
    path.parent.mkdir(parents=True, exist_ok=True)
    names = [path, *(path.with_stem(f"{path.stem} {number}") for number in range(2, MAX_NUMBER))]
    path = next(each for each in names if not each.exists())
    with sound_writer(path, rate, float32=True) as write:
        write(np.repeat(samples, 2, axis=0) if len(samples) == 1 else samples[:2])
    return path
