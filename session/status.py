"""Status of device, voices and keyboards, read by the engine thread: a dead server never blocks the window."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.devices.backend import DeviceInfo
    from engine.devices.stream import Stream
    from engine.midi.ports import MidiPorts
    from engine.plugin import Plugin
    from engine.standard_chain import StandardChain
    from engine.voice_latency import Latency


VOICE, INPUTS = "voice", ("microphone", "zones")  # names of plugins


@dataclass(frozen=True)
class Status:
    """At one time. latency: seconds from a key to the speaker. worst: load of the worst block since a reset."""

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
    load: float = 0.0  # now, as a share of the block time
    worst: float = 0.0
    underruns: int = 0
    clipped: int = 0  # samples that were too loud
    lost: int = 0  # events that found no room, and malformed messages
    voices: int = 0
    ports: tuple[str, ...] = ()
    midi_problem: str = ""
    microphone: str = ""  # the one that is open
    voice_latency: "Latency | None" = None  # of an instrument that follows the voice input


def read_status(stream: "Stream", rig: "StandardChain", ports: "MidiPorts", now: float) -> Status:
    """[engine thread] Read everything."""
    meters, device = rig.meters(), stream.info
    found: dict[str, Any] = {
        "load": meters.load,
        "worst": meters.max_load,
        "underruns": meters.xruns,
        "clipped": meters.clipped,
        "lost": meters.lost,
        "voices": meters.voices,
        "ports": tuple(sorted({*stream.keyboards, *ports.others})),
    }
    found["voice_latency"] = _voice_latency(rig, device)
    problem = "" if stream.has_midi else ports.problem
    if device is None:
        return Status(now, stream.state, stream.problem, midi_problem=problem, **found)
    return Status(
        now, stream.state, stream.problem, device.backend, device.device, device.name, device.rate, device.block,
        device.latency + device.block / device.rate, device.realtime, midi_problem=problem,
        microphone=device.microphone, **found,
    )  # fmt: skip


def _voice_latency(rig: "StandardChain", device: "DeviceInfo | None") -> "Latency | None":
    from engine.voice_latency import measure_latency

    followers = _voice_plugins(rig)
    if device is None or not device.block or device.input_latency is None or not followers:
        return None
    return measure_latency(followers, rig.rate, device)


def _voice_plugins(rig: "StandardChain") -> "list[Plugin]":
    """The voice tracker and the instrument that follows it; none where there is no tracker."""
    plugins = [plugin for plugin in rig.chain if plugin.name not in INPUTS]
    return plugins[:2] if plugins and plugins[0].name == VOICE else []
