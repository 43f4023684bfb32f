"""The notes that every instrument on a page plays: the beginning of the demo, within the range of its keys."""

from dataclasses import dataclass, replace

import numpy as np

from engine.midi.midi_file import Score, read, score
from engine.preset.library import factory_folder
from engine.preset.preset_file import Preset


@dataclass(frozen=True)
class Note:
    """begin, end: seconds. key: MIDI. velocity: 1 to 127."""

    begin: float
    end: float
    key: int
    velocity: int


def demo_notes(preset: Preset, seconds: float) -> list[Note]:
    """The notes of the demo that begin within so many seconds, moved by octaves into the keys of a preset."""
    found = read(factory_folder() / "demo.mid")
    low, high = (preset.header.get("keys", {}).get(name, usual) for name, usual in (("low", 28), ("high", 100)))
    notes: list[Note] = []
    held: dict[int, int] = {}
    for time, message in zip(found.times, found.messages, strict=True):
        status, key, velocity = int(message) & 0xF0, int(message) >> 8 & 127, int(message) >> 16 & 127
        if status == 0x90 and velocity and time < seconds:
            held[key] = len(notes)
            notes.append(Note(float(time), seconds, key, velocity))
        elif status in (0x80, 0x90) and key in held:
            at = held.pop(key)
            notes[at] = replace(notes[at], end=float(time))
    move = _octaves([note.key for note in notes], low, high)
    return [replace(note, key=min(max(note.key + move, low), high)) for note in notes]


def random_notes(notes: list[Note], seed: int) -> list[Note]:
    """As many notes, at the same moments, of any keys between the lowest and the highest."""
    random = np.random.default_rng(seed)
    low, high = min(note.key for note in notes), max(note.key for note in notes)
    return [replace(note, key=int(random.integers(low, high + 1))) for note in notes]


def permuted_notes(notes: list[Note], seed: int) -> list[Note]:
    """The same moments, the keys in another order."""
    other = np.random.default_rng(seed).permutation([note.key for note in notes])
    return [replace(note, key=int(key)) for note, key in zip(notes, other, strict=True)]


def to_score(notes: list[Note]) -> Score:
    """Notes as a player plays them."""
    begins = [(note.begin, (0x90, note.key, note.velocity)) for note in notes]
    return score(sorted([(note.end, (0x80, note.key, 0)) for note in notes] + begins, key=lambda one: one[0]))


def _octaves(keys: list[int], low: int, high: int) -> int:
    """Semitones, whole octaves, that bring most keys between two; the fewest of the best."""
    moves = sorted(range(-36, 37, 12), key=abs)
    return max(moves, key=lambda move: sum(low <= key + move <= high for key in keys))
