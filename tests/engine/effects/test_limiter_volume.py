"""The limiter and the master volume."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.effects.limiter import CEILING, RELEASE_SECONDS, Limiter
from engine.effects.volume import SMOOTHING_SECONDS, Volume
from engine.events import Kind
from engine.host import Host
from engine.standard_chain import StandardChain
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Signal


def through(plugin, audio, block=128):
    """What becomes of audio (2, T) in one effect."""
    host = Host(RATE)
    host.play([Signal(audio), plugin])
    return render(host, audio.shape[1], block)


def test_what_is_not_too_loud_passes_unchanged(random):
    audio = random.uniform(-CEILING, CEILING, (2, 5000)).astype(np.float32)
    limiter = Limiter()
    np.testing.assert_array_equal(through(limiter, audio), audio)
    assert limiter.limited == limiter.non_finite == 0


@settings(max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1), size=st.floats(-3, 38), bad=st.floats(0, 0.5), block=st.sampled_from([1, 64, 500])
)
def test_no_sample_is_above_the_ceiling_or_not_finite(seed, size, bad, block):
    random = np.random.default_rng(seed)
    audio = (10**size * random.uniform(-1, 1, (2, 500))).astype(np.float32)
    audio[random.random(audio.shape) < bad] = random.choice([np.nan, np.inf, -np.inf])
    limiter = Limiter()
    out = through(limiter, audio, block)
    assert np.isfinite(out).all()
    assert np.abs(out).max() <= CEILING * (1 + 2**-22)
    assert limiter.non_finite == (~np.isfinite(audio)).any(0).sum()


def test_both_sides_are_turned_down_alike(random):
    audio = random.uniform(-4, 4, (2, 2000)).astype(np.float32)
    out = through(Limiter(), audio)
    np.testing.assert_allclose(out[0] * audio[1], out[1] * audio[0], rtol=1e-5)


def test_the_gain_recovers_exponentially():
    audio = np.full((2, RATE // 4), 0.1, np.float32)
    audio[0, 0] = 10 * CEILING
    gain = through(Limiter(), audio)[1] / np.float32(0.1)
    time = np.arange(RATE // 4)
    np.testing.assert_allclose(gain, 1 - 0.9 * np.exp(-time / (RELEASE_SECONDS * RATE)), atol=1e-4)


def test_the_volume_at_0_db_changes_nothing(random):
    audio = random.uniform(-1, 1, (2, 1000)).astype(np.float32)
    np.testing.assert_array_equal(through(Volume(), audio), audio)


@pytest.mark.parametrize("rate", [44_100, 96_000])
@pytest.mark.parametrize(("level", "gain"), [(-6.0, 10 ** (-6 / 20)), (-60.0, 0.0), (-59.0, 10 ** (-59 / 20))])
def test_the_volume_glides_to_its_level(rate, level, gain):
    host, volume = Host(rate), Volume()
    host.play([Signal(1.0), volume])
    host.set_param(volume, "level", level)
    audio = render(host, rate // 10)
    time = np.arange(1, rate // 10 + 1) / rate
    np.testing.assert_allclose(audio[0], gain + (1 - gain) * np.exp(-time / SMOOTHING_SECONDS), atol=1e-4)


def test_the_volume_never_makes_anything_louder():
    host, volume = Host(RATE), Volume()
    host.play([Signal(0.5), volume])
    host.send(Kind.PARAM, 0, 20.0, target=volume)
    assert render(host, 1000).max() == 0.5


def test_the_output_of_a_standard_chain_is_limited_whatever_its_chain_gives():
    host, audio = StandardChain(RATE), np.full((2, 3000), 1e30, np.float32)
    audio[:, ::7] = np.nan
    host.play([Signal(audio)])
    out = render(host, 3000)
    assert np.isfinite(out).all()
    assert np.abs(out).max() <= 1
    assert host.limiter.non_finite == len(range(0, 3000, 7))
