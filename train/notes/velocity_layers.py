"""The dynamics of one key: notes whose modes correspond, one per dynamic, the missing ones made from neighbours."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from .modes import Modes, strengths
from .note import Note
from .pitch import name_of

DYNAMICS = {
    "pianissimo": 0.2,
    "piano": 0.4,
    "mezzo-piano": 0.55,
    "mezzo-forte": 0.7,
    "forte": 0.85,
    "fortissimo": 1.0,
}
"""Velocity at which each is played."""
NEAR = 5.0
"""Semitones over which keys learn from each other."""
STEEPEST = (-8.0, 4.0)
"""dB per octave: how much duller or brighter one dynamic may be than another."""

Keys = Mapping[int, Mapping[str, Note]]


def fill(keys: Keys, dynamics: list[str]) -> tuple[dict[int, list[Note]], list[str]]:
    """Every key with all dynamics, soft to loud; and in words, which were made from another dynamic.

    What a dynamic differs by in level and in brightness is learned from the keys near by that have both.
    """
    whole: dict[int, list[Note]] = {}
    words = []
    for key, notes in keys.items():
        row = []
        for name in dynamics:
            if name in notes:
                row.append(notes[name])
                continue
            other = min(notes, key=lambda have: abs(DYNAMICS[have] - DYNAMICS[name]))
            level, tilt = _difference(keys, key, other, name)
            row.append(tilted(notes[other], level, tilt))
            change = f"{level:+.1f} dB and {tilt:+.1f} dB per octave"
            words.append(f"{name_of(key)} has no {name}: made from its {other}, {change}.")
        whole[key] = row
    return whole, words


def tilted(note: Note, level: float, tilt: float) -> Note:
    """A note made louder by level in dB at its pitch and by tilt in dB per octave above, modes and knock alike."""
    middle = note.pitch or 500.0
    modes = note.modes
    gains = _slope(modes.frequency, middle, level, tilt)
    size = 2 * len(note.knock)
    spectrum = np.fft.rfft(note.knock, size)
    spectrum *= _slope(np.fft.rfftfreq(size, 1 / note.rate), middle, level, tilt)
    knock = np.fft.irfft(spectrum, size)[: len(note.knock)]
    hiss = note.hiss * float(_slope(np.array([5000.0]), middle, level, tilt)[0])
    return replace(note, modes=Modes(modes.frequency, modes.decay, modes.amplitude * gains), knock=knock, hiss=hiss)


def tuned(row: list[Note], pitch: float) -> list[Note]:
    """The dynamics of one key at one pitch in Hz, that of the loudest as a rule."""
    if pitch <= 0:
        return row
    return [replace(note, modes=_moved(note.modes, pitch / note.pitch), pitch=pitch) for note in row]


def _moved(modes: Modes, ratio: float) -> Modes:
    return Modes(modes.frequency * ratio, modes.decay, modes.amplitude)


def _slope(frequency: np.ndarray, middle: float, level: float, tilt: float) -> np.ndarray:
    """Linear gains at frequencies in Hz."""
    octaves = np.log2(np.maximum(frequency, middle / 4) / middle)
    return np.asarray(10 ** ((level + tilt * np.clip(octaves, -2, 5)) / 20))


def _difference(keys: Keys, key: int, have: str, want: str) -> tuple[float, float]:
    """Level in dB and tilt in dB per octave of one dynamic against another, as keys near `key` have it."""
    found = [
        (other, *_compared(notes[have], notes[want]))
        for other, notes in keys.items()
        if have in notes and want in notes
    ]
    if not found:
        return 20 * 1.3 * float(np.log10(DYNAMICS[want] / DYNAMICS[have])), 0.0
    weight = np.array([np.exp(-0.5 * ((other - key) / NEAR) ** 2) + 1e-6 for other, _, _ in found])
    level, tilt = (np.array([one[place] for one in found]) @ weight / weight.sum() for place in (1, 2))
    return float(level), float(np.clip(tilt, *STEEPEST))


def _compared(have: Note, want: Note) -> tuple[float, float]:
    """Level and tilt of `want` against `have`, by a line through the differences of their modes."""
    first, second = np.abs(have.modes.amplitude), np.abs(want.modes.amplitude)
    both = (first > 1e-4 * first.max()) & (second > 1e-4 * second.max())
    octaves = np.log2(have.modes.frequency[both] / (have.pitch or 500.0))
    steps = 20 * np.log10(second[both] / first[both])
    weight = (strengths(have.modes)[both] + 1e-20) ** 0.15
    tilt, level = np.polyfit(octaves, steps, 1, w=weight)
    return float(level), float(np.clip(tilt, *STEEPEST))
