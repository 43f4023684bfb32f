"""List of the audio and MIDI devices of this machine, and of what is missing for either."""

import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from . import portaudio
from .backend import NoDeviceError

NO_JACK = "libjack is not installed, the way to JACK and PipeWire: on Debian, `apt-get install libjack-jackd2-0`"
NO_SERVER = "no JACK or PipeWire server answers: sound goes through PortAudio"
NO_KEYBOARDS = "the server brings no MIDI: keyboards are heard beside it; `a2jmidid -e` brings them exactly in time"
NO_PORTAUDIO = "PortAudio is not installed: on Debian, `apt-get install libportaudio2`"
NO_OUTPUT = "PortAudio sees no audio output: plug one in, or start a sound server"
NO_REALTIME = "no permission for realtime threads, sound may stutter under load: let your group have rtprio 95"


@dataclass(frozen=True)
class DeviceEntry:
    """One device or port: `opens` marks those that are opened by default."""

    kind: Literal["output", "input", "midi"]
    backend: str  # "jack", "portaudio", or "system" for the MIDI ports of the operating system
    name: str
    text: str
    opens: bool = False


@dataclass
class DeviceList:
    """All devices found; `hints` say in words what is missing and how to add it."""

    entries: list[DeviceEntry] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)


def list_devices() -> DeviceList:
    """All devices; those connected since PortAudio was loaded are not seen while it is open."""
    found = DeviceList()
    has_server = _list_jack(found)
    _list_portaudio(found, has_server)
    _list_midi(found, has_server)
    if not realtime_allowed():
        found.hints.append(NO_REALTIME)
    return found


def realtime_allowed() -> bool:
    """Whether a thread of this process may have realtime priority."""
    if not sys.platform.startswith("linux"):
        return True  # there the system does it for audio threads
    allowed = threading.Event()

    def request() -> None:
        try:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
            allowed.set()
        except OSError:
            return

    thread = threading.Thread(target=request)
    thread.start()
    thread.join()
    return allowed.is_set()


def _list_jack(found: DeviceList) -> bool:
    """Add the ports of a server; whether there is one."""
    try:
        from .jack_connection import open_client
    except OSError:
        found.hints.append(NO_JACK)
        return False
    try:
        with open_client() as client:
            found.entries += _jack_entries(client)
    except NoDeviceError as error:
        found.hints.append(NO_SERVER if "running" in str(error) else str(error))
        return False
    return True


def _jack_entries(client: Any) -> Iterator[DeviceEntry]:
    """The ports of a server, those that we would connect to marked."""
    text = f"{client.samplerate} Hz, blocks of {client.blocksize}{', realtime' if client.realtime else ''}"
    speakers = [port.name for port in client.get_ports(is_audio=True, is_input=True, is_physical=True)]
    microphones = [port.name for port in client.get_ports(is_audio=True, is_output=True, is_physical=True)]
    keyboards = [port.name for port in client.get_ports(is_midi=True, is_output=True)]
    physical = {port.name for port in client.get_ports(is_midi=True, is_output=True, is_physical=True)}
    for i, name in enumerate(speakers):
        yield DeviceEntry("output", "jack", name, text, opens=i < 2)
    for i, name in enumerate(microphones):
        yield DeviceEntry("input", "jack", name, text, opens=i < 1)
    for name in keyboards:
        yield DeviceEntry("midi", "jack", name, "", opens=name in physical)


def _list_portaudio(found: DeviceList, has_server: bool) -> None:
    """Add the devices of PortAudio; its default ones are opened where no server is."""
    try:
        devices = portaudio.devices()
    except NoDeviceError:
        found.hints.append(NO_PORTAUDIO)
        return
    for kind in ("output", "input"):
        usable = [device for device in devices if device[f"max_{kind}_channels"]]
        default = portaudio.find(kind, None)["index"] if usable and not has_server else None
        for device in usable:
            text = f"{device[f'max_{kind}_channels']} channels, {device['default_samplerate']:g} Hz"
            opens = device["index"] == default
            found.entries.append(DeviceEntry(kind, "portaudio", portaudio.label(device), text, opens))
    if not has_server and not any(each.kind == "output" for each in found.entries):
        found.hints.append(NO_OUTPUT)


def _list_midi(found: DeviceList, has_server: bool) -> None:
    """Add the MIDI ports of the system, opened where no server has keyboards."""
    has_keyboards = any(each.kind == "midi" and each.opens for each in found.entries)
    if has_server and not has_keyboards:
        found.hints.append(NO_KEYBOARDS)
    from engine.midi.drivers import NoMidiError, driver

    try:
        names = driver().names()
    except NoMidiError as error:
        found.hints += [] if has_keyboards else [str(error)]
        return
    found.entries += [DeviceEntry("midi", "system", name, "", opens=not has_keyboards) for name in names]
