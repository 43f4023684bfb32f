"""Snapshots of modes: those that an instrument has learned, and those that sound now.

The audio thread is not stopped: it may write while a snapshot is taken.
"""

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.dsp import modal
from engine.instruments.resonance.instrument import Resonance
from engine.instruments.shared.voice_allocation import FREE, VOICES
from engine.plugin import Plugin

MIN_LEVEL = 1e-3  # relative to the strongest mode of its resonance


@dataclass(frozen=True)
class Modes:
    """Modes, all (N,): frequency in Hz, decay in 1/s, level linear, and the index of the resonance."""

    frequency: np.ndarray
    decay: np.ndarray
    level: np.ndarray
    resonance: np.ndarray

    def __len__(self) -> int:
        return len(self.frequency)


NO_MODES = Modes(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, np.int64))


def learned_modes(instrument: Plugin) -> Modes:
    """The learned modes of an instrument, undeformed and at its loudest; none of a kind that has no modes."""
    if not isinstance(instrument, Resonance):
        return NO_MODES
    tensors = instrument.preset.tensors
    frequency, decay, amplitude = (
        np.asarray(tensors[name], np.float64)[:, -1, 0] for name in ("frequency", "decay", "amplitude")
    )
    level = amplitude / np.maximum(amplitude.max(axis=1, keepdims=True), 1e-30)
    resonance = np.broadcast_to(np.arange(len(level))[:, None], level.shape)
    return _selected(Modes(frequency, decay, level, resonance), level > MIN_LEVEL)


def sounding_modes(instrument: Plugin, min_level: float = 1e-5) -> Modes:
    """The modes that sound now, with their present frequencies and levels."""
    if not isinstance(instrument, Resonance):
        return NO_MODES
    state = instrument.state[0]
    voices = state["voices"]
    sounding = np.flatnonzero((voices["stage"] != FREE) & (voices["asleep"] == 0))
    if len(sounding) == 0:
        return NO_MODES
    variants, count, width = int(state["E"]), int(state["J"]), int(state["width"])
    banks = _view(int(state["banks"]), (VOICES, variants, modal.ROWS, width), ctypes.c_float)[sounding, :, :, :count]
    gain = np.abs(voices["gain"][sounding]).max(axis=1)[:, None, None]
    turning = np.sqrt(np.maximum(-banks[:, :, modal.BACK], 1e-12))  # b of the pole a + ib, see dsp/modal_bank.py
    level = np.hypot(banks[:, :, modal.RE], banks[:, :, modal.TURN] / turning) * gain
    resonance = np.broadcast_to(voices["resonance"][sounding][:, None, None], level.shape)
    pole = banks[:, :, modal.A] + 1j * turning
    rate = float(state["rate"])
    frequency = np.abs(np.angle(pole)) * rate / (2 * np.pi)
    decay = -np.log(np.clip(np.abs(pole), 1e-9, 1)) * rate
    return _selected(Modes(frequency, decay, level, resonance), level > min_level)


def key_of(instrument: Plugin, resonance: int) -> int:
    """The key that plays a resonance with the least transposition; -1 if none does."""
    if not isinstance(instrument, Resonance):
        return -1
    nearest = _view(int(instrument.state[0]["nearest"]), (128,), ctypes.c_int32)
    move = _view(int(instrument.state[0]["move"]), (128,), ctypes.c_float)
    keys = np.flatnonzero(nearest == resonance)
    return int(keys[np.abs(np.log(move[keys])).argmin()]) if len(keys) else -1


def param_values(plugin: Plugin) -> np.ndarray | None:
    """The parameter values of a plugin, (N,); None where its record has no field `param`."""
    if "param" not in (plugin.state.dtype.names or ()):
        return None
    return np.array(plugin.state["param"][0], np.float32)


def _selected(all_: Modes, which: np.ndarray) -> Modes:
    return Modes(all_.frequency[which], all_.decay[which], all_.level[which], all_.resonance[which])


def _view(address: int, shape: tuple[int, ...], kind: Any) -> np.ndarray:
    """An array at an address; it must not outlive the plugin that owns it."""
    return np.ctypeslib.as_array(ctypes.cast(address, ctypes.POINTER(kind)), shape)
