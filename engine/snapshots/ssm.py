"""Snapshots of a state-space instrument: the map of its dimensions, and its control plane."""

import numpy as np

from engine.instruments.ssm.instrument import StateSpace

from .control_plane import ControlPlane
from .record_layout import RecordLayout, voice_layout
from .similarity_map import MIN_VALUE, SoundMap, nearest_keys, project


def sound_map(instrument: StateSpace) -> SoundMap:
    """The dimensions that drive the state, placed by their input vectors."""
    tensors = instrument.preset.tensors
    inputs = np.asarray(tensors["input"], np.float64).T
    energy = np.asarray(tensors["energy"], np.float64)
    audible = np.flatnonzero((np.linalg.norm(inputs, axis=1) > MIN_VALUE) & (energy > MIN_VALUE))
    audible = audible if len(audible) else np.arange(len(inputs))
    note = nearest_keys(instrument.array("nearest"), instrument.array("key_ratio"), audible)
    return project(inputs[audible], energy[audible], tensors["pitch"][audible], note, audible, True)


def control_plane(instrument: StateSpace) -> ControlPlane:
    """The learned control plane; each dimension is excited by its energy in the recording."""
    tensors = instrument.preset.tensors
    pad = np.asarray(tensors.get("map_pad", np.zeros((0, 2))), np.float64)
    return ControlPlane(np.asarray(tensors["energy"], np.float64), pad, np.zeros(0, np.int64))


def record_layout(instrument: StateSpace) -> RecordLayout:
    """The key of each voice."""
    return voice_layout(instrument.state.dtype, ("key",))
