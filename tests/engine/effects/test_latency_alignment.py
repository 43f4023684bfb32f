"""Two instruments of different latencies sound together: the earlier one is delayed."""

import numpy as np
import pytest

from engine.effects.latency_alignment import CROSSFADE_SECONDS, MAX_SECONDS, LatencyAlignment
from engine.effects.send_return import BusSend
from engine.host import Host
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Signal

FADE = round(CROSSFADE_SECONDS * RATE)
FRAMES = 6000


class Late(Signal):
    """A signal that tells a latency; it is added as it is given."""

    has_latency, is_instrument = True, True

    def __init__(self, audio, latency):
        super().__init__(audio)
        self.latency = latency


def late(sound, frames):
    """A sound (2, T) so many frames later."""
    return np.concatenate([np.zeros((2, frames), np.float32), sound], axis=1)[:, : sound.shape[1]]


def play(first, second):
    """A host that plays two instruments with an alignment, and this."""
    host, send = Host(RATE), BusSend()
    alignment = LatencyAlignment(send, first, second)
    host.play([first, send, second, alignment])
    return host, alignment


def noise(random):
    return (0.1 * random.standard_normal((2, FRAMES))).astype(np.float32)


@pytest.mark.parametrize("latencies", [(0, 0), (64, 0), (0, 64), (100, 1000), (1, 0), (0, 3 * RATE)])
def test_the_earlier_one_is_delayed_to_the_sample(random, latencies):
    first, second = noise(random), noise(random)
    host, alignment = play(Late(first, latencies[0]), Late(second, latencies[1]))
    delays = tuple(max(latencies) - each for each in latencies)
    expected = late(first, delays[0]) + late(second, delays[1])
    np.testing.assert_array_equal(render(host, FRAMES, [128, 1, 4096, 300]), expected)
    assert alignment.delays == delays
    assert host.latency == max(latencies)


def test_a_latency_that_changes_while_it_plays_is_followed_without_a_gap(random):
    first, second = noise(random), noise(random)
    plugins = Late(first, 0), Late(second, 300)
    host, _ = play(*plugins)
    before = render(host, 1000)
    plugins[1].latency, plugins[0].latency = 0, 500
    host.poll()
    after = render(host, FRAMES - 1000)
    np.testing.assert_array_equal(before, late(first, 300)[:, :1000] + second[:, :1000])
    np.testing.assert_array_equal(after[:, FADE:], (first + late(second, 500))[:, 1000 + FADE :])
    share = 1 - np.arange(FADE) / FADE
    crossfaded = share * late(first, 300)[:, 1000 : 1000 + FADE] + (1 - share) * first[:, 1000 : 1000 + FADE]
    crossfaded += share * second[:, 1000 : 1000 + FADE] + (1 - share) * late(second, 500)[:, 1000 : 1000 + FADE]
    np.testing.assert_allclose(after[:, :FADE], crossfaded, atol=1e-6)


def test_it_joins_a_sound_and_leaves_it_without_a_click():
    steady = np.ones((2, FRAMES), np.float32)
    first, second, send = Late(steady, 0), Late(0 * steady, 700), BusSend()
    host, alignment = Host(RATE), LatencyAlignment(send, first, second)
    host.play([first])
    render(host, 1000)
    alignment.fade_in()
    host.edit_chain([first, send, second, alignment])
    np.testing.assert_allclose(render(host, 2000, [64, 300]), 1, atol=1e-6)
    assert (alignment.delays, alignment.state["delay"][0, 0]) == ((700, 0), 700)
    assert alignment.fade_out()
    np.testing.assert_allclose(render(host, FADE), 1, atol=1e-6)
    assert alignment.state["delay"][0, 0] == 0
    host.edit_chain([first])
    np.testing.assert_array_equal(render(host, 500), 1)


def test_a_difference_that_grows_beyond_the_line_is_limited_and_a_new_rate_makes_a_longer_one(random):
    plugins = Late(noise(random), 0), Late(noise(random), 64)
    host, alignment = play(*plugins)
    plugins[1].latency = 100 * RATE
    host.poll()
    assert MAX_SECONDS * RATE < alignment.delays[0] < 100 * RATE
    render(host, FRAMES)
    host.prepare(2 * RATE)
    assert alignment.delays == (100 * RATE, 0)


def test_a_reset_silences_it():
    host, alignment = play(Late(np.ones((2, 500), np.float32), 0), Late(0.0, 300))
    render(host, 500)
    alignment.reset()
    assert not render(host, 1000).any()
