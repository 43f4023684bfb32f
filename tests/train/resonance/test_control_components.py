"""Gesture maps of control signals whose components are known."""

import numpy as np
import pytest

from train.resonance.control_components import FIRST_KEY, find_components, map_keys


def _signal() -> np.ndarray:
    """Two chords, of dimensions 0 and 2 and of 1, 3 and 4, in turn; dimension 5 is never played."""
    control = np.zeros((6, 200))
    loudness = np.random.default_rng(0).uniform(0.5, 2, 40)
    for frame, loud in enumerate(loudness):
        control[[0, 2] if frame % 2 else [1, 3, 4], 5 * frame] = loud
    return control


def test_the_components_of_a_signal_of_two_chords_are_the_chords():
    components = find_components(_signal(), 2)
    played = sorted(tuple(np.flatnonzero(component > 0.5 * component.max()).tolist()) for component in components.T)
    assert played == [(0, 2), (1, 3, 4)]


@pytest.mark.parametrize("count", [2, 3, 63])
def test_components_are_never_negative_and_as_loud_as_the_signal(count):
    components = find_components(_signal(), count)
    assert components.shape == (6, count)
    assert components.min() >= 0
    assert components[5].max() == 0
    assert ((components.max(0) > 0.5) & (components.max(0) <= 2)).all()


def test_keys_go_from_low_to_high_and_repeat():
    control = np.zeros((3, 30))
    control[[2, 0, 1], [1, 11, 21]] = 1
    mapped = map_keys(control, np.array([300.0, 900.0, 100.0]))
    assert mapped.shape == (3, 128)
    assert mapped[:, FIRST_KEY : FIRST_KEY + 4].argmax(0).tolist() == [2, 0, 1, 2]


def test_a_signal_without_any_site_maps_to_nothing():
    assert not find_components(np.zeros((4, 10)), 3).any()
    assert not map_keys(np.zeros((4, 10)), np.ones(4)).any()


def test_the_same_signal_gives_the_same_map():
    np.testing.assert_array_equal(find_components(_signal(), 63, 1), find_components(_signal(), 63, 1))
