"""Exported plugins in Luthier's own host: they sound as the instruments that they were made of."""

import numpy as np
import pytest

from engine.effects.limiter import Limiter
from engine.effects.volume import Volume
from engine.foreign import load
from engine.host import Host
from engine.instrument_chain import make_chain
from engine.midi.interpreter import Interpreter
from tests.support.foreign.block_thread import BLOCKS, play_with_lock_held
from tests.support.host_callback import RATE, render

FRAMES = 2 * RATE
WHEEL, TOUCH, MODULATION = 0xE0, 0xD0, 0xB0


def played(chain, random, block, tail=()):
    """Two seconds of keys, and of what a plugin takes as MIDI: wheel, touch and modulation."""
    head = Interpreter()
    host = Host(RATE, [head], tail)
    host.play(chain)
    head.set_map(chain)
    for frame in sorted(random.integers(0, FRAMES - RATE // 4, 40).tolist()):
        key = int(random.integers(40, 90))
        host.midi(0x90, key, int(random.integers(1, 128)), frame=frame)
        host.midi(0x80, key, 0, frame=frame + 1 + int(random.integers(0, 100)))
        status = int(random.choice([WHEEL, TOUCH]))
        host.midi(status, int(random.integers(0, 128)), int(random.integers(0, 128)), frame=frame + 101)
        host.midi(MODULATION, 1, int(random.integers(0, 128)), frame=frame + 102)
    return render(host, FRAMES, block)


@pytest.mark.parametrize("name", ["celesta", "violin", "sugarplum"])
@pytest.mark.parametrize("block", [128, [1, 64, 4096, 300]], ids=str)
def test_an_exported_instrument_sounds_as_itself_bit_for_bit(make_plugin, name, block):
    plugin = load(make_plugin(name))
    hosted = played([plugin], np.random.default_rng(5), block)
    plugin.close()
    assert np.abs(hosted).max() > 0.01
    tail = [Limiter(), Volume()]  # a plugin has them as well
    np.testing.assert_array_equal(hosted, played(make_chain(name), np.random.default_rng(5), block, tail))


def test_the_gil_is_never_asked_for_while_an_exported_instrument_plays(make_plugin, tmp_path):
    plugin, host = load(make_plugin("celesta")), Host(RATE, head=[Interpreter()])
    host.play([plugin])
    for frame in range(0, 40_000, 1000):
        host.midi(0x90, 40 + frame // 1000, 100, frame=frame)
    assert play_with_lock_held(host, tmp_path) == BLOCKS
    plugin.close()
