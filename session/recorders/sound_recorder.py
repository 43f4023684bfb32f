"""Sound recorder: writes live sound to a sound file."""

import contextlib
import itertools
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from platformdirs import user_music_path

from engine.preset.instrument_name import shorten

if TYPE_CHECKING:
    from engine.effects.capture import Capture
    from engine.standard_chain import StandardChain

MAX_NAME_BYTES = 200  # of 255; the rest is for the time and the number of a file


def recording_path(instrument: str) -> Path:
    """The path of the next recording, sound or notes: instrument and time, in the user's music folder.

    There is no file of this name yet; a long name of an instrument is cut.
    """
    when, folder = time.strftime("%Y-%m-%d %H-%M-%S"), recordings_folder()
    name = f"{shorten(instrument, MAX_NAME_BYTES)} – {when}"
    names = itertools.chain([name], (f"{name} ({number})" for number in itertools.count(2)))
    paths = (folder / f"{each}.wav" for each in names)
    return next(path for path in paths if not path.exists() and not path.with_suffix(".mid").exists())


def recordings_folder() -> Path:
    """The folder of recordings, within the user's music folder; it may not exist yet."""
    return user_music_path() / "Luthier"


class Recorder:
    """The sound that is played, or that of a microphone, from the constructor to `stop`.

    Where the sample rate of the device changes, another file is begun. If the program is killed, a new file can be
    read up to its last second.
    """

    def __init__(
        self, host: "StandardChain", path: Path, capture: "Capture | None" = None, float32: bool = False
    ) -> None:
        """capture: the source of the sound, by default the output of the host. OSError."""
        self.path, self.paths = path, list[Path]()
        self.rates: list[tuple[int, float]] = []  # absolute frame and the rate in Hz from there on
        self.capture = capture or host.capture
        self.peak = 0.0  # linear, of what was written last
        self.failure: Exception | None = None  # that ended writing in another thread
        self._host, self._float32, self._files = host, float32, contextlib.ExitStack()
        self._lock, self._stopped = threading.Lock(), False
        self._open_file()
        self.capture.drain()
        self.capture.start()
        self.rates[0] = (host.frame, self.rates[0][1])  # the sound begins here, however long the file took to open

    @property
    def is_stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped

    def write(self) -> None:
        """[any thread] Write what was played since the last call, about once a second. OSError or RuntimeError."""
        with self._lock:
            if self._stopped:
                return
            sound = self.capture.drain()
            if sound.shape[1]:  # another thread may have written a moment ago
                self.peak = float(np.abs(sound).max())
            self._write(sound)
            if self._host.rate != self.rates[-1][1]:
                self._open_file()

    def stop(self) -> None:
        """[any thread] Close the files, with what could be written. OSError or RuntimeError."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
            self.capture.stop()
            try:
                self._write(self.capture.drain())
            finally:
                self._files.close()

    def _open_file(self) -> None:
        from engine.sound_file.writer import live_sound_writer, sound_writer

        rate = self._host.rate
        path = self._next_path() if self.paths else self.path
        writer = sound_writer if path.exists() else live_sound_writer  # a file to be replaced stays until the end
        self._write = self._files.enter_context(writer(path, rate, self._float32))
        self.paths.append(path)
        self.rates.append((self._host.frame, rate))

    def _next_path(self) -> Path:
        """A path beside the first one at which there is no file yet."""
        paths = (self.path.with_stem(f"{self.path.stem}-{number}") for number in itertools.count(len(self.paths) + 1))
        return next(path for path in paths if not path.exists())
