"""An ALSA device without hardware, for PortAudio to find: what it plays comes out of a pipe."""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

PIECE = 4096  # bytes read at a time

CONFIG = """
pcm.sink {{ type null }}
pcm.{name} {{ type file slave.pcm sink file {pipe} format raw }}
pcm.!default {{ type null }}
"""


class Device:
    """A stereo device with a name; `unplug` takes it away while it plays."""

    def __init__(self, folder: Path, name: str = "speaker") -> None:
        self.name = name
        self.pace = 0.004  # seconds for a piece: some three times as fast as a speaker
        self._config, self._pipe = folder / "asound.conf", folder / "pipe"
        os.mkfifo(self._pipe)
        self._heard = bytearray()
        self.plug()

    def plug(self) -> None:
        """Be there."""
        self._stop = threading.Event()
        self._reader = threading.Thread(target=self._read, args=[os.open(self._pipe, os.O_RDWR | os.O_NONBLOCK)])
        self._reader.start()
        self._config.write_text(CONFIG.format(name=self.name, pipe=self._pipe))

    def unplug(self) -> None:
        """Be gone; a stream that writes gets an error."""
        self._config.write_text("pcm.!default { type null }")
        self._stop.set()
        self._reader.join()

    def heard(self) -> np.ndarray:
        """What came out so far: (2, frames) float32."""
        whole = len(self._heard) // 8 * 8
        return np.frombuffer(bytes(self._heard[:whole]), np.float32).reshape(-1, 2).T

    def _read(self, pipe: int) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(BlockingIOError):  # nothing there yet
                self._heard += os.read(pipe, PIECE)
            time.sleep(self.pace)
        os.close(pipe)


@pytest.fixture
def device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Device]:
    """A device that is not the default one."""
    if not sys.platform.startswith("linux"):
        pytest.skip("needs ALSA")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    device = Device(tmp_path)
    yield device
    device.unplug()
