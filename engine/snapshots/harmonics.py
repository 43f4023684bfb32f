"""Snapshots of harmonics: those of a decoded instrument that sound now, and the envelope of its room."""

import ctypes
from dataclasses import dataclass

import numpy as np

from engine.impulse_response import learned_room
from engine.instruments.shared.voice_allocation import FREE
from engine.plugin import Plugin
from engine.preset.preset_file import Preset

MIN_LEVEL_DB = -84.0  # of a harmonic
MAX_NOTES = 8  # the loudest
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
    """The harmonics that sound now."""
    state = plugin.state[0]
    voices, count = state["voices"], int(state["H"])
    sounding = np.flatnonzero(voices["stage"][:-1] != FREE)
    if len(sounding) == 0 or not state["harmonics"]:
        return NO_HARMONICS
    address = ctypes.cast(int(state["harmonics"]), ctypes.POINTER(ctypes.c_float))
    controls = np.ctypeslib.as_array(address, (len(voices) - 1, 3, count))[sounding, voices["current"][sounding] % 3]
    level = 20 * np.log10(np.abs(controls.astype(np.float64)) + 1e-9)
    loudest = np.argsort(-level.max(axis=1))[:MAX_NOTES]
    pitch = voices["pitch_to"][sounding] * float(state["rate"])
    frequency = pitch[:, None] * np.arange(1, count + 1)
    drawn = level[loudest] > MIN_LEVEL_DB
    power = 10 * np.log10((10 ** (level[loudest[0]] / 10)).sum())
    return Harmonics(frequency[loudest][drawn], level[loudest][drawn], float(pitch[loudest[0]]), float(power))


def room_envelope(preset: Preset) -> RoomEnvelope | None:
    """The envelope of the room that an instrument was learned in; None where it has none."""
    response = learned_room(preset)
    if response is None or not response.samples.any():
        return None
    peaks = np.abs(response.samples).max(axis=0)
    parts = np.array_split(peaks, min(ROOM_POINTS, len(peaks)))
    level = 20 * np.log10(np.array([part.max() for part in parts]) + 1e-9)
    return RoomEnvelope(level - level.max(), len(peaks) / response.rate)
