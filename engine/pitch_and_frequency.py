"""Pitch, frequency and note names: MIDI pitch 69 = A4 = 440 Hz, 60 = C4. Compiled code has engine/dsp/pitch_units."""

import re
from typing import overload

import numpy as np

NAMES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "s": 1, "#": 1, "♯": 1, "b": -1, "♭": -1}
_NOTE = re.compile(r"([A-Ga-g])([s#♯b♭]?)(-?\d+)")


@overload
def ratio_of(semitones: float) -> float: ...
@overload
def ratio_of(semitones: np.ndarray) -> np.ndarray: ...
def ratio_of(semitones: float | np.ndarray) -> float | np.ndarray:
    """The frequency ratio of an interval; scalar or array."""
    return 2 ** (semitones / 12)


@overload
def frequency_of(pitch: float, a4: float = 440.0) -> float: ...
@overload
def frequency_of(pitch: np.ndarray, a4: float = 440.0) -> np.ndarray: ...
def frequency_of(pitch: float | np.ndarray, a4: float = 440.0) -> float | np.ndarray:
    """Hz of a MIDI pitch, which may be fractional; scalar or array."""
    return a4 * ratio_of(pitch - 69)


@overload
def pitch_of(frequency: float, a4: float = 440.0) -> float: ...
@overload
def pitch_of(frequency: np.ndarray, a4: float = 440.0) -> np.ndarray: ...
def pitch_of(frequency: float | np.ndarray, a4: float = 440.0) -> float | np.ndarray:
    """MIDI pitch, with fraction, of a frequency in Hz; scalar or array."""
    return 69 + 12 * np.log2(frequency / a4)


@overload
def cents_of(ratio: float) -> float: ...
@overload
def cents_of(ratio: np.ndarray) -> np.ndarray: ...
def cents_of(ratio: float | np.ndarray) -> float | np.ndarray:
    """The interval in cents of a frequency ratio; scalar or array."""
    return 1200 * np.log2(ratio)


def note_name(key: int) -> str:
    """`A♯3` for 58."""
    return f"{NAMES[key % 12]}{key // 12 - 1}"


def parse_note(text: str) -> int:
    """MIDI key of a note name: `C4` is 60; sharps as `s`, `#` or `♯`, flats as `b` or `♭`. ValueError."""
    found = _NOTE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no note; one looks like C4 or F#3")
    letter, accidental, octave = found.groups()
    return _STEPS[letter.upper()] + _ACCIDENTALS[accidental] + 12 * (int(octave) + 1)
