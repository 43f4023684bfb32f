"""How late an instrument follows a voice, part by part, in words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PyQt6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from engine.voice_latency import Latency

translate = QCoreApplication.translate


def words(late: "Latency") -> str:
    """All of it in one line."""
    device = {
        translate("Lateness", "microphone"): late.microphone,
        translate("Lateness", "block"): late.block,
        translate("Lateness", "speaker"): late.speaker,
    }
    tracker, frame = translate("Lateness", "tracker"), translate("Lateness", "frame")
    pitch, loudness = {**device, tracker: late.pitch}, {**device, tracker: late.loudness, frame: late.frame}
    line = translate("Lateness", "Pitch {0} late ({1}), loudness {2} ({3})")
    return line.format(_text(late.of_pitch), _sum(pitch), _text(late.of_loudness), _sum(loudness))


def _sum(parts: Mapping[str, float]) -> str:
    return " + ".join(f"{name} {_text(part)}" for name, part in parts.items() if part)


def _text(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms"
