"""What is requested of an audio device, what it grants, and the interface of the backends."""

from dataclasses import dataclass
from typing import Protocol

from engine.host import Host

CLIENT_NAME = "luthier"  # shown by other programs


class NoDeviceError(RuntimeError):
    """There is no such device at the moment; the message says why in one line."""


@dataclass(frozen=True)
class DeviceRequest:
    """What the user requests; None: the default of the device."""

    device: str | None = None  # a part of its name
    rate: float | None = None  # Hz; a JACK server has its own
    block: int | None = None  # frames; a JACK server has its own
    backend: str | None = None  # "jack" or "portaudio"
    midi: str | None = None  # a part of the names of the keyboards to connect, where the device has them
    connect: bool = True  # to the speakers and keyboards that a JACK server offers
    input: str | None = None  # a part of the name of the microphone


@dataclass(frozen=True)
class DeviceInfo:
    """What the device granted."""

    backend: str
    device: str
    name: str  # of the client, shown by other programs
    rate: float  # Hz
    block: int  # frames of the last block; 0 when there was none yet
    latency: float  # seconds from a finished block to the speaker
    input_latency: float | None = None  # seconds from the microphone to a block; None: it is not open
    realtime: bool = True  # whether the audio thread has realtime priority
    microphone: str = ""  # the one that is connected; empty when none is


class AudioBackend(Protocol):
    """An audio device that calls the engine's callback, from `start` to `close`."""

    backend: str
    rate: float  # Hz, known before it starts

    @property
    def info(self) -> DeviceInfo:
        """What the device granted, once it has started."""

    @property
    def alive(self) -> bool:
        """Whether it still calls the callback: while it does, what a block uses must not change."""

    @property
    def outdated(self) -> bool:
        """Whether it must be opened again, since the request or the device has changed."""

    @property
    def has_midi(self) -> bool:
        """Whether it delivers MIDI itself: then no other source may write to its queue."""

    @property
    def keyboards(self) -> list[str]:
        """The names of the MIDI ports that are connected through the device."""

    def start(self, host: Host) -> None:
        """[main thread] Play; NoDeviceError when the device refuses."""

    def poll(self, host: Host) -> bool:
        """[main thread] Check for changes; False when a keyboard was lost whose notes may sound."""

    def close(self) -> None:
        """Release the device; may block where it no longer responds."""
