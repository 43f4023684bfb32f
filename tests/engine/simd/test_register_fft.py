"""The FFT of a register against numpy."""

import numpy as np
import pytest
from numba import njit

from engine.simd import register_fft, registers
from engine.simd.vectors import LANES


@njit
def transformed(x):
    re, im = register_fft.lane_fft(registers.load_register(x, 0), registers.load_register(x, LANES))
    registers.store_register(x, 0, re)
    registers.store_register(x, LANES, im)


@njit
def inverse(x):
    re, im = register_fft.lane_inverse_fft(registers.load_register(x, 0), registers.load_register(x, LANES))
    registers.store_register(x, 0, re)
    registers.store_register(x, LANES, im)


@pytest.fixture
def x(random):
    return random.standard_normal((2, LANES)).astype(np.float32)


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
