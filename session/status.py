"""How device, row and keyboards are, read on the deck's thread: no server that hangs holds up the window."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.devices.backend import Given
    from engine.devices.stream import Stream
    from engine.midi.ports import MidiPorts
    from engine.plugin import Plugin
    from engine.rig import Rig
    from engine.voice_latency import Latency


VOICE, BESIDE = "voice", ("microphone", "zones")  # names of plugins


@dataclass(frozen=True)
class Reading:
    """One look. latency: seconds from a key to the speaker. load: of the worst block since the last reset."""

    time: float = 0.0
    state: str = "waiting"
    problem: str = ""
    backend: str = ""
    device: str = ""
    name: str = ""
    rate: float = 0.0
    block: int = 0
    latency: float = 0.0
    realtime: bool = True
    worst: float = 0.0
    underruns: int = 0
    lost: int = 0  # notes and movements that found no room, or no sense
    voices: int = 0
    ports: tuple[str, ...] = ()
    midi_problem: str = ""
    microphone: str = ""  # the one that is heard
    lateness: "Latency | None" = None  # of what a voice plays; none without a microphone


def _singers(rig: "Rig") -> "list[Plugin]":
    """The tracker of a voice and the instrument that follows it; none where nobody sings."""
    row = [plugin for plugin in rig.row if plugin.name not in BESIDE]
    return row[:2] if row and row[0].name == VOICE else []


def _lateness(rig: "Rig", given: "Given | None") -> "Latency | None":
    from engine.voice_latency import latency

    singers = _singers(rig)
    if given is None or not given.block or given.input_latency is None or not singers:
        return None
    return latency(singers, rig.rate, given)


def read(opened: "Stream", rig: "Rig", ports: "MidiPorts", now: float) -> Reading:
    """[deck's thread] Look at all of it."""
    meters, given = rig.meters(), opened.given
    heard = tuple(sorted({*opened.keyboards, *ports.others}))
    found: dict[str, Any] = {
        "worst": meters.worst,
        "underruns": meters.xruns,
        "lost": meters.lost,
        "voices": meters.voices,
        "ports": heard,
    }
    found["lateness"] = _lateness(rig, given)
    problem = "" if opened.brings_midi else ports.problem
    if given is None:
        return Reading(now, opened.state, opened.problem, midi_problem=problem, **found)
    return Reading(
        now, opened.state, opened.problem, given.backend, given.device, given.name, given.rate, given.block,
        given.latency + given.block / given.rate, given.realtime, midi_problem=problem, microphone=given.microphone,
        **found,
    )  # fmt: skip
