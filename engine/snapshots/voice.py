"""Snapshots of a voice input: the output of its tracker, and the frequency of the instrument that follows it."""

from typing import NamedTuple

from engine.instruments import Instrument
from engine.kinds.kind import load_member
from engine.plugin import Plugin


class VoiceSnapshot(NamedTuple):
    """The voice of an instrument that follows the input: Hz, 0 while silent, and frames by which loudness is late."""

    frequency: float
    delay: int


class VoiceReading(NamedTuple):
    """Output of the pitch tracker: frequency in Hz, 0 for none; level and gate in dB; the instrument's frequency.

    clarity: of the pitch, at most 1; see `PitchCurves.is_one_voice`.
    """

    frequency: float
    level: float
    gate: float
    instrument_frequency: float
    clarity: float = 1.0


NO_VOICE = VoiceSnapshot(0.0, 0)


def voice_snapshot(instrument: Plugin) -> VoiceSnapshot:
    """How an instrument follows a voice now; NO_VOICE of a kind without this snapshot."""
    path = instrument.kind.voice_snapshot if isinstance(instrument, Instrument) else ""
    found: VoiceSnapshot = load_member(path)(instrument) if path else NO_VOICE
    return found


def voice_reading(tracker: Plugin, instrument: Plugin) -> VoiceReading:
    """The present output of a `VoiceTracker`, and the frequency of the instrument that follows it."""
    state = tracker.state["tracker"][0]
    level, gate = float(state["level"]), float(state["gate"])
    if not state["voiced"]:
        return VoiceReading(0.0, level, gate, 0.0)
    frequency = voice_snapshot(instrument).frequency
    return VoiceReading(float(state["pitch"]), level, gate, frequency, float(state["clarity"]))
