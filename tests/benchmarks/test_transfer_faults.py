"""Bursts, holes and energy below the lowest key, in sounds that are made to have them."""

import numpy as np
import pytest
import scipy.signal

from benchmarks.engine.transfer_faults import find_bursts, find_holes, level_below

RATE = 48_000
TIME = np.arange(2 * RATE) / RATE
TONE = 0.2 * np.sin(2 * np.pi * 440 * TIME)


def with_noise(sound, start, seconds, decibels):
    """The sound with a burst of noise above 10 kHz, at a level in dB below the tone."""
    random = np.random.default_rng(1)
    noise = scipy.signal.sosfilt(
        scipy.signal.butter(8, 10_000, "highpass", fs=RATE, output="sos"), random.normal(size=len(sound))
    )
    gain = 10 ** (decibels / 20) * sound.std() / noise.std()
    return sound + gain * noise * ((start <= TIME) & (start + seconds > TIME))


def with_hole(sound, start, seconds, decibels):
    """The sound with a fall by some dB, with edges of 5 ms."""
    inside = np.clip(np.minimum(TIME - start, start + seconds - TIME) / 0.005, 0, 1)
    return sound * (1 - inside * (1 - 10 ** (-decibels / 20)))


def test_a_burst_is_found_once_where_it_is():
    found = find_bursts(with_noise(TONE, 0.5, 0.01, -30), RATE, TONE, RATE)
    assert len(found) == 1
    assert found[0, 0] == pytest.approx(0.5, abs=0.004)
    assert found[0, 1] == pytest.approx(0.51, abs=0.004)


def test_a_burst_that_is_softer_or_in_the_recording_too_is_none():
    assert len(find_bursts(with_noise(TONE, 0.5, 0.01, -55), RATE, TONE, RATE)) == 0
    assert len(find_bursts(with_noise(TONE, 0.5, 0.01, -30), RATE, with_noise(TONE, 0.495, 0.01, -25), RATE)) == 0


def test_bursts_at_another_rate_than_that_of_the_recording_are_compared_in_time():
    recorded = scipy.signal.resample_poly(with_noise(TONE, 1.5, 0.02, -25), 147, 160)
    assert len(find_bursts(with_noise(TONE, 1.5, 0.01, -30), RATE, recorded, 44_100)) == 0
    assert len(find_bursts(with_noise(TONE, 0.5, 0.01, -30), RATE, recorded, 44_100)) == 1


@pytest.mark.parametrize(("seconds", "decibels", "count"), [(0.05, 20, 1), (0.05, 8, 0), (0.2, 30, 0), (0.012, 3, 0)])
def test_a_hole_is_a_short_and_deep_fall(seconds, decibels, count):
    assert len(find_holes(with_hole(TONE, 0.5, seconds, decibels), RATE, TONE, RATE)) == count


def test_a_hole_of_the_recording_itself_or_in_its_silence_is_none():
    holed = with_hole(TONE, 0.5, 0.05, 20)
    assert len(find_holes(holed, RATE, with_hole(TONE, 0.505, 0.05, 15), RATE)) == 0
    assert len(find_holes(holed, RATE, np.where(TIME > 1, TONE, 0.0), RATE)) == 0


def test_the_level_below_a_frequency_is_that_of_what_is_there():
    low = 0.002 * np.sin(2 * np.pi * 60 * TIME)
    assert level_below(TONE + low, RATE, 180) == pytest.approx(-40, abs=1)
    assert (
        level_below(np.hanning(len(TONE)) * TONE, RATE, 180) < -55
    )  # where it begins and ends it has all frequencies
