"""The host on a device: opened, watched, closed, and found again when it is lost."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from engine.host import Host

from .backend import Given, NoDevice, Outlet, Settings
from .background_call import Errand

PATIENCE = 2.0  # seconds that a device may take to close
SLOWEST, FASTEST = 8000.0, 384_000.0  # Hz: what instruments and ears are built for
STALLED = 2.0  # seconds without a block after which a device counts as lost
RETRY = 0.5  # seconds between two attempts to find it again, and between two looks around
_CHANNELS = 16


class Stream:
    """A host that plays through a device while there is one.

    The main loop calls `poll` some ten times a second, or `wait` in place of sleeping. A device that was lost is
    looked for under the same name until it is back; what was played goes on. `state` and `problem` say how it is.
    """

    def __init__(self, host: Host, settings: Settings | None = None) -> None:
        self.host = host
        self.problem = ""  # one line: why there is no sound
        self.reopened = 0  # how often the device had to be left and looked for
        self._settings = settings or Settings()
        self._outlet: Outlet | None = None
        self._closing: Errand | None = None
        self._closing_calls = False  # whether the device that is being closed may call us until it is
        self._closed = False
        self._due = 0.0  # when to look around again
        self._last = (0, 0.0)  # the frame that was seen last, and when it was new
        host.running = self._running

    @property
    def state(self) -> Literal["playing", "waiting", "closed"]:
        """Whether it plays, waits for its device, or was closed."""
        if self._closed:
            return "closed"
        return "playing" if self._outlet is not None else "waiting"

    @property
    def given(self) -> Given | None:
        """What the device really gave; None while there is none."""
        return self._outlet.given if self._outlet is not None and self._outlet.alive else None

    @property
    def brings_midi(self) -> bool:
        """Whether the device delivers the keyboards' messages itself: then no other source may write them."""
        return self._outlet is not None and self._outlet.brings_midi

    @property
    def keyboards(self) -> list[str]:
        """The names of the ports that play us through the device."""
        return self._outlet.keyboards if self._outlet is not None else []

    def poll(self) -> None:
        """[main thread] Notice a loss, and come back from one."""
        now = time.monotonic()
        if self._closed or self._is_closing():
            return
        if self._outlet is not None and not self._plays(self._outlet, now):
            self._leave()
            self.reopened += 1
            self._due = now
        if now < self._due or self._is_closing():
            return
        if self._outlet is None:
            self._enter()
        elif not self._outlet.tend(self.host):
            self._release_keys()
        self._due = time.monotonic() + RETRY

    def wait(self, seconds: float) -> None:
        """[main thread] Sleep, but keep watch."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.poll()
            time.sleep(min(left, 0.05))

    def close(self) -> None:
        """[main thread] Stop the sound and leave the device; never waits long, whatever became of it."""
        self._leave()
        self._closed = True

    def _running(self) -> bool:
        """Whether a device may call us; one that is being closed may until it is."""
        if self._outlet is not None:
            return self._outlet.alive
        return self._closing_calls and self._is_closing()

    def _is_closing(self) -> bool:
        return self._closing is not None and self._closing.is_alive()

    def _plays(self, outlet: Outlet, now: float) -> bool:
        frame = self.host.frame
        if frame != self._last[0]:
            self._last = (frame, now)
        if not outlet.alive:
            self.problem = "the audio device has gone"
        elif now - self._last[1] > STALLED:
            self.problem = "the audio device has stopped"
        else:
            return not outlet.outdated
        return False

    def _leave(self) -> None:
        outlet, self._outlet = self._outlet, None
        if outlet is not None:
            self._finish(outlet)

    def _finish(self, outlet: Outlet) -> None:
        """Close a device, on a thread that may never come back."""
        self._closing_calls = outlet.alive
        self._closing = Errand(outlet.close)
        try:
            self._closing.result(PATIENCE)
        except TimeoutError:
            self.problem = "the audio device does not answer"

    def _enter(self) -> None:
        problems = []
        for way in _ways(self._settings.backend):
            try:
                outlet = way(self._settings)
                self._begin(outlet)
            except NoDevice as error:
                problems.append(str(error))
                if self._is_closing():
                    break
                continue
            self._outlet = outlet
            self._settings = replace(self._settings, backend=outlet.backend)
            self._last = (self.host.frame, time.monotonic())
            self.problem = ""
            if self.reopened and outlet.backend == "jack":
                self._release_keys()
            return
        self.problem = "; ".join(problems)

    def _begin(self, outlet: Outlet) -> None:
        if not SLOWEST <= outlet.rate <= FASTEST:
            self._finish(outlet)
            raise NoDevice(f"the device runs at {outlet.rate:g} Hz, outside {SLOWEST:g} … {FASTEST:g}")
        if outlet.rate != self.host.rate:
            self.host.prepare(outlet.rate)
        try:
            outlet.start(self.host)
        except NoDevice:
            self._finish(outlet)
            raise

    def _release_keys(self) -> None:
        """Let go of keys and pedals whose release was lost."""
        for channel in range(_CHANNELS):
            self.host.midi(0xB0 | channel, 121)
            self.host.midi(0xB0 | channel, 123)


def open(host: Host, settings: Settings | None = None) -> Stream:
    """Play a host through a device. Without one the stream waits for it, and `problem` says why."""
    stream = Stream(host, settings)
    stream.poll()
    return stream


def _ways(backend: str | None) -> list[Callable[[Settings], Outlet]]:
    """The ways out to try, best first."""
    ways = {"jack": _jack, "portaudio": _portaudio}
    if backend is None:
        return list(ways.values())
    if backend not in ways:
        raise ValueError(f"backend {backend!r} is none of {', '.join(ways)}")
    return [ways[backend]]


def _jack(settings: Settings) -> Outlet:
    try:
        from .jack import Jack
    except OSError:
        raise NoDevice("JACK is not installed") from None
    return Jack(settings)


def _portaudio(settings: Settings) -> Outlet:
    from .portaudio import PortAudio

    return PortAudio(settings)
