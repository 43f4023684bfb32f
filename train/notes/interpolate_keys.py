"""Interpolation of notes for the keys between two recorded ones."""

from dataclasses import replace

import numpy as np

from engine.pitch_and_frequency import frequency_of, pitch_of

from . import level_matching
from .mode_set import Modes
from .note import Note

MAX_GAP_SEMITONES = 12
"""Maximum distance of two recorded keys for the keys between them to be interpolated."""
PARTIAL_WIDTH = 0.2
"""Width, relative to the pitch, within which modes count as one partial."""
MIN_AMPLITUDE_RATIO = 0.06
"""Smallest amplitude ratio of a partial between the notes; what is missing may only be lost in noise."""


def fill_keys(keys: dict[int, list[Note]]) -> dict[int, list[Note]]:
    """Add all keys between the given ones, each dynamic separately, at levels between its neighbours'."""
    filled = {}
    sorted_keys = sorted(keys)
    for low, high in zip(sorted_keys, [*sorted_keys[1:], None], strict=True):
        filled[low] = keys[low]
        pitched = high is not None and all(note.pitch > 0 for note in (*keys[low], *keys[high]))
        if high is None or not pitched or high - low > MAX_GAP_SEMITONES:
            continue
        for key in range(low + 1, high):
            share = (key - low) / (high - low)
            filled[key] = [
                _at_level(
                    morph(a, b, share, key), (level_matching.note_level(a), level_matching.note_level(b)), share
                )
                for a, b in zip(keys[low], keys[high], strict=True)
            ]
    return filled


def morph(low: Note, high: Note, share: float, key: int) -> Note:
    """Move the nearer of two notes to another key (MIDI), with interpolated amplitudes and decays of its partials.

    share: 0 at the low note, 1 at the high one. Modes that form one partial change together, so their beats stay.
    """
    source, other, weight = (high, low, 1 - share) if share > 0.5 else (low, high, share)
    multiples = source.modes.frequency / source.pitch
    source_partials, other_partials = _partials(source, multiples), _partials(other, multiples)
    gain = np.clip(other_partials[0] / source_partials[0], MIN_AMPLITUDE_RATIO, 1 / MIN_AMPLITUDE_RATIO) ** weight
    decay_ratio = (
        np.clip(other_partials[1] / source_partials[1], MIN_AMPLITUDE_RATIO, 1 / MIN_AMPLITUDE_RATIO) ** weight
    )
    deviation = (1 - share) * _deviation(low) + share * _deviation(high)
    pitch = frequency_of(key + deviation)
    modes = Modes(multiples * pitch, source.modes.decay * decay_ratio, source.modes.amplitude * gain)
    return replace(source, modes=modes, pitch=pitch)


def _partials(note: Note, multiples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Amplitude of a note at multiples (M,) of its pitch, and its decay there in 1/s; both geometric means."""
    modes = note.modes
    power = np.abs(modes.amplitude) ** 2
    distance = (modes.frequency / note.pitch - multiples[:, None]) / PARTIAL_WIDTH
    weight = np.exp(-0.5 * distance**2) * power + 1e-12 * power.max()
    power_sum = weight.sum(axis=1)
    return np.sqrt(power_sum), np.exp(weight @ np.log(modes.decay) / power_sum)


def _deviation(note: Note) -> float:
    """Deviation of a note's pitch from its key, in semitones."""
    return pitch_of(note.pitch) - round(pitch_of(note.pitch))


def _at_level(note: Note, levels: tuple[float, float], share: float) -> Note:
    """Scale a note to a level in dB interpolated between two others."""
    target = (1 - share) * levels[0] + share * levels[1]
    return note.scaled(float(10 ** ((target - level_matching.note_level(note)) / 20)))
