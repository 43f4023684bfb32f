"""Ramps, phases and partial stores against numpy, lane by lane."""

import numpy as np
import pytest
from numba import njit

from engine.simd import sample_lanes, vectors
from engine.simd.vectors import WIDTH

T = np.arange(WIDTH)


@njit
def ramp(first, step, out):
    vectors.store(out, 0, sample_lanes.ramp(first, step))


@njit
def reduced_phase(first, step, bend, out):
    rest, sign = sample_lanes.reduce_phase(first, step, bend)
    vectors.store(out, 0, rest)
    vectors.store(out, WIDTH, sign)


@njit
def add_to(out, x, offset, count):
    sample_lanes.add_to(out, offset, vectors.load(x, 0), count)


def test_a_ramp_is_a_straight_line():
    out = np.zeros(WIDTH, np.float32)
    ramp(np.float32(0.25), np.float32(0.01), out)
    np.testing.assert_allclose(out, 0.25 + 0.01 * T, rtol=1e-6)


@pytest.mark.parametrize("first", [0.0, -0.75, 1000.3])
def test_half_turns_and_remainder_are_the_phase(first):
    out = np.zeros((2, WIDTH), np.float32)
    reduced_phase(first, 0.11, 0.001, out)
    phase = first + 0.11 * T + 0.001 * T**2
    whole = np.round(2 * phase)
    np.testing.assert_allclose(out[0], phase - whole / 2, atol=1e-7)
    np.testing.assert_array_equal(out[1], 1 - 2 * (whole % 2))


@pytest.mark.parametrize("count", [0, 1, WIDTH - 1, WIDTH, WIDTH + 1])
def test_only_the_first_lanes_are_added(count):
    out, x = np.ones(2 * WIDTH, np.float32), 1 + T.astype(np.float32)
    add_to(out, x, 3, count)
    expected = np.ones(2 * WIDTH)
    expected[3 : 3 + min(count, WIDTH)] += x[:count]
    np.testing.assert_array_equal(out, expected)
