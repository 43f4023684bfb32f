"""The FFT in passes against numpy in float64, and split into pieces."""

import numpy as np
import pytest

from engine.dsp import fft
from engine.simd.vectors import LANES, aligned_zeros

SIZES = [fft.MIN_SIZE << n for n in range(9)]


def numbers(random, size, base=0):
    """Complex numbers, and an array that holds them from `base` on."""
    x = aligned_zeros((base + 2 * size,))
    x[base:] = random.standard_normal(2 * size)
    return x[base : base + size].astype(float) + 1j * x[base + size :], x


@pytest.mark.parametrize("size", SIZES)
def test_the_transform_is_that_of_numpy_in_the_order_of_its_bins(random, size):
    z, x = numbers(random, size, base=LANES)
    fft.forward(x, LANES, size, fft.twiddles(size), fft.passes(size))
    expected = np.fft.fft(z)[fft.bin_order(size)]
    error = x[LANES : LANES + size] + 1j * x[LANES + size :] - expected
    assert 20 * np.log10(np.std(error) / np.std(expected)) < -130


@pytest.mark.parametrize("size", SIZES)
def test_forward_and_inverse_multiply_by_the_size(random, size):
    z, x = numbers(random, size)
    fft.forward(x, 0, size, fft.twiddles(size), fft.passes(size))
    fft.inverse(x, 0, size, fft.twiddles(size), fft.passes(size))
    assert 20 * np.log10(np.std(x[:size] + 1j * x[size:] - size * z) / size) < -130


@pytest.mark.parametrize("size", SIZES)
def test_the_order_has_every_bin_once(size):
    assert sorted(fft.bin_order(size)) == list(range(size))


def test_a_pass_may_be_done_in_pieces_in_any_order(random):
    size = 16 * fft.MIN_SIZE
    whole = numbers(random, size)[1]
    pieces, table, passes = whole.copy(), fft.twiddles(size), fft.passes(size)
    fft.forward(whole, 0, size, table, passes)
    for step in passes:
        cuts = range(0, step[fft.STEPS], LANES)
        for begin in random.permutation(cuts):
            fft.forward_pass(pieces, 0, size, table, step, begin, begin + LANES)
    np.testing.assert_array_equal(pieces, whole)
    fft.inverse(whole, 0, size, table, passes)
    for step in passes[::-1]:
        for begin in random.permutation(range(0, step[fft.STEPS], LANES)):
            fft.inverse_pass(pieces, 0, size, table, step, begin, begin + LANES)
    np.testing.assert_array_equal(pieces, whole)
