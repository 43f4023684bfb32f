"""Filtered noise against the filter of training, numpy's convolution, and its spectrum."""

import itertools

import numpy as np
import pytest
from numba import njit

from engine.dsp import noise

BANDS, LEARNED, HOP = 65, 16_000.0, 480


def shaped(bands, rate):
    table = noise.filter_table(len(bands), LEARNED, rate)
    filtered = np.zeros(noise.tap_count(table), np.float32)
    noise.write_filter(table, bands, filtered)
    return filtered


@njit
def stream(seed, first, count):
    out = np.zeros(count, np.float32)
    for i in range(count):
        out[i] = noise.noise_sample(seed, first + i)
    return out


def play(before, after, rate, cuts=(), first=1000):
    table = noise.filter_table(BANDS, LEARNED, rate)
    line, out = noise.new_line(table), np.zeros((2, HOP), np.float32)
    noise.fill_line(line, len(before), 5, first)
    for start, stop in itertools.pairwise(sorted({0, HOP, *cuts, *range(0, HOP, noise.MAX_RUN)})):
        noise.advance_line(line, len(before), 5, first + start, stop - start)
        for channel in range(2):
            noise.add_noise(out[channel, start:stop], line[channel], before, after, start, HOP)
    return out


def test_at_the_learned_rate_the_filter_is_the_windowed_inverse_transform(random):
    bands = random.random(BANDS).astype(np.float32)
    size = 2 * (BANDS - 1)
    expected = np.roll(np.fft.irfft(bands), size // 2) * (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size))
    filtered = shaped(bands, LEARNED)
    np.testing.assert_allclose(filtered[:-1], expected, atol=1e-6)
    assert filtered[-1] == pytest.approx(0, abs=1e-9)


def test_bands_above_half_the_rate_of_the_device_do_not_fold_into_its_band(random):
    bands = random.random(BANDS).astype(np.float32)
    above = np.where(np.arange(BANDS) <= (BANDS - 1) // 2, 0, bands)
    assert not shaped(above, LEARNED / 2).any()
    assert shaped(bands - above, LEARNED / 2).any()


@pytest.mark.parametrize("rate", [16_000.0, 44_100.0, 48_000.0, 192_000.0])
def test_the_density_of_power_is_that_of_the_learned_rate_and_nothing_is_above_its_band(random, rate):
    bands = random.random(BANDS).astype(np.float32)
    frequency = np.linspace(0, LEARNED / 2 - 300, 200)
    density = []
    for each in (LEARNED, rate):
        filtered = shaped(bands, each).astype(float)
        time = (np.arange(len(filtered)) - len(filtered) // 2) / each
        density.append(np.abs(np.exp(-2j * np.pi * np.outer(frequency, time)) @ filtered) ** 2 / each)
    np.testing.assert_allclose(density[1], density[0], atol=1e-3 * density[0].max())
    above = np.abs(np.fft.rfft(shaped(bands, rate), 1 << 14)) ** 2
    above = above[np.fft.rfftfreq(1 << 14, 1 / rate) > LEARNED / 2 + 300]
    assert above.max(initial=0) < 1e-4 * density[0].max() * rate


def test_filtering_is_convolution_with_both_filters_cross_faded(random):
    before, after = (shaped(random.random(BANDS).astype(np.float32), 48_000.0) for _ in range(2))
    out, reach, u = play(before, after, 48_000.0), len(before) - 1, np.arange(HOP) / HOP
    for channel in range(2):
        heard = stream(5 + channel, 1000 - reach, HOP + reach).astype(float)
        first, last = (np.convolve(heard, taps.astype(float)[::-1], "valid") for taps in (before, after))
        expected = (1 - u) * first + u * last
        assert 20 * np.log10(np.std(out[channel] - expected) / np.std(expected)) < -120


@pytest.mark.parametrize("cuts", [(1,), range(1, 150), (7, 50, 130, 131, 197, 479)])
def test_splitting_a_frame_does_not_change_it(random, cuts):
    before, after = (shaped(random.random(BANDS).astype(np.float32), 44_100.0) for _ in range(2))
    np.testing.assert_allclose(play(before, after, 44_100.0, cuts), play(before, after, 44_100.0), atol=1e-6)


def test_noise_is_uniform_white_and_different_in_each_stream():
    heard = np.stack([stream(seed, 0, 1 << 18) for seed in (7, 8)])
    assert np.abs(heard.mean(1)).max() < 5e-3
    np.testing.assert_allclose(heard.var(1), 1 / 3, rtol=5e-3)
    assert np.abs(heard).max() <= 1
    counts = np.histogram(heard[0], 64, (-1, 1))[0]
    assert np.abs(counts / counts.mean() - 1).max() < 0.08
    for lag in (1, 2, 3, 100):
        assert abs(np.corrcoef(heard[0, lag:], heard[0, :-lag])[0, 1]) < 0.01
    assert abs(np.corrcoef(heard)[0, 1]) < 0.01
    spectrum = np.abs(np.fft.rfft(heard[0])) ** 2 / len(heard[0])
    assert spectrum.max() < 30 / 3
