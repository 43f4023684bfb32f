"""The stream of a host to a device, which is opened, polled, closed, and opened again when it was lost."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from engine.host import Host

from .backend import AudioBackend, DeviceInfo, DeviceRequest, NoDeviceError
from .background_call import BackgroundCall

MAX_CLOSE_SECONDS = 2.0  # that a device may take to close
MIN_RATE, MAX_RATE = 8000.0, 384_000.0  # Hz that instruments are built for
STALL_SECONDS = 2.0  # without a block, after which a device counts as lost
RETRY_SECONDS = 0.5  # between two attempts to open it, and between two polls of it
_CHANNELS = 16


class Stream:
    """A host that plays through a device while there is one.

    The main loop calls `poll` some ten times a second, or `wait` in place of sleeping. A device that was lost is
    searched for under the same name until it is back; then the host plays on. `state` and `problem` describe it.
    """

    def __init__(self, host: Host, request: DeviceRequest | None = None) -> None:
        self.host = host
        self.problem = ""  # one line: why there is no sound
        self.reopened = 0  # how often the device was lost or had to be opened again
        self._request = request or DeviceRequest()
        self._device: AudioBackend | None = None
        self._closing: BackgroundCall | None = None
        self._closing_is_alive = False  # whether the device may call the callback until it is closed
        self._closed = False
        self._next_poll = 0.0
        self._last_frame = (0, 0.0)  # the frame counter, and when it last changed
        host.running = self._is_running

    @property
    def state(self) -> Literal["playing", "waiting", "closed"]:
        """Whether it plays, waits for its device, or was closed."""
        if self._closed:
            return "closed"
        return "playing" if self._device is not None else "waiting"

    @property
    def info(self) -> DeviceInfo | None:
        """What the device granted; None while there is none."""
        return self._device.info if self._device is not None and self._device.alive else None

    @property
    def has_midi(self) -> bool:
        """Whether the device delivers MIDI itself: then no other source may write to its queue."""
        return self._device is not None and self._device.has_midi

    @property
    def keyboards(self) -> list[str]:
        """The names of the MIDI ports that are connected through the device."""
        return self._device.keyboards if self._device is not None else []

    def poll(self) -> None:
        """[main thread] Detect that the device was lost, and open it again."""
        now = time.monotonic()
        if self._closed or self._is_closing():
            return
        if self._device is not None and not self._is_playing(self._device, now):
            self._close_device()
            self.reopened += 1
            self._next_poll = now
        if now < self._next_poll or self._is_closing():
            return
        if self._device is None:
            self._open_device()
        elif not self._device.poll(self.host):
            self._release_keys()
        self._next_poll = time.monotonic() + RETRY_SECONDS

    def wait(self, seconds: float) -> None:
        """[main thread] Sleep, and poll meanwhile."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.poll()
            time.sleep(min(left, 0.05))

    def close(self) -> None:
        """[main thread] Stop the sound and release the device; returns soon, even if it no longer responds."""
        self._close_device()
        self._closed = True

    def _is_running(self) -> bool:
        """Whether a device may call the callback; one that is being closed may until it is."""
        if self._device is not None:
            return self._device.alive
        return self._closing_is_alive and self._is_closing()

    def _is_closing(self) -> bool:
        return self._closing is not None and self._closing.is_alive()

    def _is_playing(self, device: AudioBackend, now: float) -> bool:
        frame = self.host.frame
        if frame != self._last_frame[0]:
            self._last_frame = (frame, now)
        if not device.alive:
            self.problem = "the audio device has gone"
        elif now - self._last_frame[1] > STALL_SECONDS:
            self.problem = "the audio device has stopped"
        else:
            return not device.outdated
        return False

    def _close_device(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            self._close(device)

    def _close(self, device: AudioBackend) -> None:
        """Close a device on a thread of its own, which may block for ever."""
        self._closing_is_alive = device.alive
        self._closing = BackgroundCall(device.close)
        try:
            self._closing.result(MAX_CLOSE_SECONDS)
        except TimeoutError:
            self.problem = "the audio device does not answer"

    def _open_device(self) -> None:
        problems = []
        for opener in _openers(self._request.backend):
            try:
                device = opener(self._request)
                self._start(device)
            except NoDeviceError as error:
                problems.append(str(error))
                if self._is_closing():
                    break
                continue
            self._device = device
            self._request = replace(self._request, backend=device.backend)
            self._last_frame = (self.host.frame, time.monotonic())
            self.problem = ""
            if self.reopened and device.backend == "jack":
                self._release_keys()
            return
        self.problem = "; ".join(problems)

    def _start(self, device: AudioBackend) -> None:
        if not MIN_RATE <= device.rate <= MAX_RATE:
            self._close(device)
            raise NoDeviceError(f"the device runs at {device.rate:g} Hz, outside {MIN_RATE:g} … {MAX_RATE:g}")
        if device.rate != self.host.rate:
            self.host.prepare(device.rate)
        try:
            device.start(self.host)
        except NoDeviceError:
            self._close(device)
            raise

    def _release_keys(self) -> None:
        """Release the keys and pedals whose release may have been lost."""
        for channel in range(_CHANNELS):
            self.host.midi(0xB0 | channel, 121)
            self.host.midi(0xB0 | channel, 123)


def open(host: Host, request: DeviceRequest | None = None) -> Stream:
    """Play a host through a device. Without one the stream waits for it, and `problem` gives the reason."""
    stream = Stream(host, request)
    stream.poll()
    return stream


def _openers(backend: str | None) -> list[Callable[[DeviceRequest], AudioBackend]]:
    """The backends to try, best first."""
    openers = {"jack": _open_jack, "portaudio": _open_portaudio}
    if backend is None:
        return list(openers.values())
    if backend not in openers:
        raise ValueError(f"backend {backend!r} is none of {', '.join(openers)}")
    return [openers[backend]]


def _open_jack(request: DeviceRequest) -> AudioBackend:
    try:
        from .jack import Jack
    except OSError:
        raise NoDeviceError("JACK is not installed") from None
    return Jack(request)


def _open_portaudio(request: DeviceRequest) -> AudioBackend:
    from .portaudio import PortAudio

    return PortAudio(request)
