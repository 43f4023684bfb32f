"""The preview controller: plays demos of instruments, recordings and a test tone beside the instrument."""

import time
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path
from PyQt6.QtCore import QObject, pyqtSignal

from gui.browser.catalogue import Entry
from gui.processes.render import RenderProcess
from session.engine_thread import EngineThread
from session.offline_render import RenderJob

TONE_HZ, TONE_AMPLITUDE, TONE_SECONDS = 440.0, 0.1, 1.2
START_SECONDS = 0.3  # after which a sound that was given to the audio thread has started
MAX_SECONDS = 30.0  # of a recording that are played


class PreviewController(QObject):
    """A demo is rendered once for each content of a preset, and cached; asked for again while it sounds, it stops."""

    notified = pyqtSignal(str, bool)
    changed = pyqtSignal(str)  # the digest of the demo that is rendered or heard; empty when none is

    def __init__(self, engine: EngineThread) -> None:
        super().__init__()
        self._engine = engine
        self._renderer = RenderProcess(self)
        self._renderer.finished.connect(self._play)
        self._renderer.failed.connect(self._fail)
        self._digest = ""
        self._start_time = 0.0  # when the sound was given to the audio thread; 0: not yet

    def demo(self, entry: Entry) -> None:
        """Play the demo of an instrument, or stop it."""
        if self._digest == entry.digest:
            self.stop()
            return
        self._renderer.cancel()
        self._digest = entry.digest
        self.changed.emit(entry.digest)
        file = _folder() / f"{entry.digest}.wav"
        if file.exists():
            self._play(str(file))
            return
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._fail(str(error))
            return
        self._renderer.start(RenderJob(str(entry.path), str(file)))

    def recording(self, path: Path) -> None:
        """Play the beginning of a sound file."""
        self._renderer.cancel()
        self._digest = ""
        self._play(str(path))

    def tone(self) -> None:
        """Play a test tone, with or without an instrument."""
        time = np.arange(round(TONE_SECONDS * 48_000)) / 48_000
        self._send(TONE_AMPLITUDE * np.sin(2 * np.pi * TONE_HZ * time), 48_000.0)

    def stop(self) -> None:
        """Stop what is rendered or heard."""
        self._renderer.cancel()
        self._digest = ""
        self.changed.emit("")
        self._send(None)

    def poll(self) -> None:
        """Emit `changed` when a demo has ended; to be called often."""
        host = self._engine.host
        started = self._start_time and time.monotonic() > self._start_time + START_SECONDS
        if self._digest and not self._renderer.busy and started and host is not None and not host.audition.playing:
            self._digest = ""
            self.changed.emit("")

    def close(self) -> None:
        """Stop rendering."""
        self._renderer.cancel()

    def _play(self, path: str) -> None:
        self._start_time = 0.0

        def work() -> bool:
            import soundfile

            try:
                with soundfile.SoundFile(path) as file:
                    rate = file.samplerate
                    samples = file.read(round(MAX_SECONDS * rate), dtype="float32", always_2d=True)
            except soundfile.SoundFileError as error:
                words = self.tr("{0} cannot be read as sound: {1}")
                raise OSError(words.format(Path(path).name, error)) from None
            host = self._engine.host
            return bool(host is not None and host.play_sound(samples[:, :2].T, float(rate)))

        self._engine.request(work, self._started)

    def _started(self, accepted: bool) -> None:
        self._start_time = time.monotonic() if accepted else 0.0

    def _send(self, sound: np.ndarray | None, rate: float = 0.0) -> None:
        def work() -> None:
            if self._engine.host is not None:
                self._engine.host.play_sound(sound, rate)

        self._engine.submit(work)

    def _fail(self, why: str) -> None:
        self._digest = ""
        self.changed.emit("")
        self.notified.emit(self.tr("No demo can be heard: {0}").format(why), True)


def _folder() -> Path:
    return user_cache_path("luthier", appauthor=False) / "demos"
