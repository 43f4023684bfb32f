"""A resampled impulse response has the same gain at every frequency that both rates have."""

import numpy as np
import pytest

from engine.dsp.resample_ir import EXACT_BAND, resample_impulse_response


def spectrum(response, rate, frequency):
    """Its complex gain at frequencies in Hz."""
    time = np.arange(response.shape[1]) / rate
    return response @ np.exp(-2j * np.pi * np.outer(time, frequency))


@pytest.mark.parametrize(("rate", "most"), [(44_100.0, -45), (48_000.0, -45), (96_000.0, -40), (11_025.0, -20)])
@pytest.mark.parametrize("taps", [1, 40, 1000])
def test_the_gain_is_the_same_at_every_frequency(random, rate, most, taps):
    learned = 16_000.0
    response = random.standard_normal((2, taps)) * np.exp(-6 * np.arange(taps) / max(taps, 20))
    frequency = np.linspace(0, 0.9 * EXACT_BAND * min(rate, learned) / 2, 100)
    expected = spectrum(response, learned, frequency)
    error = spectrum(resample_impulse_response(response, learned, rate), rate, frequency) - expected
    assert 20 * np.log10(np.std(error) / np.std(expected)) < most


@pytest.mark.parametrize("rate", [44_100.0, 48_000.0])
def test_the_gain_above_the_learned_band_does_not_exceed_that_within(random, rate):
    response = random.standard_normal((1, 500)) * np.exp(-6 * np.arange(500) / 500)
    other = resample_impulse_response(response, 16_000.0, rate)
    inside = np.abs(spectrum(other, rate, np.linspace(0, 7500, 300))).max()
    assert np.abs(spectrum(other, rate, np.linspace(8000, rate / 2, 300))).max() < 2 * inside


def test_at_its_own_rate_nothing_changes(random):
    response = random.standard_normal((1, 50))
    np.testing.assert_array_equal(resample_impulse_response(response, 16_000.0, 16_000.0), response)
