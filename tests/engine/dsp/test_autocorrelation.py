"""Autocorrelation and the filters before it, each against its formula."""

import numpy as np
import pytest
from scipy import signal

from engine.dsp import autocorrelation


def naive(x, lag, window):
    """The formula of the module, term by term."""
    later = [float(x[len(x) - 1 - t]) for t in range(window)]
    earlier = [float(x[len(x) - 1 - t - lag]) for t in range(window)]
    product = sum(a * b for a, b in zip(later, earlier, strict=True))
    return product / np.sqrt(sum(a * a for a in later) * sum(b * b for b in earlier))


def energies(x, count):
    out = np.zeros(count)
    autocorrelation.tail_energies(x, out)
    return out


def test_the_low_pass_passes_voices_and_stops_what_would_alias():
    taps = autocorrelation.low_pass(48_000, 3000, 0.0007)
    f, response = signal.freqz(taps, worN=2048, fs=48_000)
    level = 20 * np.log10(np.abs(response) + 1e-9)
    assert np.abs(level[f < 800]).max() < 0.5
    assert level[f > 7000].max() < -35
    np.testing.assert_array_equal(taps, taps[::-1])


def test_decimation_is_filtering_and_then_every_third_sample(random):
    taps = autocorrelation.low_pass(48_000, 3000, 0.0007)
    x = random.normal(size=len(taps) - 1 + 30).astype(np.float32)
    out = np.zeros(10, np.float32)
    autocorrelation.decimate(x, taps, 3, out)
    np.testing.assert_allclose(out, np.convolve(x, taps, "valid")[2::3], atol=1e-5)


def test_the_high_pass_is_one_pole_and_one_zero_however_it_is_split(random):
    x = random.normal(size=500).astype(np.float32)
    expected = signal.lfilter([1, -1], [1, -0.98], x.astype(float))
    memory, out = np.zeros(2), x.copy()
    for part in np.split(out, [1, 7, 200]):
        autocorrelation.high_pass(part, memory, 0.98)
    np.testing.assert_allclose(out, expected, atol=1e-5)


def test_energies_are_sums_of_squares_from_the_end(random):
    x = random.normal(size=40).astype(np.float32)
    np.testing.assert_allclose(
        energies(x, 31), [np.sum(x[40 - n :].astype(float) ** 2) for n in range(31)], rtol=1e-6
    )


def test_correlations_are_those_of_the_formula(random):
    x = random.normal(size=200).astype(np.float32)
    out = np.zeros(40, np.float32)
    autocorrelation.correlations(x, energies(x, 150), 5, 16, 0.0, out)
    expected = [naive(x, lag, max(lag, 16)) for lag in range(5, 45)]
    np.testing.assert_allclose(out, expected, atol=2e-6)


def test_a_rising_tone_correlates_and_silence_does_not(random):
    x = (np.arange(400) * np.sin(2 * np.pi * np.arange(400) / 50)).astype(np.float32)
    assert autocorrelation.correlation(x, energies(x, 201), 50, 100, 1e-9) > 0.98
    hush = 1e-6 * random.normal(size=400).astype(np.float32)
    assert abs(autocorrelation.correlation(hush, energies(hush, 201), 50, 100, 1e-8)) < 0.01


def test_a_peak_is_that_of_the_parabola_and_at_most_half_a_step_away():
    for place in (-0.5, -0.2, 0.0, 0.4):
        values = [3 - 2 * (x - place) ** 2 for x in (-1, 0, 1)]
        assert autocorrelation.parabola_peak(*values) == pytest.approx((place, 3.0))
    assert autocorrelation.parabola_peak(0.0, 0.5, 5.0) == (0.0, 0.5)
