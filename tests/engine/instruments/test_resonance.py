"""The sound of a resonance against its closed form: rates, attacks, velocities, variants, stereo."""

import numpy as np
import pytest

from engine.events import Kind
from engine.host import Host
from engine.instruments.resonance.excitation_tables import LOUDNESS_DECAY
from engine.instruments.resonance.instrument import Resonance
from tests.engine.instruments.resonance_player import (
    AMPLITUDE,
    DECAY,
    FREQUENCY,
    LEARNED,
    PHASE,
    level,
    playing,
    preset,
    ringing,
    strike,
)
from tests.support.host_callback import render


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize(("key", "ratio"), [(57, 1.0), (64, 2 ** (7 / 12)), (45, 0.5)])
def test_a_note_is_its_closed_form_at_any_rate(rate, key, ratio):
    host, _ = playing(rate=rate)
    strike(host, key)
    heard = render(host, rate // 2)
    np.testing.assert_allclose(heard[0], ringing(rate // 2, ratio, rate), atol=2e-6)
    np.testing.assert_array_equal(heard[0], heard[1])


def test_what_is_heard_directly_is_added_to_the_modes():
    knock = np.random.default_rng(0).normal(0, 0.1, 300)
    host, _ = playing(knock=knock)
    strike(host)
    expected = ringing(4096)
    expected[:300] += knock
    np.testing.assert_allclose(render(host, 4096)[0], expected, atol=2e-6)


def test_a_long_strike_is_convolved_with_the_modes():
    excitation = np.random.default_rng(1).normal(0, 0.3, 100)
    host, _ = playing(strike=excitation)
    strike(host)
    np.testing.assert_allclose(render(host, 4096)[0], np.convolve(ringing(4096), excitation)[:4096], atol=5e-6)


def test_the_gain_saturates_the_sum_by_tanh():
    host, _ = playing(gain=6.0)
    strike(host)
    np.testing.assert_allclose(render(host, 4096)[0], np.tanh(6 * ringing(4096)), atol=1e-5)


def test_noise_is_the_table_times_its_envelope():
    host, instrument = playing(hiss=0.5, attack=1000)
    host.set_param(instrument, "variation", 0)
    strike(host)
    noise = np.random.default_rng(1).uniform(-1, 1, 1 << 16).astype(np.float32)
    expected = ringing(4096)
    expected[:1000] += 0.5 * noise[:1000]
    np.testing.assert_allclose(render(host, 4096)[0], expected, atol=2e-6)


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_the_level_of_noisy_strikes_is_that_at_the_learned_rate(rate):
    def mean_level(rate):
        host, _ = playing(rate=rate, strike=(0.0,), envelope=1.0, hiss=0.05, attack=1500)
        apart = rate // 4
        for i in range(64):
            strike(host, frame=i * apart)
        return np.mean([level(part) for part in render(host, 64 * apart)[0].reshape(64, apart)])

    assert abs(mean_level(rate) - mean_level(LEARNED)) < 0.5


def test_the_seed_decides_the_noise():
    def play(seed):
        host, _ = playing(hiss=0.5, seed=seed)
        strike(host)
        return render(host, 256)

    np.testing.assert_array_equal(play(3), play(3))
    assert np.abs(play(3) - play(4)).max() > 0.1


def test_velocity_goes_from_layer_to_layer():
    def play(velocity):
        host, _ = playing(layers=3)
        strike(host, velocity=velocity)
        return render(host, 2048)[0]

    time = np.arange(2048)[:, None] / LEARNED
    turning = np.cos(2 * np.pi * FREQUENCY * time + PHASE)

    def energy(doublings):
        return (AMPLITUDE**2 * 4.0**doublings / (DECAY * 2.0**doublings + LOUDNESS_DECAY)).sum()

    for velocity, doublings in ((0.25, 0), (0.625, 1), (1.0, 2), (0.25 + 0.375 / 2, 0.5)):
        loud = 2.0**doublings
        low, high = energy(np.floor(doublings)), energy(np.ceil(doublings))
        even = np.sqrt(np.sqrt(low * high) / energy(doublings))
        expected = (even * AMPLITUDE * loud * np.exp(-DECAY * loud * time) * turning).sum(1)
        np.testing.assert_allclose(play(velocity), expected, atol=2e-5)


def test_softer_than_recorded_is_softer_and_duller():
    def spectrum(velocity):
        host, _ = playing()
        strike(host, velocity=velocity)
        return np.abs(np.fft.rfft(render(host, LEARNED)[0]))

    soft, loud = spectrum(0.2), spectrum(0.8)
    assert soft[220] < 0.5 * loud[220]
    assert soft[2987] / soft[220] < 0.7 * loud[2987] / loud[220]


def mistuned(frames):
    """The second variant of `preset`."""
    time = np.arange(frames)[:, None] / LEARNED
    turning = np.exp(-DECAY * time) * np.cos(2 * np.pi * 1.07 * FREQUENCY * time + PHASE)
    return (AMPLITUDE * turning).sum(1)


def test_variants_are_cross_faded_by_the_softmax_of_their_logits():
    host, _ = playing(variants=2)
    strike(host)
    heard = render(host, 4096)[0]
    weights = np.exp([1.0, 0.0]) / np.exp([1.0, 0.0]).sum()
    expected = weights[0] * ringing(4096) + weights[1] * mistuned(4096)
    np.testing.assert_allclose(heard, expected, atol=2e-6)


def test_a_deformation_ramps_from_middle_to_middle():
    host, _ = playing(variants=2)
    strike(host)
    host.send(Kind.DEFORM, 1, 3.0, frame=1000)
    heard = render(host, 4096)[0]
    start, end = (np.exp(x) / np.exp(x).sum() for x in (np.array([1.0, 0.0]), np.array([1.0, 3.0])))
    share = np.clip((np.arange(4096) - 1000 + 0.5) / 128, 0, 1)
    share[:1000] = 0
    first = start[0] + share * (end[0] - start[0])
    np.testing.assert_allclose(heard, first * ringing(4096) + (1 - first) * mistuned(4096), atol=2e-6)


def test_place_is_the_stereo_position_of_a_mode():
    what = preset()
    what.tensors["place"][0, 0] = [-1, 1, 0, 0.5, 0]
    host = Host(LEARNED)
    host.play([Resonance(what)])
    strike(host)
    left, right = np.abs(np.fft.rfft(render(host, LEARNED)))
    assert left[441] < 0.05 * right[441]
    assert right[220] < 0.05 * left[220]
    assert right[1109] / left[1109] == pytest.approx(np.tan(3 * np.pi / 8), rel=0.05)
