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


@pytest.mark.parametrize("size", SIZES)
def test_a_spectrum_is_split_into_those_of_two_real_signals_and_merged(random, size):
    z, x = numbers(random, size, base=LANES)
    fft.forward(x, LANES, size, fft.twiddles(size), fft.passes(size))
    whole = x.copy()
    for begin in range(0, size // 2, LANES):
        fft.split(x, LANES, size, begin, begin + LANES)
    channels, bins = fft.split_order(size)
    sides = np.fft.fft(np.stack([z.real, z.imag]))
    expected = 2 * sides[channels, bins]
    expected[:2] = sides[0, bins[:2]].real + 1j * sides[1, bins[:2]].real
    split = x[LANES : LANES + size] + 1j * x[LANES + size :]
    assert 20 * np.log10(np.std(split - expected) / np.std(expected)) < -130
    for begin in range(0, size // 2, LANES):
        fft.merge(x, LANES, size, begin, begin + LANES)
    whole[LANES + 2 : LANES + size] *= 2
    whole[LANES + size + 2 :] *= 2
    np.testing.assert_allclose(x, whole, rtol=0, atol=1e-5 * np.abs(whole).max())


@pytest.mark.parametrize("size", SIZES)
def test_the_sides_have_half_of_the_bins_each(size):
    channels, bins = fft.split_order(size)
    assert set(bins[:2]) == {0, size // 2}
    left, right = bins[2:][channels[2:] == 0], bins[2:][channels[2:] == 1]
    for side in (left, right):
        assert sorted({*side, *(size - side)}) == [k for k in range(1, size) if k != size // 2]
