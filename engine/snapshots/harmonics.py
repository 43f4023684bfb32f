"""Snapshots of harmonics: those of an instrument that sound now, and the envelope of its room."""

from dataclasses import dataclass

import numpy as np

from engine.impulse_response import learned_room
from engine.instruments import Instrument
from engine.kinds.kind import load_member
from engine.plugin import Plugin
from engine.preset.preset_file import Preset

MIN_LEVEL_DB = -84.0  # of a harmonic
ROOM_POINTS = 160  # of the envelope of a room


@dataclass(frozen=True)
class Harmonics:
    """Sounding harmonics, (N,): Hz and dB; pitch in Hz and level in dB of the loudest note."""

    frequency: np.ndarray
    level: np.ndarray
    pitch: float = 0.0
    loudness: float = MIN_LEVEL_DB


@dataclass(frozen=True)
class RoomEnvelope:
    """Decay of a room: dB at ROOM_POINTS times, and its length in seconds."""

    level: np.ndarray
    seconds: float


NO_HARMONICS = Harmonics(np.zeros(0), np.zeros(0))


def sounding_harmonics(plugin: Plugin) -> Harmonics:
    """The harmonics that sound now; none of a kind that has no harmonics."""
    if not isinstance(plugin, Instrument) or plugin.kind.display != "harmonics" or not plugin.kind.snapshot:
        return NO_HARMONICS
    found: Harmonics = load_member(plugin.kind.snapshot)(plugin)
    return found


def room_envelope(preset: Preset) -> RoomEnvelope | None:
    """The envelope of the room that an instrument was learned in; None where it has none."""
    response = learned_room(preset)
    if response is None or not response.samples.any():
        return None
    peaks = np.abs(response.samples).max(axis=0)
    parts = np.array_split(peaks, min(ROOM_POINTS, len(peaks)))
    level = 20 * np.log10(np.array([part.max() for part in parts]) + 1e-9)
    return RoomEnvelope(level - level.max(), len(peaks) / response.rate)
