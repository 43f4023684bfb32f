"""Sounds beside what is played: demos of instruments, recordings, what was learned so far, a tone for a test."""

import time
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path
from PyQt6.QtCore import QObject, pyqtSignal

from gui.browser.catalogue import Entry
from gui.processes.render import RenderProcess
from session.engine_thread import EngineThread
from session.offline_render import RenderJob

TONE, LOUD, LONG = 440.0, 0.1, 1.2  # of the tone: Hz, linear, seconds
SOON = 0.3  # seconds after which what was to begin has begun
LONGEST = 30.0  # seconds of a recording that are heard


class PreviewController(QObject):
    """A demo is made once for each content of a preset, and kept; asked for again while it sounds, it ends."""

    told = pyqtSignal(str, bool)
    changed = pyqtSignal(str)  # the digest of the demo that is made or heard; nothing when none is

    def __init__(self, deck: EngineThread) -> None:
        super().__init__()
        self._deck = deck
        self._renderer = RenderProcess(self)
        self._renderer.done.connect(self._play)
        self._renderer.failed.connect(self._fail)
        self._digest = ""

    def demo(self, entry: Entry) -> None:
        """Let the demo of an instrument be heard, or end it."""
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
        self._renderer.begin(RenderJob(str(entry.path), str(file)))

    def recording(self, path: Path) -> None:
        """Let the beginning of a sound file be heard."""
        self._renderer.cancel()
        self._digest = ""
        self._play(str(path))

    def tone(self) -> None:
        """A steady tone, whatever instrument there is."""
        time = np.arange(round(LONG * 48_000)) / 48_000
        self._send(LOUD * np.sin(2 * np.pi * TONE * time), 48_000.0)

    def stop(self) -> None:
        """Silence."""
        self._renderer.cancel()
        self._digest = ""
        self.changed.emit("")
        self._deck.do(lambda: self._deck.rig.play_sound(None) if self._deck.rig is not None else None)

    def look(self) -> None:
        """Notice when a demo is over; to be called now and then."""
        rig = self._deck.rig
        heard = self._since and time.monotonic() > self._since + SOON
        if self._digest and not self._renderer.busy and heard and rig is not None and not rig.clip.playing:
            self._digest = ""
            self.changed.emit("")

    _since = 0.0  # when it was given to the audio thread; 0: not yet

    def _play(self, path: str) -> None:
        self._since = 0.0

        def work() -> bool:
            import soundfile

            try:
                with soundfile.SoundFile(path) as file:
                    rate = file.samplerate
                    samples = file.read(round(LONGEST * rate), dtype="float32", always_2d=True)
            except soundfile.SoundFileError as error:
                words = self.tr("{0} cannot be read as sound: {1}")
                raise OSError(words.format(Path(path).name, error)) from None
            rig = self._deck.rig
            return bool(rig is not None and rig.play_sound(samples[:, :2].T, float(rate)))

        self._deck.ask(work, self._begun)

    def _begun(self, heard: bool) -> None:
        self._since = time.monotonic() if heard else 0.0

    def _send(self, sound: np.ndarray, rate: float) -> None:
        self._deck.do(lambda: self._deck.rig.play_sound(sound, rate) if self._deck.rig is not None else None)

    def _fail(self, why: str) -> None:
        self._digest = ""
        self.changed.emit("")
        self.told.emit(self.tr("No demo can be heard: {0}").format(why), True)

    def close(self) -> None:
        """Make no more."""
        self._renderer.cancel()


def _folder() -> Path:
    return user_cache_path("luthier", appauthor=False) / "demos"
