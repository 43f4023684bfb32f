"""The notes that every instrument of a report plays: the start of the demo, within its key range."""

from dataclasses import dataclass, replace

import numpy as np

from engine.midi.midi_score import Score, make_score, read
from engine.preset.library import factory_folder
from engine.preset.preset_file import Preset


@dataclass(frozen=True)
class Note:
    """start, end: seconds. key: MIDI. velocity: 1…127."""

    start: float
    end: float
    key: int
    velocity: int


def demo_notes(preset: Preset, seconds: float) -> list[Note]:
    """Notes of the demo that start within `seconds`, transposed by octaves into the key range of a preset."""
    demo = read(factory_folder() / "demo.mid")
    low, high = (preset.header.get("keys", {}).get(name, usual) for name, usual in (("low", 28), ("high", 100)))
    notes: list[Note] = []
    sounding: dict[int, int] = {}
    for time, message in zip(demo.times, demo.messages, strict=True):
        status, key, velocity = int(message) & 0xF0, int(message) >> 8 & 127, int(message) >> 16 & 127
        if status == 0x90 and velocity and time < seconds:
            sounding[key] = len(notes)
            notes.append(Note(float(time), seconds, key, velocity))
        elif status in (0x80, 0x90) and key in sounding:
            index = sounding.pop(key)
            notes[index] = replace(notes[index], end=float(time))
    transposition = _octaves([note.key for note in notes], low, high)
    return [replace(note, key=min(max(note.key + transposition, low), high)) for note in notes]


def random_notes(notes: list[Note], seed: int) -> list[Note]:
    """As many notes, at the same times, of random keys between the lowest and the highest."""
    random = np.random.default_rng(seed)
    low, high = min(note.key for note in notes), max(note.key for note in notes)
    return [replace(note, key=int(random.integers(low, high + 1))) for note in notes]


def permuted_notes(notes: list[Note], seed: int) -> list[Note]:
    """Notes at the same times, the keys permuted."""
    permutation = np.random.default_rng(seed).permutation([note.key for note in notes])
    return [replace(note, key=int(key)) for note, key in zip(notes, permutation, strict=True)]


def to_score(notes: list[Note]) -> Score:
    """Notes as a MIDI score."""
    note_ons = [(note.start, (0x90, note.key, note.velocity)) for note in notes]
    return make_score(
        sorted([(note.end, (0x80, note.key, 0)) for note in notes] + note_ons, key=lambda timed: timed[0])
    )


def _octaves(keys: list[int], low: int, high: int) -> int:
    """Transposition in semitones, whole octaves, that brings most keys into a range; the smallest of the best."""
    transpositions = sorted(range(-36, 37, 12), key=abs)
    return max(transpositions, key=lambda transposition: sum(low <= key + transposition <= high for key in keys))
