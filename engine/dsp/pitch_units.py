"""Pitch and frequency in compiled code: MIDI pitch 69 = 440 Hz; engine.pitch_and_frequency is the same for numpy."""

import math

from engine.kernel import njit


@njit(cache=True, error_model="numpy")
def frequency_of(pitch):
    """Hz of a MIDI pitch."""
    return 440 * 2 ** ((pitch - 69) / 12)


@njit(cache=True, error_model="numpy")
def ratio_of(semitones):
    """The frequency ratio of an interval."""
    return 2.0 ** (semitones / 12)


@njit(cache=True, error_model="numpy")
def pitch_of(frequency):
    """MIDI pitch, with fraction, of a frequency in Hz."""
    return 69 + 12 * math.log2(frequency / 440)
