"""Single registers against numpy."""

import numpy as np
import pytest
from numba import njit

from engine.simd import registers
from engine.simd.vectors import LANES


@njit
def copied(x, out):
    registers.store_register(out, 2, registers.load_register(x, 1))
    registers.store_register(out, 2 + LANES, registers.negate(registers.load_register(x, 1)))


@njit
def turned(x):
    registers.store_register(x, 0, registers.reverse_lanes(registers.load_register(x, 0)))


@njit
def summed(x):
    return registers.sum_lanes(registers.load_register(x, 0))


@njit
def filled(value, out):
    registers.store_register(out, 1, registers.splat_register(value))


@pytest.mark.parametrize("kind", [np.float32, np.int16])
def test_a_register_is_loaded_converted_stored_and_negated(random, kind):
    x, out = (1000 * random.standard_normal(LANES + 1)).astype(kind), np.zeros(2 * LANES + 2, np.float32)
    copied(x, out)
    np.testing.assert_array_equal(out, [0, 0, *x[1:], *-x[1:].astype(np.float32)])


def test_a_number_fills_the_lanes():
    out = np.zeros(LANES + 2, np.float32)
    filled(np.float32(0.3), out)
    np.testing.assert_array_equal(out, [0, *[np.float32(0.3)] * LANES, 0])


def test_the_lanes_are_reversed(random):
    x = random.standard_normal(LANES).astype(np.float32)
    expected = x[::-1].copy()
    turned(x)
    np.testing.assert_array_equal(x, expected)


def test_the_lanes_are_summed_by_halves(random):
    x = random.standard_normal(LANES).astype(np.float32)
    halves = x
    while halves.size > 1:
        halves = halves[: halves.size // 2] + halves[halves.size // 2 :]
    assert summed(x) == halves[0]
