"""Convert an instrument learned from single notes to the tensors and the header of a preset."""

from dataclasses import asdict, replace
from typing import Any

import numpy as np

from train.notes import interpolate_keys, level_matching
from train.notes.learn import Config, LearnedNotes
from train.notes.note import Note

EXTRA_SEMITONES, SPARSE_EXTRA_SEMITONES = 3, 24
"""Semitones by which keys exceed the recorded ones; the second, where only a few keys were recorded."""
MAX_SPARSE_KEYS = 6
"""Number of recorded keys up to which the wider range is used."""

NOMINAL_NOTE_DB = -20.0
"""Level of the loudest note over its first half second: instruments are stored alike, however they were recorded."""


def with_nominal_level(instrument: LearnedNotes) -> LearnedNotes:
    """The same instrument with all notes scaled by one gain, which brings the loudest to NOMINAL_NOTE_DB."""
    levels = [level_matching.note_level(note) for layers in instrument.keys.values() for note in layers]
    gain = 10 ** ((NOMINAL_NOTE_DB - max(levels)) / 20)
    keys = {key: [note.scaled(gain) for note in layers] for key, layers in instrument.keys.items()}
    return replace(instrument, keys=keys)


def make_tensors(instrument: LearnedNotes) -> dict[str, np.ndarray]:
    """All tensors of a preset: R keys, L dynamics, one variant; attacks as float16 (error −66 dB).

    The keys are those recorded and those between them.
    """
    layers_by_key = list(interpolate_keys.fill_keys(instrument.keys).values())
    modes = max(len(note.modes) for layers in layers_by_key for note in layers)
    frequency, decay, amplitude, phase = (
        _table(layers_by_key, modes, name) for name in ("frequency", "decay", "size", "phase")
    )
    tensors = {
        "frequency": frequency[:, :, None],
        "decay": decay[:, :, None],
        "amplitude": amplitude[:, :, None],
        "phase": phase[:, :, None],
        "place": np.stack([_padded(layers[-1].place, modes, 0.0) for layers in layers_by_key])[:, None],
        "strike": np.ones((len(layers_by_key), len(layers_by_key[0]), 1)),
        "envelope": _stack(layers_by_key, "blur"),
        "hiss": _stack(layers_by_key, "hiss"),
        "gain": np.zeros(len(layers_by_key)),
        "pitch": np.array([layers[-1].pitch for layers in layers_by_key]),
        "velocity": np.tile(instrument.velocities, (len(layers_by_key), 1)),
    }
    arrays = {name: np.ascontiguousarray(value, np.float32) for name, value in tensors.items()}
    return {**arrays, "knock": np.ascontiguousarray(_stack(layers_by_key, "knock"), np.float16)}


def make_header(instrument: LearnedNotes, config: Config, version: str) -> dict[str, Any]:
    """Header of a preset: rate, range of keys, and training."""
    keys = list(instrument.keys)
    extra = EXTRA_SEMITONES if len(keys) > MAX_SPARSE_KEYS else SPARSE_EXTRA_SEMITONES
    learned_numbers = sum(
        4 * int((np.abs(note.modes.amplitude) > 0).sum()) + len(note.knock)
        for layers in instrument.keys.values()
        for note in layers
    )
    return {
        "format_version": "1.0",
        "kind": "resonance",
        "rate": instrument.rate,
        "attack": next(iter(instrument.keys.values()))[0].attack,
        "keys": {"low": max(min(keys) - extra, 0), "high": min(max(keys) + extra, 127)},
        "training": {
            "version": version,
            "recipe": "notes",
            "config": asdict(config),
            "steps": sum(len(layers) for layers in instrument.keys.values()),
            "seconds": round(instrument.seconds, 1),
            "losses": [],
            "seed": config.seed,
            "learned_numbers": learned_numbers,
            "words": instrument.messages,
        },
    }


def _table(layers_by_key: list[list[Note]], modes: int, name: str) -> np.ndarray:
    """One property of the modes (R, L, J); notes with fewer modes are padded with silent ones."""
    blank = {"frequency": 100.0, "decay": 100.0, "size": 0.0, "phase": 0.0}[name]
    return np.stack(
        [np.stack([_padded(_property(note, name), modes, blank) for note in layers]) for layers in layers_by_key]
    )


def _property(note: Note, name: str) -> np.ndarray:
    """One property of a note's modes."""
    if name == "size":
        return np.abs(note.modes.amplitude)
    if name == "phase":
        return np.angle(note.modes.amplitude)
    return np.asarray(getattr(note.modes, name))


def _padded(values: np.ndarray, size: int, blank: float) -> np.ndarray:
    """Values padded to a size."""
    return np.concatenate([values, np.full(size - len(values), blank)])


def _stack(layers_by_key: list[list[Note]], name: str) -> np.ndarray:
    """One attack or envelope of the notes: (R, L, …)."""
    return np.stack([np.stack([getattr(note, name) for note in layers]) for layers in layers_by_key])
