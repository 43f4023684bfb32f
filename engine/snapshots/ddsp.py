"""Snapshots of a DDSP instrument: the harmonics that sound now, and the voice that follows a voice input."""

import ctypes
from dataclasses import replace

import numpy as np

from engine.instruments.ddsp.instrument import Ddsp
from engine.instruments.ddsp.state import TRACKED_VOICE
from engine.instruments.shared.voice_allocation import FREE

from .harmonics import MIN_LEVEL_DB, NO_HARMONICS, Harmonics
from .record_layout import RecordLayout, VoiceNumbers, find_field, voice_layout
from .voice import VoiceSnapshot

MAX_NOTES = 8  # the loudest


def sounding_harmonics(instrument: Ddsp) -> Harmonics:
    """The harmonics of the loudest MAX_NOTES notes."""
    state = instrument.state[0]
    voices, count = state["voices"], int(state["H"])
    sounding = np.flatnonzero(voices["stage"] != FREE)
    if len(sounding) == 0 or not state["harmonics"]:
        return NO_HARMONICS
    address = ctypes.cast(int(state["harmonics"]), ctypes.POINTER(ctypes.c_float))
    controls = np.ctypeslib.as_array(address, (len(voices), 3, count))[sounding, voices["current"][sounding] % 3]
    level = 20 * np.log10(np.abs(controls.astype(np.float64)) + 1e-9)
    loudest = np.argsort(-level.max(axis=1))[:MAX_NOTES]
    pitch = voices["pitch_to"][sounding] * float(state["rate"])
    frequency = pitch[:, None] * np.arange(1, count + 1)
    drawn = level[loudest] > MIN_LEVEL_DB
    if not drawn.any():
        return NO_HARMONICS
    power = 10 * np.log10((10 ** (level[loudest[0]] / 10)).sum())
    return Harmonics(frequency[loudest][drawn], level[loudest][drawn], float(pitch[loudest[0]]), float(power))


def voice_snapshot(instrument: Ddsp) -> VoiceSnapshot:
    """The frequency of the tracked voice, and its delay: one model frame, two with a decoder on another thread."""
    state = instrument.state[0]
    voice = state["voices"][TRACKED_VOICE]
    frequency = float(voice["pitch_to"]) * float(state["rate"]) if float(voice["gain"].max()) > 0 else 0.0
    return VoiceSnapshot(frequency, int(state["hop"]) * (1 + bool(state["mailbox"])))


def record_layout(instrument: Ddsp) -> RecordLayout:
    """Key, gains, pitch in turns a sample and current set of each voice, and its three sets of H amplitudes."""
    count = int(instrument.state["H"][0])
    address, _ = find_field(instrument.state.dtype, "harmonics")
    arrays = [VoiceNumbers(address, 3 * 4 * count, 0, 3 * count)]
    names = ("key", "gain", "pitch_to", "current")
    layout = voice_layout(instrument.state.dtype, names, ("rate",), arrays)
    return replace(layout, count=TRACKED_VOICE + 1)
