"""What is asked of a way out of the program, and what it gave."""

import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from .host import Host

NAME = "luthier"  # what other programs see


class NoDevice(RuntimeError):
    """There is no way out of this kind at the moment; the message says why in one line."""


@dataclass(frozen=True)
class Settings:
    """What the player wishes; None leaves it to the device."""

    device: str | None = None  # a part of its name
    rate: float | None = None  # Hz; a JACK server has its own
    block: int | None = None  # frames; a JACK server has its own
    backend: str | None = None  # "jack" or "portaudio"
    connect: bool = True  # to the speakers and keyboards that a JACK server offers


@dataclass(frozen=True)
class Given:
    """What the device really gave."""

    backend: str
    device: str
    name: str  # under which other programs see us
    rate: float  # Hz
    block: int  # frames of the last block; 0 when there was none yet
    latency: float  # seconds from a finished block to the speaker
    input_latency: float | None = None  # seconds from the microphone to a block; None: it is not open
    realtime: bool = True  # whether the audio thread goes before all others


class Outlet(Protocol):
    """An audio device that calls the engine's callback, from `start` to `close`."""

    backend: str
    rate: float  # Hz, known before it starts

    @property
    def given(self) -> Given:
        """What the device gave, once it has started."""

    @property
    def alive(self) -> bool:
        """Whether it calls us, in the way that it began with."""

    def start(self, host: Host) -> None:
        """[main thread] Play; NoDevice when it does not let us."""

    def tend(self, host: Host) -> bool:
        """[main thread] Look around, now and then; False when a keyboard was lost whose notes may sound."""

    def close(self) -> None:
        """Leave the device; may take long when it has died."""


def watch(outlet: Outlet) -> None:
    """Let `bury` know of an outlet."""
    _watched.add(outlet)


def bury() -> None:
    """Close the outlets that have died.

    libjack crashes when a dead client is closed after another one was opened, and PortAudio opens one as well.
    """
    for outlet in list(_watched):
        if not outlet.alive:
            outlet.close()


_watched: weakref.WeakSet[Outlet] = weakref.WeakSet()


class Errand(threading.Thread):
    """Work that may never come back, done on a thread that nobody has to wait for."""

    def __init__(self, work: Callable[[], Any]) -> None:
        super().__init__(daemon=True, name="luthier errand")
        self._work = work
        self._result: Any = None
        self._error: Exception | None = None
        self.start()

    def run(self) -> None:
        """Do the work."""
        try:
            self._result = self._work()
        except Exception as error:
            self._error = error

    def result(self, seconds: float) -> Any:
        """What the work gave, or its error; TimeoutError when it is not back in time."""
        self.join(seconds)
        if self.is_alive():
            raise TimeoutError
        if self._error is not None:
            raise self._error
        return self._result
