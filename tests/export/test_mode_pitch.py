"""Estimates for modes with a known pitch."""

import numpy as np
import pytest

from export.mode_pitch import estimate_pitch, estimate_pitches


def test_a_string_has_the_pitch_of_its_harmonics():
    order = np.arange(1, 9)
    assert estimate_pitch(196.0 * order, 1.0 / order**2) == pytest.approx(196, abs=0.1)


def test_a_string_without_its_first_harmonic_keeps_its_pitch():
    order = np.arange(2, 9)
    assert estimate_pitch(110.0 * order, np.ones(7)) == pytest.approx(110, abs=0.1)


def test_a_bar_has_the_pitch_of_its_strongest_mode():
    assert estimate_pitch(523.25 * np.array([1, 2.76, 5.4]), np.array([1.0, 0.2, 0.05])) == pytest.approx(
        523.25, abs=0.1
    )


def test_a_third_of_the_pitch_is_not_taken_for_it():
    assert estimate_pitch(np.array([495.0, 990, 1155]), np.array([1.0, 0.1, 0.3])) == pytest.approx(495, abs=1)


def test_inharmonic_modes_have_no_pitch():
    random = np.random.default_rng(0)
    assert estimate_pitch(random.uniform(80, 6000, 40), np.ones(40)) == 0


def test_silence_has_no_pitch():
    assert estimate_pitch(np.array([440.0]), np.zeros(1)) == 0


def test_only_clear_notes_get_a_pitch_and_only_their_own_modes_sound_on_keys():
    clear = np.array([220.0, 440.0, 660.0, 1003.0])
    mixed = np.array([300.0, 600.0, 411.0, 1003.0])
    frequency = np.stack([clear, mixed, clear])[:, None]
    residue = np.stack([[1, 0.6, 0.3, 0.2], [1, 0.2, 1.1, 0.4], [1, 0.6, 0.3, 0.2]])[:, None]
    decay = np.stack([np.full((1, 4), each) for each in (3.0, 3.0, 60.0)])
    found, harmonic = estimate_pitches(frequency, decay, residue)
    assert found[0] == pytest.approx(220, abs=0.5)
    assert not found[1:].any()
    np.testing.assert_allclose(harmonic[0, 0], [1, 1, 1, 0], atol=0.01)


def test_a_single_unpitched_resonance_gets_its_strongest_mode():
    random = np.random.default_rng(0)
    frequency, residue = random.uniform(80, 6000, (1, 2, 40)), np.ones((1, 2, 40))
    residue[0, 1, 7] = 1.5
    found, harmonic = estimate_pitches(frequency, np.full((1, 2, 40), 3.0), residue)
    assert found == [frequency[0, 1, 7]]
    assert harmonic.all()
