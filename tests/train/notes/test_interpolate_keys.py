"""Notes interpolated for the keys between two recorded ones."""

import numpy as np

from engine.pitch_and_frequency import frequency_of
from train.notes import level_matching
from train.notes.interpolate_keys import fill_keys, morph
from train.notes.mode_set import Modes
from train.notes.note import Note

RATE = 22050


def note(key, level=0.1, slope=1.0, decay=2.0, pairs=0.0):
    """A string of six partials, of pairs `pairs` Hz apart where that is not 0."""
    pitch, k = frequency_of(key), np.arange(1, 7)
    frequency = np.concatenate([k * pitch, k * pitch + pairs]) if pairs else k * pitch
    size = np.tile(level / k**slope, 2 if pairs else 1)
    modes = Modes(frequency, np.full(len(size), decay), size * np.exp(1j * np.arange(len(size))))
    return Note(RATE, pitch, modes, np.zeros(len(size)), level * np.hanning(100), np.zeros(8), np.zeros(8), 500)


def test_every_key_of_a_gap_is_filled_in_tune_and_no_other():
    whole = fill_keys({60: [note(60.0)], 64: [note(64.1)], 90: [note(90)]})
    assert list(whole) == [60, 61, 62, 63, 64, 90]
    for key, deviation in ((61, 0.025), (62, 0.05), (63, 0.075)):
        assert abs(whole[key][0].pitch / frequency_of(key + deviation) - 1) < 1e-6
        np.testing.assert_allclose(whole[key][0].modes.frequency, np.arange(1, 7) * whole[key][0].pitch)


def test_partials_are_interpolated_between_the_two_notes():
    low, high = note(60, 0.1, 1.0, 2.0), note(66, 0.2, 2.0, 8.0)
    for share in (1 / 3, 0.5, 2 / 3):
        made = morph(low, high, share, 63)
        expected = np.abs(low.modes.amplitude) ** (1 - share) * np.abs(high.modes.amplitude) ** share
        np.testing.assert_allclose(np.abs(made.modes.amplitude), expected, rtol=1e-3)
        np.testing.assert_allclose(made.modes.decay, 2.0 ** (1 - share) * 8.0**share, rtol=1e-3)


def test_modes_of_one_partial_change_alike():
    low, high = note(60, pairs=0.6), note(66, 0.3, 1.5, pairs=0.0)
    made = morph(low, high, 0.4, 62)
    gains = np.abs(made.modes.amplitude / low.modes.amplitude).reshape(2, 6)
    np.testing.assert_allclose(gains[0], gains[1], rtol=0.02)
    np.testing.assert_allclose(np.angle(made.modes.amplitude), np.angle(low.modes.amplitude), atol=1e-12)


def test_levels_go_evenly_from_one_note_to_the_other():
    ends = note(60, 0.05), note(64, 0.2, 1.5, 5.0)
    whole = fill_keys({60: [ends[0]], 64: [ends[1]]})
    heard = [level_matching.note_level(row[0]) for row in whole.values()]
    np.testing.assert_allclose(heard, np.linspace(heard[0], heard[-1], 5), atol=0.01)
