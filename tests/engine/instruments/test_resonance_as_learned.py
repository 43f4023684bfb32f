"""Keys that play the learned control signal instead of notes."""

import numpy as np

from engine.events import Kind
from tests.engine.instruments.resonance_player import playing, ringing, strike
from tests.support.host_callback import render


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
