"""Interpolation by windowed sincs against its naive sum, and against the sine that was sampled."""

import numpy as np
import pytest

from engine.dsp.sinc_interpolation import LOOKAHEAD, PHASES, TAPS, interpolate, sinc_tables, table_index


def naive(wave, start, share, table):
    """The sum in float64, the table interpolated linearly."""
    rows = np.arange(PHASES + 1)
    sinc = np.array([np.interp(share * PHASES, rows, table[:, k]) for k in range(TAPS)])
    return float(sinc @ wave[start : start + TAPS].astype(float))


@pytest.mark.parametrize("kind", [np.float32, np.int16])
@pytest.mark.parametrize("share", [0.0, 0.25, 0.49999, 0.731, 1.0])
def test_a_value_is_the_naive_sum(random, kind, share):
    wave = (1000 * random.standard_normal(100)).astype(kind)
    for table in sinc_tables()[[0, 5]]:
        got = interpolate(wave, 7, np.float32(share), table)
        assert got == pytest.approx(naive(wave, 7, share, table), abs=2e-3)


@pytest.mark.parametrize("speed", [0.6, 1.0, 1.7])
def test_a_sine_is_read_between_its_samples(speed):
    frequency = 0.11  # cycles per sample
    wave = np.sin(2 * np.pi * frequency * np.arange(400)).astype(np.float32)
    table = sinc_tables()[table_index(speed)]
    at = LOOKAHEAD + speed * np.arange(150)
    first = np.floor(at).astype(int)
    read = [interpolate(wave, i - LOOKAHEAD + 1, np.float32(x - i), table) for i, x in zip(first, at, strict=True)]
    np.testing.assert_allclose(read, np.sin(2 * np.pi * frequency * at), atol=1e-4)
