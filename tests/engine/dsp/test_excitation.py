"""Excitation signals against closed forms."""

from itertools import pairwise

import numpy as np
import pytest

from engine.dsp import excitation


@pytest.mark.parametrize("count", [1, 2, 5, 64])
@pytest.mark.parametrize("step", [0.003, 0.07, 1.0, 2.5])
def test_a_curve_through_points_is_linear_between_them_and_flat_past_the_ends(random, count, step):
    points, first = random.uniform(-1, 1, count).astype(np.float32), -0.5 + 0.5 * step
    out = np.zeros(1000, np.float32)
    excitation.interpolate_points(out, points, 0, first, step)
    expected = np.interp(first + step * np.arange(1000), np.arange(count), points)
    np.testing.assert_allclose(out, expected, atol=1e-6)


def test_the_curve_does_not_depend_on_where_its_runs_begin(random):
    points = random.uniform(-1, 1, 64).astype(np.float32)
    whole, parts = np.zeros((2, 4096), np.float32)
    excitation.interpolate_points(whole, points, 0, -0.49, 0.0151)
    edges = [0, 1, 7, 64, 65, 1000, 2049, 4096]
    for start, stop in pairwise(edges):
        excitation.interpolate_points(parts[start:stop], points, start, -0.49, 0.0151)
    assert np.array_equal(whole, parts)
