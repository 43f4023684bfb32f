"""Clips that are heard beside the chain."""

import numpy as np
import pytest

from engine.effects.audition import FADE_SECONDS, SLOTS, Audition
from engine.standard_chain import StandardChain
from tests.support.host_callback import RATE, render


def test_a_clip_is_heard_once_at_the_rate_of_the_device(random):
    host = StandardChain(RATE)
    sound = random.uniform(-0.3, 0.3, (2, 4000)).astype(np.float32)
    host.play_sound(sound)
    heard = render(host, 6000)
    soft = round(FADE_SECONDS * RATE)
    np.testing.assert_allclose(heard[:, soft : 4000 - soft], sound[:, soft : 4000 - soft], atol=1e-6)
    assert not heard[:, 4000:].any()
    assert not host.audition.playing
    time = np.arange(2000) / 16_000
    host.play_sound(0.3 * np.sin(2 * np.pi * 440 * time), 16_000)
    heard = render(host, 7000)
    wanted = 0.3 * np.sin(2 * np.pi * 440 * np.arange(6000) / RATE)
    np.testing.assert_allclose(heard[0, 1000:5000], wanted[1000:5000], atol=1e-3)


@pytest.mark.parametrize("block", [1, 37, 4096])
def test_a_clip_that_is_replaced_or_stopped_fades(block):
    host = StandardChain(RATE)
    host.play_sound(np.full((1, RATE), 0.5))
    render(host, 2000)
    host.play_sound(np.full((1, 3000), -0.5))
    heard = render(host, 2000, block)
    assert np.abs(np.diff(heard)).max() < 1.1 * 0.5 / (FADE_SECONDS * RATE)
    assert heard[0, 1500] == pytest.approx(-0.5)
    host.play_sound(None)
    heard = render(host, 2000, block)
    assert np.abs(np.diff(heard)).max() < 1.1 * 0.5 / (FADE_SECONDS * RATE)
    assert not heard[:, round(1.1 * FADE_SECONDS * RATE) :].any()
    assert not host.audition.playing


def test_an_invalid_sound_is_refused():
    clip = Audition()
    for sound in (np.zeros((3, 10)), np.zeros((1, 0)), np.full((1, 10), np.nan), np.zeros((1, 100 * RATE))):
        with pytest.raises(ValueError, match=r"cannot be played|damaged"):
            clip.load(sound, RATE)
    assert clip.load(None, RATE) == -1
    assert max(clip.load(np.zeros((1, 10)), RATE) for _ in range(3 * SLOTS)) == SLOTS - 1
