"""Voices of a resonance instrument: bend, vibrato, control plane, chokes."""

import numpy as np
import pytest

from engine.events import Kind
from tests.engine.instruments.resonance_player import cents_from, playing, ringing, strike
from tests.support.host_callback import render


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("semitones", [0.0, 2.0, -1.37])
def test_a_bend_moves_the_pitch(rate, semitones):
    host, _ = playing(rate=rate)
    strike(host)
    host.send(Kind.BEND, value=semitones)
    heard = render(host, rate)[0, rate // 4 :]
    assert abs(cents_from(heard, rate, 220 * 2 ** (semitones / 12))) < 1


def test_the_modulation_wheel_adds_vibrato():
    host, instrument = playing(rate=48_000)
    host.set_param(instrument, "vibrato", 100)
    host.set_param(instrument, "speed", 2)
    host.send(Kind.MODULATION, value=1.0)
    strike(host)
    heard = render(host, 48_000)[0]
    crossings = np.flatnonzero((heard[:-1] < 0) & (heard[1:] >= 0))
    early, late = (
        np.diff(crossings[crossings < 10_000]),
        np.diff(crossings[(crossings > 14_000) & (crossings < 22_000)]),
    )
    assert np.median(early) < 48_000 / 224 < 48_000 / 216 < np.median(late)


def test_as_learned_a_control_goes_through_the_router():
    host, _ = playing(control=True)
    host.send(Kind.CONTROL, 0, 0.5, frame=100)
    host.send(Kind.CONTROL, 1, 0.4, frame=100)
    host.send(Kind.CONTROL, 1, 2.0, frame=700)
    expected = np.zeros(4096)
    expected[100:] += 0.3 * ringing(3996)
    expected[700:] -= ringing(3396)
    np.testing.assert_allclose(render(host, 4096)[0], expected, atol=2e-6)


def test_as_learned_a_key_excites_the_dimensions_of_its_map():
    host, _ = playing(control=True)
    strike(host, 60, 0.8)
    np.testing.assert_allclose(render(host, 4096)[0], 0.8 * 0.25 * ringing(4096), atol=2e-6)


def test_what_was_choked_as_learned_sounds_again():
    host, _ = playing(control=True)
    host.send(Kind.CONTROL, 0, 1.0)
    host.send(Kind.CHOKE, frame=100)
    render(host, 8192)
    host.send(Kind.CONTROL, 0, 1.0, frame=8192)
    np.testing.assert_allclose(render(host, 2048)[0], ringing(2048), atol=2e-6)


def test_a_broken_voice_is_cleared():
    host, instrument = playing(rate=48_000)
    strike(host)
    render(host, 128)
    instrument._arrays["banks"][:, 0, 0] = np.nan
    render(host, 128)
    strike(host)
    assert np.isfinite(render(host, 4096)).all()


def test_changing_how_keys_play_ends_what_sounds_and_goes_on():
    host, instrument = playing(control=True)
    host.send(Kind.CONTROL, 0, 1.0)
    render(host, 512)
    host.set_param(instrument, "play", 1)
    render(host, 4096)
    strike(host, 57, frame=host.frame)
    np.testing.assert_allclose(render(host, 2048)[0], ringing(2048), atol=2e-6)
    host.set_param(instrument, "play", 0)
    render(host, 4096)
    host.send(Kind.CONTROL, 0, 1.0, frame=host.frame)
    np.testing.assert_allclose(render(host, 2048)[0], ringing(2048), atol=2e-6)
