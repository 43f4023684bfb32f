"""Harmonics against the naive sum of sines in float64, and split into different runs."""

import itertools

import numpy as np
import pytest

from engine.dsp import harmonics

RATE = 48_000.0
HOP = 480


def naive(phase, pitch_from, pitch_to, before, after):
    """A frame (HOP,): linear pitch and amplitudes, the phase as the running sum of the pitch."""
    u = np.arange(HOP) / HOP
    pitch = pitch_from + u * (pitch_to - pitch_from)
    turns = phase + np.concatenate([[0], np.cumsum(pitch)[:-1]])
    k = np.arange(1, len(before) + 1)[:, None]
    amplitude = before.astype(float)[:, None] * (1 - u) + after.astype(float)[:, None] * u
    return (amplitude * np.sin(2 * np.pi * k * turns)).sum(0)


def play(phase, pitch_from, pitch_to, before, after, cuts=()):
    out = np.zeros(HOP, np.float32)
    for start, stop in itertools.pairwise(sorted({0, HOP, *cuts})):
        harmonics.add_harmonics(out[start:stop], phase, pitch_from, pitch_to, before, after, start, HOP)
    return out


def amplitudes(random, count, pitch):
    """Two sets (2, count), decreasing as 1/k, 0 above half the rate."""
    k = np.arange(1, count + 1)
    return (random.random((2, count)) / k * (k * pitch < 0.5)).astype(np.float32)


@pytest.mark.parametrize("count", [1, 2, 7, 100])
@pytest.mark.parametrize("frequency", [27.5, 55.0, 440.0, 5000.0])
def test_a_frame_is_the_sum_of_sines_within_110_dB(random, count, frequency):
    pitch = frequency / RATE
    before, after = amplitudes(random, count, 1.02 * pitch)
    expected = naive(0.37, pitch, 1.02 * pitch, before, after)
    error = play(0.37, pitch, 1.02 * pitch, before, after) - expected
    assert 20 * np.log10(np.std(error) / np.std(expected)) < -110


@pytest.mark.parametrize("cuts", [(1,), (64, 128), range(1, 90), (7, 50, 130, 131, 197, 479)])
def test_splitting_a_frame_does_not_change_it(random, cuts):
    frame = (0.9, 0.004, 0.0041, *amplitudes(random, 60, 0.0041))
    np.testing.assert_allclose(play(*frame, cuts), play(*frame), atol=5e-7)


def test_the_next_frame_continues_the_phase(random):
    before, after = amplitudes(random, 10, 0.01)
    phase = harmonics.advance_phase(0.3, 0.01, 0.011, HOP, HOP)
    pitches = 0.01 + 0.001 * np.arange(HOP) / HOP
    assert phase == pytest.approx((0.3 + pitches.sum()) % 1, abs=1e-12)
    assert harmonics.advance_phase(0.3, 0.01, 0.011, 100, HOP) == pytest.approx(
        (0.3 + pitches[:100].sum()) % 1, abs=1e-12
    )
    long = np.concatenate([play(0.3, 0.01, 0.011, before, after), play(phase, 0.011, 0.011, after, after)])
    assert np.abs(np.diff(long)).max() < 1.1 * np.abs(np.diff(long[:HOP])).max()


def test_the_output_is_added(random):
    before, after = amplitudes(random, 5, 0.01)
    out = np.ones(HOP, np.float32)
    harmonics.add_harmonics(out, 0.0, 0.01, 0.01, before, after, 0, HOP)
    np.testing.assert_allclose(out - 1, play(0.0, 0.01, 0.01, before, after), atol=1e-6)


def test_no_amplitude_is_silence():
    nothing = np.zeros(100, np.float32)
    assert not play(0.1, 0.01, 0.02, nothing, nothing).any()
