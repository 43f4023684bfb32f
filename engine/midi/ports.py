"""Live MIDI ports: opened while they exist, opened again by name, their notes released when they are removed.

A thread polls for messages a thousand times a second, and for ports once. No library calls back into Python, which
could block the library's thread.
"""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol

import numpy as np

from engine.events import NOW, Kind, midi
from engine.ring import Ring

from .byte_parser import ByteParser
from .drivers import CLIENT_NAME, Driver, NoMidiError, Port, driver

POLL_SECONDS = 0.001  # between two polls for messages
SCAN_SECONDS = 1.0  # between two scans for ports
_IGNORED_PORTS = ("Midi Through", CLIENT_NAME)  # ports that would return our own messages, or have none
_REST_VALUES = {1: 0, 2: 127, 11: 127, 64: 0, 66: 0, 67: 0}  # controllers that return to a rest value


class PlayableHost(Protocol):
    """The interface of a host that ports need."""

    memory: np.ndarray
    running: Callable[[], bool]

    @property
    def rate(self) -> float:
        """Hz."""

    @property
    def frame(self) -> int:
        """The first frame of the next block."""

    def playing_frame(self) -> int:
        """The absolute frame that is playing."""

    def new_source(self) -> Ring:
        """A queue for one more thread."""


class MidiPorts:
    """Plays a host from MIDI ports, from `with` to the end of its block; a host allows two of them.

    wanted: part of the names of the ports to open; all of them without it. system: the MIDI driver, the
    machine's own without it. `problem` says why there is none. While `idle` returns true only our own port is
    open: the audio device delivers MIDI itself.
    """

    def __init__(self, host: PlayableHost, wanted: str | None = None, system: Driver | None = None) -> None:
        self.problem = ""
        self.idle: Callable[[], bool] = lambda: False
        self._host, self._wanted = host, (wanted or "").casefold()
        self._events = host.new_source()
        self._open: dict[str, _OpenPort] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="midi", daemon=True)
        self._system = system
        try:
            self._system = system or driver()
        except NoMidiError as error:
            self.problem = str(error)

    @property
    def names(self) -> list[str]:
        """The open ports."""
        return sorted(self._open)

    @property
    def others(self) -> list[str]:
        """The open ports but our own."""
        return [name for name in self.names if name != CLIENT_NAME]

    def select(self, wanted: str | None) -> None:
        """Open the ports with another part in their names, from the next scan on; all without it."""
        self._wanted = (wanted or "").casefold()

    def __enter__(self) -> "MidiPorts":
        if self._system is not None:
            own = self._system.open_virtual()
            if own is not None:
                self._open[CLIENT_NAME] = _OpenPort(own)
            self._scan(self._system)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all of them; once."""
        if self._stop.is_set():
            return
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
        for name in list(self._open):
            self._close(name)

    def _run(self) -> None:
        assert self._system is not None
        next_scan = time.monotonic() + SCAN_SECONDS
        while not self._stop.wait(POLL_SECONDS):
            for port in list(self._open.values()):
                self._read(port)
            if time.monotonic() >= next_scan:
                self._scan(self._system)
                next_scan = time.monotonic() + SCAN_SECONDS

    def _read(self, port: "_OpenPort") -> None:
        """Push the messages of a port, each a block after its arrival."""
        while (found := port.port.read()) is not None:
            bytes_, since = found
            age = port.age(time.perf_counter(), since)
            for message in port.parser.feed(bytes_):
                port.track(message)
                self._events.push(Kind.MIDI, message, frame=self._frame(age))

    def _frame(self, age: float) -> int:
        """The frame of a message that came `age` seconds ago: a constant delay later, or at once without a device.

        Never far from the next block: the clock runs on while a device pauses, the blocks do not.
        """
        if not self._host.running():
            return NOW
        block = int(self._host.memory["block"][0])
        poll = round(POLL_SECONDS * self._host.rate)
        wanted = self._host.playing_frame() + block + poll - round(age * self._host.rate)
        earliest = self._host.frame
        return min(max(wanted, earliest), earliest + 2 * block + poll)

    def _scan(self, system: Driver) -> None:
        """Open the ports that are new, and close those that have gone."""
        names = self._wanted_names(system)
        for name in set(self._open) - set(names) - {CLIENT_NAME}:
            self._close(name)
        for name in names:
            if name not in self._open:
                try:
                    self._open[name] = _OpenPort(system.open(name))
                    self.problem = ""
                except NoMidiError as error:
                    self.problem = str(error)

    def _wanted_names(self, system: Driver) -> list[str]:
        """The ports that should be open now."""
        if self.idle():
            return []
        try:
            return [name for name in system.names() if self._is_wanted(name)]
        except NoMidiError as error:
            self.problem = str(error)
            return []

    def _is_wanted(self, name: str) -> bool:
        return self._wanted in name.casefold() and not name.startswith(_IGNORED_PORTS)

    def _close(self, name: str) -> None:
        """Close a port, and release the keys, pedals and wheels that it holds."""
        port = self._open.pop(name)
        for message in port.held.values():
            self._events.push(Kind.MIDI, message)
        port.port.close()


class _OpenPort:
    """An open port, and the keys, pedals and wheels held on it."""

    def __init__(self, port: Port) -> None:
        self.port, self.parser = port, ByteParser()
        self.held: dict[int, int] = {}  # by status and number: the message that releases it
        self._clock = 0.0  # of the port: seconds since its first message
        self._lag = float("inf")  # the smallest lag of this clock behind ours

    def age(self, now: float, since: float) -> float:
        """How long ago a message came, 0 or more, from the seconds `since` the one before it, as the port says.

        The port's own clock orders messages that were read by the same poll.
        """
        self._clock += since
        self._lag = min(self._lag + 1e-4 * since, now - self._clock)
        return min(now - self._clock - self._lag, SCAN_SECONDS)

    def track(self, message: int) -> None:
        """Keep track of the keys, pedals and wheels that are held."""
        rest = _release_of(message)
        if rest is None:
            return
        control, kind = rest & 0x7FFF, message & 0xF0
        self.held.pop(control, None)
        if message != rest and kind != 0x80 and (kind != 0x90 or message >> 16):
            self.held[control] = rest


def _release_of(message: int) -> int | None:
    """The message that releases what a message holds; None where it holds nothing."""
    channel, kind, first = message & 0xF, message & 0xF0, message >> 8 & 0x7F
    if kind in (0x80, 0x90):
        return midi(0x80 | channel, first)
    if kind == 0xA0:
        return midi(0xA0 | channel, first)
    if kind == 0xB0 and first in _REST_VALUES:
        return midi(0xB0 | channel, first, _REST_VALUES[first])
    if kind == 0xD0:
        return midi(0xD0 | channel)
    if kind == 0xE0:
        return midi(0xE0 | channel, 0, 64)
    return None
