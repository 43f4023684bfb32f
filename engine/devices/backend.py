"""What is asked of a way out of the program, and what it gave."""

from dataclasses import dataclass
from typing import Protocol

from engine.host import Host

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
    midi: str | None = None  # a part of the names of the keyboards to hear, where the device brings them
    connect: bool = True  # to the speakers and keyboards that a JACK server offers
    input: str | None = None  # a part of the name of the microphone to hear


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
    microphone: str = ""  # the one that is heard; nothing when none is


class Outlet(Protocol):
    """An audio device that calls the engine's callback, from `start` to `close`."""

    backend: str
    rate: float  # Hz, known before it starts

    @property
    def given(self) -> Given:
        """What the device gave, once it has started."""

    @property
    def alive(self) -> bool:
        """Whether it still calls us: while it does, what a block uses must not change."""

    @property
    def outdated(self) -> bool:
        """Whether it should be opened again, since what is wished of it or what it gives has changed."""

    @property
    def brings_midi(self) -> bool:
        """Whether it brings the keyboards' messages itself: then no other source may write them."""

    @property
    def keyboards(self) -> list[str]:
        """The names of the ports that play us through the device."""

    def start(self, host: Host) -> None:
        """[main thread] Play; NoDevice when it does not let us."""

    def tend(self, host: Host) -> bool:
        """[main thread] Look around, now and then; False when a keyboard was lost whose notes may sound."""

    def close(self) -> None:
        """Leave the device; may take long when it has died."""
