"""Latency from a voice to the instrument that follows it, part by part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.devices.backend import DeviceInfo
from engine.plugin import Plugin
from engine.snapshots.voice import voice_snapshot
from engine.voice.pitch_tracker import pitch_delay

LABELS = {name: name for name in ("microphone", "block", "speaker", "tracker", "frame", "plugins")}
LINE = "pitch {0} late ({1}), loudness {2} ({3})"
DEFAULT_PITCH_HZ = 220.0  # of the voice; the delay of the tracker grows towards low pitches


@dataclass(frozen=True)
class Latency:
    """Seconds by part. A new pitch applies at once; loudness is reached in a ramp of one model frame."""

    microphone: float  # from the microphone to a block
    block: float  # duration of a block
    pitch: float  # delay of the tracker's pitch
    loudness: float  # delay of the tracker's loudness
    frame: float  # of the decoder
    speaker: float  # from a finished block to the speaker
    plugins: float = 0.0  # of the foreign plugins of the chain

    @property
    def of_pitch(self) -> float:
        """Latency of the pitch in seconds."""
        return self.microphone + self.block + self.pitch + self.plugins + self.speaker

    @property
    def of_loudness(self) -> float:
        """Latency of the loudness in seconds."""
        return self.microphone + self.block + self.loudness + self.frame + self.plugins + self.speaker

    def describe(self, line: str = LINE, labels: Mapping[str, str] = LABELS) -> str:
        """Totals and parts in one line.

        line: a format of total and parts of the pitch, then of the loudness.
        labels: of the parts, by the keys of LABELS.
        """
        device = {"microphone": self.microphone, "block": self.block, "speaker": self.speaker}
        pitch = {**device, "tracker": self.pitch, "plugins": self.plugins}
        loudness = {**device, "tracker": self.loudness, "frame": self.frame, "plugins": self.plugins}
        totals = _format_ms(self.of_pitch), _format_ms(self.of_loudness)
        return line.format(totals[0], _format_sum(pitch, labels), totals[1], _format_sum(loudness, labels))


def measure_latency(
    chain: Sequence[Plugin],
    rate: float,
    device: DeviceInfo | None = None,
    pitch: float = DEFAULT_PITCH_HZ,
    frames: int = 0,
) -> Latency:
    """The latency of a chain at a rate in Hz, tracker first and instrument second, for a voice of a pitch in Hz.

    device: the open device; None offline. frames: those of the foreign plugins of the chain, see `Host.latency`.
    """
    tracker = chain[0].state["tracker"].copy()
    tracker["pitch"] = pitch
    delays = pitch_delay(tracker[0]), float(tracker["loudness_delay"][0])
    frame = voice_snapshot(chain[1]).delay / rate
    if device is None:
        return Latency(0.0, 0.0, *delays, frame, 0.0, frames / rate)
    microphone = device.input_latency or 0.0
    return Latency(microphone, device.block / rate, *delays, frame, device.latency, frames / rate)


def _format_sum(parts: Mapping[str, float], labels: Mapping[str, str]) -> str:
    return " + ".join(f"{labels[name]} {_format_ms(part)}" for name, part in parts.items() if part)


def _format_ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms"
