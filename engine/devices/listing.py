"""Where sound can go and come from, where notes can come from, and what is missing for either."""

import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from . import portaudio
from .backend import NoDevice

NO_JACK = "libjack is not installed, the way to JACK and PipeWire: on Debian, `apt-get install libjack-jackd2-0`"
NO_SERVER = "no JACK or PipeWire server answers: sound goes through PortAudio"
NO_KEYBOARDS = "the server brings no MIDI: keyboards are heard beside it; `a2jmidid -e` brings them exactly in time"
NO_PORTAUDIO = "PortAudio is not installed: on Debian, `apt-get install libportaudio2`"
NO_OUTPUT = "PortAudio sees no audio output: plug one in, or start a sound server"
NO_REALTIME = "no permission for realtime threads, sound may stutter under load: let your group have rtprio 95"


@dataclass(frozen=True)
class Found:
    """One place: `opens` marks those that are opened when nothing else is asked for."""

    kind: Literal["output", "input", "midi"]
    backend: str  # "jack", "portaudio", or "system" for the MIDI ports of the operating system
    name: str
    text: str
    opens: bool = False


@dataclass
class Survey:
    """All that was found; `hints` say in words what is missing and what to do about it."""

    found: list[Found] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)


def survey() -> Survey:
    """Look around; devices that came since PortAudio was loaded are not seen while it is open."""
    survey = Survey()
    served = _look_at_jack(survey)
    _look_at_portaudio(survey, served)
    _look_at_midi(survey, served)
    if not realtime_allowed():
        survey.hints.append(NO_REALTIME)
    return survey


def realtime_allowed() -> bool:
    """Whether a thread of ours may go before all others."""
    if not sys.platform.startswith("linux"):
        return True  # there the system does it for audio threads
    allowed = threading.Event()

    def ask() -> None:
        try:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
            allowed.set()
        except OSError:
            return

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return allowed.is_set()


def _look_at_jack(survey: Survey) -> bool:
    """What a server offers, and whether there is one."""
    try:
        from .jack_server import visit
    except OSError:
        survey.hints.append(NO_JACK)
        return False
    try:
        with visit() as client:
            survey.found += _jack(client)
    except NoDevice as error:
        survey.hints.append(NO_SERVER if "running" in str(error) else str(error))
        return False
    return True


def _jack(client: Any) -> Iterator[Found]:
    """The programs and cards of a server, those that we would connect to marked."""
    text = f"{client.samplerate} Hz, blocks of {client.blocksize}{', realtime' if client.realtime else ''}"
    speakers = [port.name for port in client.get_ports(is_audio=True, is_input=True, is_physical=True)]
    microphones = [port.name for port in client.get_ports(is_audio=True, is_output=True, is_physical=True)]
    keyboards = [port.name for port in client.get_ports(is_midi=True, is_output=True)]
    physical = {port.name for port in client.get_ports(is_midi=True, is_output=True, is_physical=True)}
    for i, name in enumerate(speakers):
        yield Found("output", "jack", name, text, opens=i < 2)
    for i, name in enumerate(microphones):
        yield Found("input", "jack", name, text, opens=i < 1)
    for name in keyboards:
        yield Found("midi", "jack", name, "", opens=name in physical)


def _look_at_portaudio(survey: Survey, served: bool) -> None:
    """What PortAudio offers; a default one is opened where no server is."""
    try:
        devices = portaudio.devices()
    except NoDevice:
        survey.hints.append(NO_PORTAUDIO)
        return
    for kind in ("output", "input"):
        usable = [device for device in devices if device[f"max_{kind}_channels"]]
        default = portaudio.find(kind, None)["index"] if usable and not served else None
        for device in usable:
            text = f"{device[f'max_{kind}_channels']} channels, {device['default_samplerate']:g} Hz"
            survey.found.append(
                Found(kind, "portaudio", portaudio.label(device), text, opens=device["index"] == default)
            )
    if not served and not any(each.kind == "output" for each in survey.found):
        survey.hints.append(NO_OUTPUT)


def _look_at_midi(survey: Survey, served: bool) -> None:
    """The ports that are heard where no server brings keyboards."""
    brought = any(each.kind == "midi" and each.opens for each in survey.found)
    if served and not brought:
        survey.hints.append(NO_KEYBOARDS)
    from engine.midi.drivers import NoMidi, driver

    try:
        names = driver().names()
    except NoMidi as error:
        survey.hints += [] if brought else [str(error)]
        return
    survey.found += [Found("midi", "system", name, "", opens=not brought) for name in names]
