"""From an instrument learned of single notes to the tensors and the header of a preset."""

from dataclasses import asdict
from typing import Any

import numpy as np

from train.notes import interpolate_keys
from train.notes.learn import Config, LearnedNotes
from train.notes.note import Note

RANGE, FAR = 3, 24
"""Semitones that the keyboard goes beyond the recorded keys; of an instrument that has only a few."""
FEW = 6
"""Keys: so many or fewer are not a keyboard but what there was to learn from."""


def tensors(instrument: LearnedNotes) -> dict[str, np.ndarray]:
    """All tensors of a preset: R keys, L dynamics, one variant; attacks in half precision (−66 dB of themselves).

    The keys are those recorded and those that lie between them.
    """
    rows = list(interpolate_keys.fill_keys(instrument.keys).values())
    modes = max(len(note.modes) for row in rows for note in row)
    frequency, decay, amplitude, phase = (
        _table(rows, modes, name) for name in ("frequency", "decay", "size", "phase")
    )
    found = {
        "frequency": frequency[:, :, None],
        "decay": decay[:, :, None],
        "amplitude": amplitude[:, :, None],
        "phase": phase[:, :, None],
        "place": np.stack([_wide(row[-1].place, modes, 0.0) for row in rows])[:, None],
        "strike": np.ones((len(rows), len(rows[0]), 1)),
        "envelope": _stack(rows, "blur"),
        "hiss": _stack(rows, "hiss"),
        "gain": np.zeros(len(rows)),
        "pitch": np.array([row[-1].pitch for row in rows]),
        "velocity": np.tile(instrument.velocities, (len(rows), 1)),
    }
    laid = {name: np.ascontiguousarray(value, np.float32) for name, value in found.items()}
    return {**laid, "knock": np.ascontiguousarray(_stack(rows, "knock"), np.float16)}


def header(instrument: LearnedNotes, config: Config, version: str) -> dict[str, Any]:
    """What a preset says of its notes: rate, range of keys, and how they were learned."""
    keys = list(instrument.keys)
    beyond = RANGE if len(keys) > FEW else FAR
    numbers = sum(
        4 * int((np.abs(note.modes.amplitude) > 0).sum()) + len(note.knock)
        for row in instrument.keys.values()
        for note in row
    )
    return {
        "format_version": "1.0",
        "kind": "resonance",
        "rate": instrument.rate,
        "attack": next(iter(instrument.keys.values()))[0].attack,
        "keys": {"low": max(min(keys) - beyond, 0), "high": min(max(keys) + beyond, 127)},
        "training": {
            "version": version,
            "recipe": "notes",
            "config": asdict(config),
            "steps": sum(len(row) for row in instrument.keys.values()),
            "seconds": round(instrument.seconds, 1),
            "losses": [],
            "seed": config.seed,
            "learned_numbers": numbers,
            "words": instrument.messages,
        },
    }


def _table(rows: list[list[Note]], modes: int, name: str) -> np.ndarray:
    """(R, L, J) of one property of the modes; where a note has fewer, silent modes that decay."""
    blank = {"frequency": 100.0, "decay": 100.0, "size": 0.0, "phase": 0.0}[name]
    return np.stack([np.stack([_wide(_property(note, name), modes, blank) for note in row]) for row in rows])


def _property(note: Note, name: str) -> np.ndarray:
    if name == "size":
        return np.abs(note.modes.amplitude)
    if name == "phase":
        return np.angle(note.modes.amplitude)
    return np.asarray(getattr(note.modes, name))


def _wide(values: np.ndarray, size: int, blank: float) -> np.ndarray:
    return np.concatenate([values, np.full(size - len(values), blank)])


def _stack(rows: list[list[Note]], name: str) -> np.ndarray:
    """(R, L, …) of one attack of the notes."""
    return np.stack([np.stack([getattr(note, name) for note in row]) for row in rows])
