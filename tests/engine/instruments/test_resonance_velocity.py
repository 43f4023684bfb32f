"""Velocity of a resonance instrument."""

from dataclasses import replace

import numpy as np
import pytest

from engine.host import Host
from engine.instruments.resonance.instrument import Resonance
from tests.engine.instruments.resonance_player import LEARNED, level, playing, preset, ringing, strike
from tests.support.host_callback import render


def host_of(tensors, **what):
    """A host that plays the preset with some tensors changed."""
    plain = preset(**what)
    changed = {name: np.array(value, np.float32) for name, value in tensors.items()}
    host = Host(LEARNED)
    host.play([Resonance(replace(plain, tensors={**plain.tensors, **changed}))])
    return host


def high_against_low(sound):
    """How much of a sound is its highest mode, beside its lowest: dB."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), LEARNED))
    return 20 * np.log10(spectrum[2970:3005].max() / spectrum[215:225].max())


def test_modes_that_almost_coincide_do_not_cancel_between_two_dynamics():
    def struck(velocity):
        frequency = np.array([[[[440.0, 440.5]], [[440.2, 440.6]]]])
        amplitude = np.array([[[[0.02, 0.001]], [[0.04, 0.04]]]])
        phase = np.array([[[[0.0, 3.1]], [[0.0, 0.4]]]])
        tensors = {"frequency": frequency, "decay": np.full((1, 2, 1, 2), 3.0), "amplitude": amplitude}
        host = host_of({**tensors, "phase": phase, "place": np.zeros((1, 1, 2))}, layers=2)
        strike(host, velocity=velocity)
        return render(host, LEARNED)[0]

    soft, loud = level(struck(0.25)), level(struck(1.0))
    for share in (0.3, 0.49, 0.51, 0.7):
        between = struck(0.25 + 0.75 * share)
        assert level(between) == pytest.approx((1 - share) * soft + share * loud, abs=1.5)
        assert level(between[:2048]) - level(between) == pytest.approx(level(struck(1.0)[:2048]) - loud, abs=2)


@pytest.mark.parametrize("control", [False, True])
def test_a_note_is_the_brighter_the_harder_it_is_struck(control):
    brightness = []
    for velocity in (0.2, 0.5, 0.8, 1.0):
        host, _ = playing(control=control)
        strike(host, velocity=velocity)
        brightness.append(high_against_low(render(host, 2048)[0]))
    assert np.diff(brightness).min() > 0.5


def test_as_learned_a_soft_strike_is_low_passed():
    host, _ = playing(control=True)
    strike(host, velocity=0.4)
    pole = 1 - np.exp(-2 * np.pi * 1000 / LEARNED)
    blow = 0.5 * pole * (1 - pole) ** np.arange(512)
    blow[0] += 0.5
    expected = 0.4 * 0.25 * np.convolve(ringing(4096), blow)[:4096]
    np.testing.assert_allclose(render(host, 4096)[0], expected, atol=2e-6)
