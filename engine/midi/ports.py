"""Live MIDI ports: heard while they are there, met again by name, their notes let go when they vanish.

A thread looks for messages a thousand times a second, and for ports once. No library calls us back, so none
can hold up its own thread on Python.
"""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol

import numpy as np

from engine.events import NOW, Kind, midi
from engine.ring import Ring

from .byte_parser import Wire
from .drivers import NAME, Driver, NoMidiError, Port, driver

LOOK = 0.001  # seconds between two looks for messages
SCAN = 1.0  # seconds between two looks for ports
_PASSED_BY = ("Midi Through", NAME)  # ports that would bring our own messages, or nothing
_RESTS = {1: 0, 2: 127, 11: 127, 64: 0, 66: 0, 67: 0}  # controllers that hands and feet hold, and where they rest


class Played(Protocol):
    """What can be played from ports: a Host."""

    memory: np.ndarray
    running: Callable[[], bool]

    @property
    def rate(self) -> float:
        """Hz."""

    @property
    def frame(self) -> int:
        """The first frame of the block that comes next."""

    def now(self) -> int:
        """The absolute frame that is being played."""

    def source(self) -> Ring:
        """A queue of our own."""


class MidiPorts:
    """Plays a host from MIDI ports, from `with` to the end of its block; a host bears two of them in its life.

    wanted: part of the names of the ports to hear; all of them without it. system: the MIDI system, the
    machine's own without it. `problem` says why there is none. While `idle` is true no port but our own is
    heard: the audio device brings their messages itself.
    """

    def __init__(self, host: Played, wanted: str | None = None, system: Driver | None = None) -> None:
        self.problem = ""
        self.idle: Callable[[], bool] = lambda: False
        self._host, self._wanted = host, (wanted or "").casefold()
        self._events = host.source()
        self._open: dict[str, _Heard] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="midi", daemon=True)
        self._system = system
        try:
            self._system = system or driver()
        except NoMidiError as error:
            self.problem = str(error)

    @property
    def names(self) -> list[str]:
        """The ports that are heard now."""
        return sorted(self._open)

    @property
    def others(self) -> list[str]:
        """Of them, those that are not our own."""
        return [name for name in self.names if name != NAME]

    def want(self, wanted: str | None) -> None:
        """Hear the ports with another part in their names from the next look for ports on; all without it."""
        self._wanted = (wanted or "").casefold()

    def __enter__(self) -> "MidiPorts":
        if self._system is not None:
            own = self._system.offer()
            if own is not None:
                self._open[NAME] = _Heard(own)
            self._meet(self._system)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
        for name in list(self._open):
            self._leave(name)

    def _run(self) -> None:
        assert self._system is not None
        due = time.monotonic() + SCAN
        while not self._stop.wait(LOOK):
            for heard in list(self._open.values()):
                self._listen(heard)
            if time.monotonic() >= due:
                self._meet(self._system)
                due = time.monotonic() + SCAN

    def _listen(self, heard: "_Heard") -> None:
        """Hand on what waits at a port, each message a block after it came."""
        while (found := heard.port.read()) is not None:
            bytes_, since = found
            age = heard.age(time.perf_counter(), since)
            for message in heard.wire.feed(bytes_):
                heard.follow(message)
                self._events.push(Kind.MIDI, message, frame=self._frame(age))

    def _frame(self, age: float) -> int:
        """The frame of a message that came `age` seconds ago: a constant time later, or at once without a device.

        Never far from the next block: the clock runs on where a device pauses, the blocks do not.
        """
        if not self._host.running():
            return NOW
        block = int(self._host.memory["block"][0])
        look = round(LOOK * self._host.rate)
        wanted = self._host.now() + block + look - round(age * self._host.rate)
        soonest = self._host.frame
        return min(max(wanted, soonest), soonest + 2 * block + look)

    def _meet(self, system: Driver) -> None:
        """Hear the ports that are new, and leave those that are gone."""
        there = self._there(system)
        for name in set(self._open) - set(there) - {NAME}:
            self._leave(name)
        for name in there:
            if name not in self._open:
                try:
                    self._open[name] = _Heard(system.open(name))
                    self.problem = ""
                except NoMidiError as error:
                    self.problem = str(error)

    def _there(self, system: Driver) -> list[str]:
        """The ports that should be heard now."""
        if self.idle():
            return []
        try:
            return [name for name in system.names() if self._wants(name)]
        except NoMidiError as error:
            self.problem = str(error)
            return []

    def _wants(self, name: str) -> bool:
        return self._wanted in name.casefold() and not name.startswith(_PASSED_BY)

    def _leave(self, name: str) -> None:
        """Let go of the keys, pedals and wheels that a port holds."""
        heard = self._open.pop(name)
        for message in heard.held.values():
            self._events.push(Kind.MIDI, message)
        heard.port.close()


class _Heard:
    """A port that is heard, and what is held on it."""

    def __init__(self, port: Port) -> None:
        self.port, self.wire = port, Wire()
        self.held: dict[int, int] = {}  # by status and number: the message that lets go of it
        self._clock = 0.0  # of the port: seconds since its first message
        self._behind = float("inf")  # the least that this clock was seen to lag ours

    def age(self, now: float, since: float) -> float:
        """How long ago a message came, 0 or more, from the seconds `since` the one before it, as the port tells.

        The port's own clock orders messages that were found by the same look.
        """
        self._clock += since
        self._behind = min(self._behind + 1e-4 * since, now - self._clock)
        return min(now - self._clock - self._behind, SCAN)

    def follow(self, message: int) -> None:
        """Keep account of the keys, pedals and wheels that are held."""
        rest = _resting(message)
        if rest is None:
            return
        what, kind = rest & 0x7FFF, message & 0xF0
        self.held.pop(what, None)
        if message != rest and kind != 0x80 and (kind != 0x90 or message >> 16):
            self.held[what] = rest


def _resting(message: int) -> int | None:
    """The message that takes back what a message does; None where it stays when the player goes."""
    channel, kind, first = message & 0xF, message & 0xF0, message >> 8 & 0x7F
    if kind in (0x80, 0x90):
        return midi(0x80 | channel, first)
    if kind == 0xA0:
        return midi(0xA0 | channel, first)
    if kind == 0xB0 and first in _RESTS:
        return midi(0xB0 | channel, first, _RESTS[first])
    if kind == 0xD0:
        return midi(0xD0 | channel)
    if kind == 0xE0:
        return midi(0xE0 | channel, 0, 64)
    return None
