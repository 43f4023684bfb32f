"""Snapshots of a resonance instrument: its modes, the keys of its resonances, and its control plane."""

import ctypes
from typing import Any

import numpy as np

from engine.dsp import modal
from engine.instruments.resonance.instrument import Resonance
from engine.instruments.shared.voice_allocation import VOICES, is_rendered

from .control_plane import ControlPlane
from .modes import NO_MODES, Modes
from .record_layout import RecordLayout, VoiceNumbers, find_field, voice_layout


def learned_modes(instrument: Resonance) -> Modes:
    """The learned modes, undeformed and at their loudest; the level is relative to the strongest of the resonance."""
    tensors = instrument.preset.tensors
    frequency, decay, amplitude = (
        np.asarray(tensors[name], np.float64)[:, -1, 0] for name in ("frequency", "decay", "amplitude")
    )
    level = amplitude / np.maximum(amplitude.max(axis=1, keepdims=True), 1e-30)
    resonance = np.broadcast_to(np.arange(len(level))[:, None], level.shape)
    return _flat(frequency, decay, level, resonance)


def sounding_modes(instrument: Resonance) -> Modes:
    """The modes of the voices that sound, with their present frequencies and levels."""
    state = instrument.state[0]
    voices = state["voices"]
    sounding = np.flatnonzero(is_rendered(voices))
    if len(sounding) == 0:
        return NO_MODES
    variants, count, width = int(state["E"]), int(state["J"]), int(state["width"])
    banks = _view(int(state["banks"]), (VOICES, variants, modal.ROWS, width), ctypes.c_float)[sounding, :, :, :count]
    gain = np.abs(voices["gain"][sounding]).max(axis=1)[:, None, None]
    pole_im = np.sqrt(np.maximum(-banks[:, :, modal.MINUS_B_SQUARED], 1e-12))  # b, see dsp/modal_bank.py
    level = np.hypot(banks[:, :, modal.RE], banks[:, :, modal.SCALED_IM] / pole_im) * gain
    resonance = np.broadcast_to(voices["resonance"][sounding][:, None, None], level.shape)
    pole = banks[:, :, modal.A] + 1j * pole_im
    rate = float(state["rate"])
    frequency = np.abs(np.angle(pole)) * rate / (2 * np.pi)
    decay = -np.log(np.clip(np.abs(pole), 1e-9, 1)) * rate
    return _flat(frequency, decay, level, resonance)


def resonance_key(instrument: Resonance, resonance: int) -> int:
    """The key that plays a resonance with the least transposition; -1 if none does."""
    nearest = _view(int(instrument.state[0]["nearest"]), (128,), ctypes.c_int32)
    ratio = _view(int(instrument.state[0]["key_ratio"]), (128,), ctypes.c_float)
    keys = np.flatnonzero(nearest == resonance)
    return int(keys[np.abs(np.log(ratio[keys])).argmin()]) if len(keys) else -1


def control_plane(instrument: Resonance) -> ControlPlane | None:
    """The learned control plane; every dimension is excited by the force itself."""
    tensors = instrument.preset.tensors
    if "router" not in tensors:
        return None
    router = np.asarray(tensors["router"], np.float64)
    pad = np.asarray(tensors.get("map_pad", np.zeros((0, 2))), np.float64)
    return ControlPlane(np.ones(len(router)), pad, router.argmax(axis=0))


def record_layout(instrument: Resonance) -> RecordLayout:
    """Resonance and gains of each voice, and of each of its E banks the rows x, y, a and −b² of J modes."""
    state = instrument.state[0]
    count, row = int(state["J"]), 4 * int(state["width"])
    bank = modal.ROWS * row
    address, _ = find_field(instrument.state.dtype, "banks")
    rows = (modal.RE, modal.SCALED_IM, modal.A, modal.MINUS_B_SQUARED)
    arrays = [
        VoiceNumbers(address, int(state["E"]) * bank, variant * bank + number * row, count)
        for variant in range(int(state["E"]))
        for number in rows
    ]
    return voice_layout(instrument.state.dtype, ("resonance", "gain"), ("rate",), arrays)


def _flat(*arrays: np.ndarray) -> Modes:
    return Modes(*(array.ravel() for array in arrays))


def _view(address: int, shape: tuple[int, ...], kind: Any) -> np.ndarray:
    """An array at an address; it must not outlive the plugin that owns it."""
    return np.ctypeslib.as_array(ctypes.cast(address, ctypes.POINTER(kind)), shape)
