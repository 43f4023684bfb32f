"""Drivers of live MIDI: python-rtmidi, or rtmidi2 where that has no binary package (Python 3.13 and later)."""

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from typing import Any, Protocol

CLIENT_NAME = "Luthier"  # shown by other programs
_QUEUE_SIZE = 4096  # messages between two polls


class NoMidiError(RuntimeError):
    """There is no live MIDI; the message says why in one line."""


class Port(Protocol):
    """One open port."""

    def read(self) -> tuple[list[int], float] | None:
        """The next message and the seconds since the one before it; None when none waits."""

    def close(self) -> None:
        """Close it."""


class Driver(Protocol):
    """A MIDI system."""

    def names(self) -> list[str]:
        """The input ports, each by a unique name that it keeps when it is connected again. NoMidiError."""

    def open(self, name: str) -> Port:
        """Open a port. NoMidiError when it is gone or in use."""

    def open_virtual(self) -> Port | None:
        """A port of our own that other programs can send to; None where the system has no virtual ports."""


def driver(api: str | None = None) -> Driver:
    """The MIDI system of this machine, or the one requested: "alsa" or "jack". Raises NoMidiError.

    Never JACK unless requested: the audio backend receives its messages with the sound, exactly in time.
    """
    try:
        import rtmidi
    except ImportError:
        return _from_rtmidi2(api)
    problems = []
    wanted = {"alsa": [rtmidi.API_LINUX_ALSA], "jack": [rtmidi.API_UNIX_JACK]}
    own = [number for number in rtmidi.get_compiled_api() if number != rtmidi.API_UNIX_JACK]
    for number in wanted[api] if api else own:
        try:
            with _silent_stderr():
                return RtMidi(rtmidi, number)
        except (rtmidi.RtMidiError, OSError) as error:
            problems.append(_user_text(str(error).strip()))
    raise NoMidiError("no live MIDI: " + ("; ".join(problems) or "the library knows no MIDI system here"))


def _user_text(problem: str) -> str:
    """An error of a MIDI library, as a text for the user."""
    if "ALSA sequencer" in problem:
        return "the ALSA sequencer is missing; `sudo modprobe snd-seq` loads it"
    return problem


def _from_rtmidi2(api: str | None) -> Driver:
    """rtmidi2 on the system's own MIDI: with JACK its library ends the process where it should raise."""
    try:
        import rtmidi2
    except ImportError:
        raise NoMidiError("no live MIDI: neither python-rtmidi nor rtmidi2 is installed") from None
    if api == "jack":
        raise NoMidiError("no live MIDI: rtmidi2 cannot be trusted with JACK")
    numbers = {"darwin": rtmidi2.API_MACOSX_CORE, "win32": rtmidi2.API_WINDOWS_MM}
    try:
        with _silent_stderr():
            return RtMidi2(rtmidi2, numbers.get(sys.platform, rtmidi2.API_LINUX_ALSA))
    except (RuntimeError, OSError) as error:
        raise NoMidiError(f"no live MIDI: {str(error).strip()}") from None


class RtMidi:
    """python-rtmidi."""

    def __init__(self, library: Any, api: int) -> None:
        self._library, self._api = library, api
        self._probe = library.MidiIn(api, name=f"{CLIENT_NAME} ports")

    def names(self) -> list[str]:
        """See Driver."""
        try:
            return _unique_names(self._probe.get_ports())
        except self._library.RtMidiError as error:
            raise NoMidiError(f"no live MIDI: {error}") from None

    def open(self, name: str) -> Port:
        """See Driver."""
        try:
            port = self._library.MidiIn(self._api, name=CLIENT_NAME, queue_size_limit=_QUEUE_SIZE)
            port.open_port(_unique_names(port.get_ports()).index(name), name)
        except (ValueError, self._library.RtMidiError) as error:
            raise NoMidiError(f"{name}: {error}") from None
        return _RtMidiPort(port)

    def open_virtual(self) -> Port | None:
        """See Driver."""
        try:
            port = self._library.MidiIn(self._api, name=CLIENT_NAME, queue_size_limit=_QUEUE_SIZE)
            port.open_virtual_port("midi_in")
        except (self._library.RtMidiError, NotImplementedError):
            return None
        return _RtMidiPort(port)


class _RtMidiPort:
    def __init__(self, port: Any) -> None:
        self._port = port

    def read(self) -> tuple[list[int], float] | None:
        """See Port."""
        message: tuple[list[int], float] | None = self._port.get_message()
        return message

    def close(self) -> None:
        """See Port."""
        self._port.close_port()
        self._port.delete()


class RtMidi2:
    """rtmidi2."""

    def __init__(self, library: Any, api: int) -> None:
        self._library, self._api = library, api
        self._probe = library.MidiIn(f"{CLIENT_NAME} ports", 16, api)

    def names(self) -> list[str]:
        """See Driver."""
        return _unique_names(self._probe.ports)

    def open(self, name: str) -> Port:
        """See Driver."""
        try:
            port = self._library.MidiIn(CLIENT_NAME, _QUEUE_SIZE, self._api)
            port.open_port(_unique_names(port.ports).index(name))
        except (ValueError, RuntimeError) as error:
            raise NoMidiError(f"{name}: {error}") from None
        return _RtMidi2Port(port)

    def open_virtual(self) -> Port | None:
        """See Driver."""
        if self._api == self._library.API_WINDOWS_MM:
            return None
        port = self._library.MidiIn(CLIENT_NAME, _QUEUE_SIZE, self._api)
        port.open_virtual_port("midi_in")
        return _RtMidi2Port(port)


class _RtMidi2Port:
    def __init__(self, port: Any) -> None:
        self._port = port

    def read(self) -> tuple[list[int], float] | None:
        """See Port."""
        message = self._port.get_message()
        return None if message is None else (message, self._port.deltatime)

    def close(self) -> None:
        """See Port."""
        self._port.close_port()
        self._port = None


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    """Keep libraries from writing their errors to the terminal."""
    try:
        before = os.dup(2)
    except OSError:  # there is no terminal
        yield
        return
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)
        os.close(null)


def _unique_names(names: list[str]) -> list[str]:
    """Names without the client numbers of ALSA, which change; the second of two equal names becomes "name #2"."""
    found: list[str] = []
    for name in names:
        plain = re.sub(r" \d+:\d+$", "", name or "?")
        alike = sum(other == plain or other.startswith(plain + " #") for other in found)
        found.append(f"{plain} #{alike + 1}" if alike else plain)
    return found
