"""Single registers and their FFT against numpy."""

import numpy as np
import pytest
from numba import njit

from engine.simd import register_fft
from engine.simd.vectors import LANES


@njit
def copied(x, out):
    register_fft.store_register(out, 2, register_fft.load_register(x, 1))
    register_fft.store_register(out, 2 + LANES, register_fft.negate(register_fft.load_register(x, 1)))


@njit
def transformed(x):
    re, im = register_fft.lane_fft(register_fft.load_register(x, 0), register_fft.load_register(x, LANES))
    register_fft.store_register(x, 0, re)
    register_fft.store_register(x, LANES, im)


@njit
def inverse(x):
    re, im = register_fft.lane_inverse_fft(register_fft.load_register(x, 0), register_fft.load_register(x, LANES))
    register_fft.store_register(x, 0, re)
    register_fft.store_register(x, LANES, im)


@pytest.fixture
def x(random):
    return random.standard_normal((2, LANES)).astype(np.float32)


def test_a_register_is_loaded_stored_and_negated(x):
    out = np.zeros(2 * LANES + 2, np.float32)
    copied(x, out)
    np.testing.assert_array_equal(out, [0, 0, *x.flat[1 : LANES + 1], *-x.flat[1 : LANES + 1]])


def test_the_fft_of_the_lanes_is_that_of_numpy_in_bit_reversed_order(x):
    expected = np.fft.fft(x[0] + 1j * x[1])
    bits = LANES.bit_length() - 1
    order = [int(f"{lane:0{bits}b}"[::-1], 2) for lane in range(LANES)]
    transformed(x)
    np.testing.assert_allclose(x[0] + 1j * x[1], expected[order], atol=1e-5)


def test_the_inverse_fft_gives_the_lanes_times_their_number(x):
    before = x.copy()
    transformed(x)
    inverse(x)
    np.testing.assert_allclose(x, LANES * before, atol=1e-5 * LANES)
