"""The A curve against IEC 61672's closed form, the energy against scipy, the triangle against convolved boxes."""

import numpy as np
import pytest
from scipy import signal

from engine.dsp import loudness


def a_curve(f):
    """Gain of the A curve at f in Hz, linear (IEC 61672-1, annex E)."""
    first, second, third, last = 20.598997, 107.65265, 737.86223, 12194.217
    square = f * f
    top = last**2 * square**2
    below = (square + first**2) * np.sqrt((square + second**2) * (square + third**2)) * (square + last**2)
    return top / below


@pytest.mark.parametrize("rate", [16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000])
def test_the_curve_is_that_of_the_standard_at_every_rate(rate):
    f = np.geomspace(20, min(0.38 * rate, 18_000), 2000)
    error = 20 * np.log10(loudness.biquad_gain(loudness.a_weighting(rate), f, rate) / (a_curve(f) / a_curve(1000.0)))
    assert np.abs(error).max() < 0.2


def test_the_energy_is_that_of_the_filtered_sound_however_it_is_split(random):
    sections = loudness.a_weighting(48_000)
    x = random.normal(size=3000).astype(np.float32)
    rows = np.insert(sections, 3, 1.0, axis=1)
    expected = (signal.sosfilt(rows, x.astype(float)) ** 2).sum()
    memory = np.zeros((loudness.SECTIONS, 2))
    parts = sum(loudness.filtered_energy(sections, memory, part) for part in np.split(x, [1, 64, 65, 1000]))
    assert parts == pytest.approx(expected, rel=1e-9)


def test_the_triangle_is_two_convolved_boxes():
    box = np.ones(8) / 8
    np.testing.assert_allclose(loudness.triangle(15), np.convolve(box, box), atol=1e-12)
    assert loudness.triangle(14) == pytest.approx(loudness.triangle(14)[::-1])


def test_a_level_is_the_mean_power_in_dB_and_silence_the_floor():
    weights = loudness.triangle(5)
    ring = np.array([0.3, 0.4, 0.5, 0.1, 0.2])  # the newest is at index 2
    expected = 10 * np.log10(weights @ [0.5, 0.4, 0.3, 0.2, 0.1] + 1e-8)
    assert loudness.windowed_level(ring, 2, weights) == pytest.approx(expected, abs=1e-9)
    assert loudness.windowed_level(np.zeros(5), 0, weights) == loudness.FLOOR_DB
