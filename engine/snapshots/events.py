"""Snapshot of an instrument of events: the map of the events that its keys play."""

import numpy as np

from engine.instruments.events.instrument import Events
from engine.instruments.events.key_map import map_keys

from .record_layout import RecordLayout, voice_layout
from .similarity_map import SoundMap, nearest_keys, project


def sound_map(instrument: Events) -> SoundMap:
    """The events that a key plays, placed by their embeddings."""
    tensors = instrument.preset.tensors
    keyboard = map_keys(tensors["pitch"], tensors["use"])
    audible = np.unique(np.concatenate([keyboard.notes, keyboard.sounds]))
    pitched = tensors["pitch"][audible] > 0
    note = np.where(pitched, nearest_keys(keyboard.notes, keyboard.ratio, audible), -1)
    plain = nearest_keys(keyboard.sounds, np.ones(128), audible)
    features = np.asarray(tensors["embedding"], np.float64)[audible]
    level, pitch = tensors["strength"][audible] * tensors["use"][audible], tensors["pitch"][audible]
    return project(features, level, pitch, note, plain, False)


def record_layout(instrument: Events) -> RecordLayout:
    """The key of each voice."""
    return voice_layout(instrument.state.dtype, ("key",))
