"""Spectra of a few bins and tests on partials, each against its formula."""

import numpy as np
import pytest

from engine.dsp import partial_spectrum


def test_the_spectrum_is_a_Hann_windowed_transform_of_amplitude_one_for_a_sine(random):
    rate, count = 12_000.0, 432
    cosines, sines = partial_spectrum.fourier_basis(count, 150, 20.0, rate)
    x = random.normal(size=count).astype(np.float32)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(count) + 0.5) / count)
    wave = np.exp(-2j * np.pi * 20.0 / rate * np.arange(150)[:, None] * np.arange(count))
    even, odd, out = np.zeros(count // 2, "f4"), np.zeros(count // 2, "f4"), np.zeros(150, "f4")
    partial_spectrum.magnitude_spectrum(x, cosines, sines, even, odd, out)
    np.testing.assert_allclose(out, np.abs(wave @ (window * x)) * 2 / count, atol=1e-5)
    sine = np.sin(2 * np.pi * 600 / rate * np.arange(count) + 1).astype(np.float32)
    partial_spectrum.magnitude_spectrum(sine, cosines, sines, even, odd, out)
    assert out[30] == pytest.approx(0.5, abs=0.01)


def test_a_low_tone_is_present_when_its_own_partials_are():
    both = np.zeros(170, np.float32)
    both[[10, 20, 30, 40]] = 1.0
    assert partial_spectrum.partial_presence(both, 10.0, 2, 0.3) == pytest.approx(1.0)
    octave = np.zeros(170, np.float32)
    octave[[20, 40, 60]] = 1.0
    assert partial_spectrum.partial_presence(octave, 10.0, 2, 0.3) == pytest.approx(0.0)
    faint = octave.copy()
    faint[[10, 30]] = 0.15
    assert partial_spectrum.partial_presence(faint, 10.0, 2, 0.3) == pytest.approx(0.5, abs=0.01)


def test_the_partials_of_a_low_tone_are_compared_with_their_neighbours():
    falling = np.zeros(170, np.float32)
    falling[[20, 40]] = 1.0, 0.25
    falling[[10, 30]] = 0.1, 0.05  # beside the second lie 1 and 0.25: between them 0.5
    assert partial_spectrum.partial_evenness(falling, 10.0, 2, 0.2) == pytest.approx((0.5, 0.5))
    left_over = falling.copy()
    left_over[[10, 30]] = 0.0, 1.0  # of a tone before
    assert partial_spectrum.partial_evenness(left_over, 10.0, 2, 0.2) == pytest.approx((0.5, 0.0))
    assert partial_spectrum.partial_evenness(falling, 10.0, 3, 0.2)[1] == pytest.approx(0.0)
