"""What a decoded instrument does at the moment, as its picture takes it; read, never waited for."""

import ctypes
from dataclasses import dataclass

import numpy as np

from engine.impulse_response import of_preset
from engine.instruments.shared.voice_allocation import FREE
from engine.plugin import Plugin
from engine.preset.preset_file import Preset

FAINT = -84.0  # dB: what is softer is not drawn
MOST = 8  # notes that are drawn, the loudest
STEPS = 160  # of the shape of a room


@dataclass(frozen=True)
class Bars:
    """Harmonics as they sound, (N,): Hz and dB; of the loudest note the pitch in Hz and its level in dB."""

    frequency: np.ndarray
    level: np.ndarray
    pitch: float = 0.0
    loudness: float = FAINT


@dataclass(frozen=True)
class Shape:
    """How a room dies away: dB of STEPS moments, and how long that is in seconds."""

    level: np.ndarray
    seconds: float


SILENCE = Bars(np.zeros(0), np.zeros(0))


def look(plugin: Plugin) -> Bars:
    """What sounds now."""
    state = plugin.state[0]
    voices, count = state["voices"], int(state["H"])
    sounding = np.flatnonzero(voices["stage"][:-1] != FREE)
    if len(sounding) == 0 or not state["harmonics"]:
        return SILENCE
    address = ctypes.cast(int(state["harmonics"]), ctypes.POINTER(ctypes.c_float))
    controls = np.ctypeslib.as_array(address, (len(voices) - 1, 3, count))[sounding, voices["turn"][sounding] % 3]
    level = 20 * np.log10(np.abs(controls.astype(np.float64)) + 1e-9)
    loudest = np.argsort(-level.max(axis=1))[:MOST]
    pitch = voices["pitch_to"][sounding] * float(state["rate"])
    frequency = pitch[:, None] * np.arange(1, count + 1)
    drawn = level[loudest] > FAINT
    power = 10 * np.log10((10 ** (level[loudest[0]] / 10)).sum())
    return Bars(frequency[loudest][drawn], level[loudest][drawn], float(pitch[loudest[0]]), float(power))


def shape(preset: Preset) -> Shape | None:
    """The room that an instrument was learned in; None where it has none."""
    response = of_preset(preset)
    if response is None or not response.samples.any():
        return None
    peaks = np.abs(response.samples).max(axis=0)
    parts = np.array_split(peaks, min(STEPS, len(peaks)))
    level = 20 * np.log10(np.array([part.max() for part in parts]) + 1e-9)
    return Shape(level - level.max(), len(peaks) / response.rate)
