"""The sound map of an instrument: a plane on which similar sounds lie near each other."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.instruments import Instrument
from engine.kinds.kind import load_member
from engine.pitch_and_frequency import note_name
from engine.plugin import Plugin

RANK_BLEND = 0.6  # how far positions are replaced by ranks, 0..1, so that dense groups spread
MIN_VALUE = 1e-9


@dataclass(frozen=True)
class SoundMap:
    """Sounds, all (N,).

    x, y: 0..1 from the lower left. level: 0..1. pitch: Hz, 0 without one. note: the key that plays it as a note with
    the least transposition, −1 without one. plain: what plays it as learned, −1 without one: a dimension of the
    `ControlPlane` where `driven`, otherwise a key.
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

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the notes (N,), "" without one."""
        return tuple(note_name(key) if key >= 0 else "" for key in self.note.tolist())


def sound_map(instrument: Plugin) -> SoundMap | None:
    """The sounds of an instrument; None of a kind that has no sound map."""
    path = instrument.kind.sound_map if isinstance(instrument, Instrument) else ""
    found: SoundMap | None = load_member(path)(instrument) if path else None
    return found


def nearest_keys(sounds: np.ndarray, ratio: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The key that plays each wanted sound with the least transposition; −1 where none does. ratio: of each key."""
    distance = np.abs(np.log(np.maximum(ratio, MIN_VALUE)))
    found = np.full(len(wanted), -1)
    for i, sound in enumerate(wanted):
        keys = np.flatnonzero(sounds == sound)
        if len(keys):
            found[i] = keys[distance[keys].argmin()]
    return found


def project(
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
