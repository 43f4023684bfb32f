"""Keys between two recorded ones: on the way from one note to the other its sound turns into the other's."""

from dataclasses import replace

import numpy as np

from . import level_matching
from .modes import Modes
from .note import Note
from .pitch import frequency_of, key_of

WIDEST = 12
"""Semitones between two recorded keys, at most, for what lies between them to be made of both."""
PARTIAL = 0.2
"""Of the pitch: modes that are about so near each other count as one partial."""
FAINTEST = 0.06
"""How much less or more of a partial the other note may be thought to have: what it lacks may be lost in noise."""


def fill(keys: dict[int, list[Note]]) -> dict[int, list[Note]]:
    """The same keys and all that lie between them, each dynamic by itself, at levels between its neighbours'."""
    whole = {}
    order = sorted(keys)
    for low, high in zip(order, [*order[1:], None], strict=True):
        whole[low] = keys[low]
        pitched = high is not None and all(note.pitch > 0 for note in (*keys[low], *keys[high]))
        if high is None or not pitched or high - low > WIDEST:
            continue
        for key in range(low + 1, high):
            share = (key - low) / (high - low)
            whole[key] = [
                _level(morph(a, b, share, key), (level_matching.level(a), level_matching.level(b)), share)
                for a, b in zip(keys[low], keys[high], strict=True)
            ]
    return whole


def morph(low: Note, high: Note, share: float, key: int) -> Note:
    """The nearer of two notes at another key (MIDI), its partials as strong and as lasting as lies between the two.

    share: 0 at the low note, 1 at the high one. Modes that make one partial together change alike, so they beat as
    they were recorded.
    """
    near, far, way = (high, low, 1 - share) if share > 0.5 else (low, high, share)
    height = near.modes.frequency / near.pitch
    here, there = _partials(near, height), _partials(far, height)
    louder = np.clip(there[0] / here[0], FAINTEST, 1 / FAINTEST) ** way
    faster = np.clip(there[1] / here[1], FAINTEST, 1 / FAINTEST) ** way
    aside = (1 - share) * _aside(low) + share * _aside(high)
    pitch = frequency_of(key + aside)
    modes = Modes(height * pitch, near.modes.decay * faster, near.modes.amplitude * louder)
    return replace(near, modes=modes, pitch=pitch)


def _partials(note: Note, height: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How strong a note is at multiples (M,) of its pitch, and how fast it decays there in 1/s; both geometric."""
    modes = note.modes
    power = np.abs(modes.amplitude) ** 2
    apart = (modes.frequency / note.pitch - height[:, None]) / PARTIAL
    weight = np.exp(-0.5 * apart**2) * power + 1e-12 * power.max()
    total = weight.sum(axis=1)
    return np.sqrt(total), np.exp(weight @ np.log(modes.decay) / total)


def _aside(note: Note) -> float:
    """Semitones from a note's pitch to its key."""
    return key_of(note.pitch) - round(key_of(note.pitch))


def _level(note: Note, ends: tuple[float, float], share: float) -> Note:
    """A note at the level in dB that lies between two others."""
    wanted = (1 - share) * ends[0] + share * ends[1]
    return note.scaled(float(10 ** ((wanted - level_matching.level(note)) / 20)))
