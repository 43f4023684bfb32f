"""The sound map of an instrument: a plane on which similar sounds lie near each other.

For the dimensions of a state-space instrument, and for the events of an instrument of events.
"""

from dataclasses import dataclass

import numpy as np

from engine.instruments import Instrument
from engine.instruments.events.event_bank import map_keys
from engine.instruments.events.instrument import Events
from engine.instruments.ssm.instrument import StateSpace
from engine.kinds import kind_of
from engine.kinds.kind import load_member
from engine.plugin import Plugin

RANK_BLEND = 0.6  # how far positions are replaced by ranks, 0..1, so that dense groups spread
MIN_VALUE = 1e-9


@dataclass(frozen=True)
class SoundMap:
    """Sounds, all (N,).

    x, y: 0..1. level: 0..1. pitch: Hz, 0 without one. note: the key that plays it as a note with the least
    transposition, −1 without one. plain: what plays it as learned, −1 without one: a dimension of the control plane
    where `driven`, otherwise a key.
    """

    x: np.ndarray
    y: np.ndarray
    level: np.ndarray
    pitch: np.ndarray
    note: np.ndarray
    plain: np.ndarray
    driven: bool

    def __len__(self) -> int:
        return len(self.x)


def sound_map(instrument: Plugin) -> SoundMap | None:
    """The sounds of an instrument; None of a kind that has no sound map."""
    if not isinstance(instrument, Instrument):
        return None
    kind = kind_of(instrument.preset.header)
    found: SoundMap | None = load_member(kind.sound_map)(instrument) if kind.sound_map else None
    return found


def ssm_sound_map(instrument: StateSpace) -> SoundMap:
    """The dimensions that drive the state, placed by their input vectors."""
    tensors = instrument.preset.tensors
    entrance = np.asarray(tensors["input"], np.float64).T
    energy = np.asarray(tensors["energy"], np.float64)
    audible = np.flatnonzero((np.linalg.norm(entrance, axis=1) > MIN_VALUE) & (energy > MIN_VALUE))
    audible = audible if len(audible) else np.arange(len(entrance))
    note = _keys(instrument.array("nearest"), instrument.array("move"), audible)
    return _project(entrance[audible], energy[audible], tensors["pitch"][audible], note, audible, True)


def events_sound_map(instrument: Events) -> SoundMap:
    """The events that a key plays, placed by their embeddings."""
    tensors = instrument.preset.tensors
    keyboard = map_keys(tensors["pitch"], tensors["use"])
    audible = np.unique(np.concatenate([keyboard.notes, keyboard.sounds]))
    pitched = tensors["pitch"][audible] > 0
    note = np.where(pitched, _keys(keyboard.notes, keyboard.move, audible), -1)
    plain = _keys(keyboard.sounds, np.ones(128), audible)
    features = np.asarray(tensors["embedding"], np.float64)[audible]
    level, pitch = tensors["strength"][audible] * tensors["use"][audible], tensors["pitch"][audible]
    return _project(features, level, pitch, note, plain, False)


def _keys(sounds: np.ndarray, move: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The key that plays each wanted sound with the least transposition; −1 where none does."""
    distance = np.abs(np.log(np.maximum(move, MIN_VALUE)))
    found = np.full(len(wanted), -1)
    for i, sound in enumerate(wanted):
        keys = np.flatnonzero(sounds == sound)
        if len(keys):
            found[i] = keys[distance[keys].argmin()]
    return found


def _project(
    features: np.ndarray, level: np.ndarray, pitch: np.ndarray, note: np.ndarray, plain: np.ndarray, driven: bool
) -> SoundMap:
    """Place sounds by the first two principal components of their features (N, M)."""
    unit = features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), MIN_VALUE)
    unit = unit - unit.mean(axis=0)
    _, _, components = np.linalg.svd(unit, full_matrices=False)
    positions = np.zeros((2, len(unit)))
    for i, component in enumerate(components[:2]):
        along = unit @ component
        positions[i] = _even_out(along if np.abs(along).argmax() == along.argmax() else -along)
    loud = np.asarray(level, np.float64) / max(float(level.max(initial=0)), MIN_VALUE)
    return SoundMap(positions[0], positions[1], loud, np.asarray(pitch, np.float64), note, np.asarray(plain), driven)


def _even_out(along: np.ndarray) -> np.ndarray:
    """Positions 0..1 along a line, partly by rank."""
    if len(along) < 2:
        return np.full(len(along), 0.5)
    order = np.argsort(np.argsort(along, kind="stable"), kind="stable") / (len(along) - 1)
    span = max(float(np.ptp(along)), MIN_VALUE)
    return (1 - RANK_BLEND) * (along - along.min()) / span + RANK_BLEND * order
