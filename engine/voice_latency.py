"""How late an instrument follows a voice, part by part."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.devices.backend import DeviceInfo
from engine.plugin import Plugin
from engine.voice.pitch_tracker import pitch_delay

DEFAULT_PITCH_HZ = 220.0  # Hz, of the voice for which it is told: the lower, the later


@dataclass(frozen=True)
class Latency:
    """Seconds by part. A new pitch is taken up at once; loudness is reached in a ramp that lasts a frame."""

    microphone: float  # from the microphone to a block
    block: float  # that a device waits to fill it
    pitch: float  # by which the tracker knows a pitch late
    loudness: float  # the same of loudness
    frame: float  # of the decoder
    speaker: float  # from a finished block to the speaker

    @property
    def of_pitch(self) -> float:
        """Seconds by which the pitch follows."""
        return self.microphone + self.block + self.pitch + self.speaker

    @property
    def of_loudness(self) -> float:
        """Seconds by which the loudness follows."""
        return self.microphone + self.block + self.loudness + self.frame + self.speaker

    def words(self) -> str:
        """All of it in one line."""
        device = {"microphone": self.microphone, "block": self.block, "speaker": self.speaker}
        parts = {**device, "tracker": self.pitch}
        return (
            f"pitch {_text(self.of_pitch)} late ({_sum(parts)}), "
            f"loudness {_text(self.of_loudness)} ({_sum({**device, 'tracker': self.loudness, 'frame': self.frame})})"
        )


def measure_latency(
    row: Sequence[Plugin], rate: float, given: DeviceInfo | None = None, pitch: float = DEFAULT_PITCH_HZ
) -> Latency:
    """Of a row at a rate in Hz, its tracker first and its instrument second, for a voice of a pitch in Hz.

    given: what an open device gave; nothing in file time.
    """
    ear = row[0].state["tracker"].copy()
    ear["pitch"] = pitch
    heard, frame = (pitch_delay(ear[0]), float(ear["loudness_delay"][0])), int(row[1].state["hop"][0]) / rate
    frame *= 1 + bool(row[1].state["mailbox"][0])  # a decoder on another thread answers a frame later
    if given is None:
        return Latency(0.0, 0.0, *heard, frame, 0.0)
    return Latency(given.input_latency or 0.0, given.block / rate, *heard, frame, given.latency)


def _sum(parts: dict[str, float]) -> str:
    return " + ".join(f"{name} {_text(part)}" for name, part in parts.items() if part)


def _text(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms"
