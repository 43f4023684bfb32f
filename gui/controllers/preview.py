"""The preview controller: plays demos of instruments, recordings and a test tone beside the instrument."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path
from PyQt6.QtCore import QObject, pyqtSignal

from gui.browser.catalogue import Entry
from gui.engine_translation import translate_message
from gui.processes.render import RenderProcess
from session.audio_thread_queue import Delivery
from session.engine_thread import EngineThread
from session.offline_render import RenderJob

TONE_HZ, TONE_AMPLITUDE, TONE_SECONDS = 440.0, 0.1, 1.2
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
        self._delivery: Delivery | None = None  # of the sound to the audio thread; None: not yet
        self._pair: list[Path] = []  # that is compared
        self._pair_frame = 0  # of the host, at which both would have begun

    def demo(self, entry: Entry) -> None:
        """Play the demo of an instrument, or stop it."""
        if self._digest == entry.digest:
            self.stop()
            return
        self._renderer.cancel()
        self._digest = entry.digest
        self.changed.emit(entry.digest)
        file = _folder() / f"{entry.digest}.wav"
        try:
            has_demo = file.exists()
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._fail(translate_message(error))
            return
        if has_demo:
            self._play(str(file))
            return
        self._renderer.start(RenderJob(str(entry.path), str(file)))

    def recording(self, path: Path) -> None:
        """Play the beginning of a sound file."""
        self._renderer.cancel()
        self._digest = ""
        self._play(str(path))

    def compare(self, pair: Sequence[Path], which: int) -> None:
        """Play one of two sound files, from the moment that the other one has reached; from its start otherwise."""
        host = self._engine.host
        self._renderer.cancel()
        self._digest = ""
        goes_on = list(pair) == self._pair and host is not None and host.audition.playing
        self._pair = list(pair)
        if host is not None and not goes_on:
            self._pair_frame = host.frame
        self._play(str(pair[which]), self._pair_frame)

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
        if host is None or self._delivery is None or not self._digest or self._renderer.busy:
            return
        if (self._delivery.is_applied() or not host.running()) and not host.audition.playing:
            self._digest = ""
            self.changed.emit("")

    def close(self) -> None:
        """Stop rendering."""
        self._renderer.cancel()

    def _play(self, path: str, begin: int | None = None) -> None:
        """Play a sound file, as if it had begun at a frame of the host."""
        self._delivery = None

        def work() -> Delivery | None:
            from engine.sound_file import reader

            sound = reader.read(path, seconds=MAX_SECONDS, is_mixed=False)
            host = self._engine.host
            samples = sound.samples[:2]
            if host is not None and begin is not None:
                samples = samples[:, round((host.frame - begin) / host.rate * sound.rate) :]
            if host is None or not samples.size or not host.play_sound(samples, float(sound.rate)):
                return None
            return Delivery(host, host.events)

        self._engine.request(work, self._set_delivery)

    def _set_delivery(self, delivery: Delivery | None) -> None:
        self._delivery = delivery

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
