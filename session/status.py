"""Status of the audio device, the voices and the MIDI ports, read by the engine thread.

The window shows the last record, so that a device that does not respond never blocks it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.devices.backend import DeviceInfo
    from engine.devices.stream import Stream
    from engine.midi.ports import MidiPorts
    from engine.plugin import Plugin
    from engine.standard_chain import StandardChain
    from engine.voice_latency import Latency

RESET_SECONDS = 60.0  # without another under-run, worse block or fault of a plugin, after which they are counted anew
VOICE, INPUTS = "voice", ("microphone", "zones")  # names of plugins


@dataclass(frozen=True)
class Status:
    """The status at one time."""

    time: float = 0.0  # s, monotonic
    state: str = "waiting"
    problem: str = ""
    backend: str = ""
    device: str = ""
    name: str = ""
    rate: float = 0.0  # Hz
    block: int = 0  # frames
    latency: float = 0.0  # s, from a key to the speaker
    realtime: bool = True
    load: float = 0.0  # of the last blocks, as a share of the block time
    max_load: float = 0.0  # of a block since the last reset
    underruns: int = 0
    clipped: int = 0  # samples that were limited or silenced
    lost_events: int = 0  # refused by a full queue, and malformed messages
    plugin_faults: int = 0  # samples, events and blocks that foreign plugins lost
    voices: int = 0
    ports: tuple[str, ...] = ()
    midi_problem: str = ""
    microphone: str = ""  # that is open
    voice_latency: "Latency | None" = None  # of an instrument that follows the voice input

    @property
    def is_known(self) -> bool:
        """Whether the engine has been asked; before that, nothing is missing."""
        return self.time > 0


class LoadWatch:
    """Finds out when the worst load, the under-runs and the faults of plugins have not grown for RESET_SECONDS."""

    def __init__(self) -> None:
        self._last = (0.0, 0, 0)
        self._grown_at = 0.0  # s, monotonic

    def is_due(self, now: Status) -> bool:
        """Whether all are to be counted anew; to be called with every status."""
        counts = (now.max_load, now.underruns, now.plugin_faults)
        if any(new != old for new, old in zip(counts, self._last, strict=True)):
            self._grown_at = now.time
        self._last = counts
        if now.time - self._grown_at < RESET_SECONDS:
            return False
        self._grown_at = now.time
        return any(counts)


def read_status(stream: "Stream", host: "StandardChain", ports: "MidiPorts", now: float) -> Status:
    """[engine thread] Read the status of a stream, its host and the MIDI ports; now: monotonic time in s."""
    from engine.foreign.foreign_plugin import foreign_plugins

    meters, device = host.meters(), stream.info
    found: dict[str, Any] = {
        "load": meters.load,
        "max_load": meters.max_load,
        "underruns": meters.xruns,
        "clipped": meters.clipped,
        "lost_events": meters.lost,
        "plugin_faults": sum(plugin.faults.total for plugin in foreign_plugins(host.chain)),
        "voices": meters.voices,
        "ports": tuple(sorted({*stream.keyboards, *ports.others})),
    }
    found["voice_latency"] = _voice_latency(host, device)
    problem = "" if stream.has_midi else ports.problem
    if device is None:
        return Status(now, stream.state, stream.problem, midi_problem=problem, **found)
    return Status(
        now, stream.state, stream.problem, device.backend, device.device, device.name, device.rate, device.block,
        device.latency + (device.block + host.latency) / device.rate, device.realtime, midi_problem=problem,
        microphone=device.microphone, **found,
    )  # fmt: skip


def _voice_latency(host: "StandardChain", device: "DeviceInfo | None") -> "Latency | None":
    from engine.voice_latency import measure_latency

    followers = _voice_plugins(host)
    if device is None or not device.block or device.input_latency is None or not followers:
        return None
    return measure_latency(followers, host.rate, device, frames=host.latency)


def _voice_plugins(host: "StandardChain") -> "list[Plugin]":
    """The voice tracker and the instrument that follows it; none where there is no tracker."""
    plugins = [plugin for plugin in host.chain if plugin.name not in INPUTS]
    return plugins[:2] if plugins and plugins[0].name == VOICE else []
