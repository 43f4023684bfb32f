"""Ten seconds of a whole host are the same for every block size of the device."""

import numpy as np
import pytest

from engine.instruments.resonance.instrument import Resonance
from engine.standard_chain import StandardChain
from tests.engine.instruments.resonance_player import preset
from tests.support.host_callback import RATE, render

SECONDS = 10
NOTES = 20


def play(block):
    """Twenty notes with bends, pedal, wheel and volume, by MIDI, through the callback of the device."""
    host = StandardChain(RATE)
    what = preset(layers=2, variants=2, hiss=0.1, envelope=0.02, knock=np.full(50, 0.01), gain=0.7)
    host.play([Resonance(what)])
    messages = [(1000, 0xB0, 64, 127), (90_001, 0xB0, 1, 100), (200_017, 0xB0, 64, 0), (300_003, 0xB0, 7, 60)]
    for i in range(NOTES):
        at = 23_011 * i
        messages += [(at, 0x90, 45 + i, 40 + 4 * i), (at + 30_000, 0x80, 45 + i, 0)]
        messages += [(at + 2001 * j, 0xE0, 0, (40 * i + 23 * j) % 128) for j in range(10)]
    for frame, status, first, second in sorted(messages):
        host.midi(status, first, second, frame=frame)
    return render(host, SECONDS * RATE, block)


@pytest.fixture(scope="module")
def whole():
    return play(4096)


def test_the_sound_is_not_silent_at_the_end(whole):
    assert np.abs(whole.reshape(2, SECONDS, RATE)).max(axis=(0, 2)).min() > 0.001


@pytest.mark.parametrize("block", [1, 7, 64, 128, [3, 500, 64, 1, 128, 77, 4096, 1023]], ids=str)
def test_the_block_size_does_not_change_the_sound(whole, block):
    np.testing.assert_allclose(play(block), whole, rtol=0, atol=1e-6)
