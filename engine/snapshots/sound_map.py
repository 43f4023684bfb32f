"""A chart of the sounds that an instrument has learned: alike ones lie near each other.

For the dimensions of a state-space instrument, and for the events of an instrument of events.
"""

from dataclasses import dataclass

import numpy as np

from engine.instruments import Instrument
from engine.instruments.events.instrument import Events
from engine.instruments.events.rendered_bank import map_keys
from engine.instruments.ssm.instrument import StateSpace
from engine.kinds import kind_of
from engine.kinds.kind import load_member
from engine.plugin import Plugin

RANK_BLEND = 0.6  # how far the places are evened out, 0..1, so that no crowd hides its members
MIN_VALUE = 1e-9


@dataclass(frozen=True)
class SoundMap:
    """Sounds, all (N,).

    x, y: 0..1. level: 0..1. pitch: Hz, 0 without one. note: the key that plays it as a note with the least move, −1
    without one. plain: what plays it as it was learned, −1 without one: a dimension of the control plane where
    `driven`, otherwise a key.
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
    """The sounds of an instrument; None of a kind whose sounds are not so many things."""
    if not isinstance(instrument, Instrument):
        return None
    kind = kind_of(instrument.preset.header)
    found: SoundMap | None = load_member(kind.sound_map)(instrument) if kind.sound_map else None
    return found


def ssm_sound_map(instrument: StateSpace) -> SoundMap:
    """Dimensions that reach the state, placed by where in it they enter."""
    tensors, arrays = instrument.preset.tensors, instrument._arrays
    entrance = np.asarray(tensors["input"], np.float64).T
    energy = np.asarray(tensors["energy"], np.float64)
    heard = np.flatnonzero((np.linalg.norm(entrance, axis=1) > MIN_VALUE) & (energy > MIN_VALUE))
    heard = heard if len(heard) else np.arange(len(entrance))
    note = _keys(arrays["nearest"], arrays["move"], heard)
    return _project(entrance[heard], energy[heard], tensors["pitch"][heard], note, heard, True)


def events_sound_map(instrument: Events) -> SoundMap:
    """Events that a key plays, placed by what the decoder is told of them."""
    tensors = instrument.preset.tensors
    board = map_keys(tensors["pitch"], tensors["use"])
    heard = np.unique(np.concatenate([board.notes, board.sounds]))
    pitched = tensors["pitch"][heard] > 0
    note = np.where(pitched, _keys(board.notes, board.move, heard), -1)
    plain = _keys(board.sounds, np.ones(128), heard)
    features = np.asarray(tensors["embedding"], np.float64)[heard]
    return _project(
        features, tensors["strength"][heard] * tensors["use"][heard], tensors["pitch"][heard], note, plain, False
    )


def _keys(sounds: np.ndarray, move: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The key that plays each wanted sound with the least move; −1 where none does."""
    away = np.abs(np.log(np.maximum(move, MIN_VALUE)))
    found = np.full(len(wanted), -1)
    for i, sound in enumerate(wanted):
        keys = np.flatnonzero(sounds == sound)
        if len(keys):
            found[i] = keys[away[keys].argmin()]
    return found


def _project(
    features: np.ndarray, level: np.ndarray, pitch: np.ndarray, note: np.ndarray, plain: np.ndarray, driven: bool
) -> SoundMap:
    """Place sounds by the two directions in which their features (N, M) differ most."""
    unit = features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), MIN_VALUE)
    unit = unit - unit.mean(axis=0)
    _, _, ways = np.linalg.svd(unit, full_matrices=False)
    places = np.zeros((2, len(unit)))
    for i, way in enumerate(ways[:2]):
        along = unit @ way
        places[i] = _even_out(along if np.abs(along).argmax() == along.argmax() else -along)
    loud = np.asarray(level, np.float64) / max(float(level.max(initial=0)), MIN_VALUE)
    return SoundMap(places[0], places[1], loud, np.asarray(pitch, np.float64), note, np.asarray(plain), driven)


def _even_out(along: np.ndarray) -> np.ndarray:
    """Places 0..1 along a line, partly by order."""
    if len(along) < 2:
        return np.full(len(along), 0.5)
    order = np.argsort(np.argsort(along, kind="stable"), kind="stable") / (len(along) - 1)
    span = max(float(np.ptp(along)), MIN_VALUE)
    return (1 - RANK_BLEND) * (along - along.min()) / span + RANK_BLEND * order
