"""Replacing the chain of a host, through the callback that a device calls."""

import ctypes
import gc
import weakref

import numpy as np
import pytest

from engine.block import FADE_SECONDS, MAX_SLOTS
from engine.host import Host
from engine.plugin import MAX_BLOCK_FRAMES
from engine.portaudio_callback import callback
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Signal


def swapped(old, new, block, before=1000, after=4000):
    host = Host(RATE)
    host.play([Signal(old)])
    first = render(host, before, block)
    host.play([Signal(new)])
    return np.concatenate([first, render(host, after, block)], axis=1)[0]


@pytest.mark.parametrize("block", [1, 64, 1000, 4096])
def test_a_new_chain_replaces_the_old_without_a_click(block):
    heard = swapped(0.5, -0.3, block)
    length = round(FADE_SECONDS * RATE)
    x = np.clip((np.arange(5000) - 1000) / length, 0, 1)
    np.testing.assert_allclose(heard, 0.5 - 0.8 * x * x * (3 - 2 * x), atol=1e-6)
    assert np.abs(np.diff(heard)).max() <= 1.5 * 0.8 / length + 1e-6


def test_the_first_chain_starts_at_once():
    host = Host(RATE)
    host.play([Signal(0.5)])
    np.testing.assert_array_equal(render(host, 10), 0.5)


def test_chains_replaced_faster_than_they_fade_end_with_the_last():
    host = Host(RATE)
    for level in (0.1, 0.2, 0.3, 0.4):
        host.play([Signal(level)])
        render(host, 100)
    assert render(host, 4000)[0, -1] == np.float32(0.4)


def test_an_old_chain_is_kept_alive_while_it_may_sound_and_freed_after():
    host = Host(RATE)
    old = Signal(0.1)
    there = weakref.ref(old)
    host.play([old])
    render(host, 10)
    host.play([Signal(0.2)])
    del old
    gc.collect()
    assert there() is not None
    render(host, 4000)
    host.play([Signal(0.3)])
    gc.collect()
    assert there() is None


def test_an_invalid_chain_is_refused():
    host, plugin = Host(RATE), Signal(0.1)
    host.play([plugin])
    with pytest.raises(ValueError, match="make a new one"):
        host.play([plugin])
    with pytest.raises(ValueError, match="twice"):
        host.play([one := Signal(0.1), one])
    with pytest.raises(ValueError, match=f"at most {MAX_SLOTS}"):
        host.play([Signal(0.1) for _ in range(MAX_SLOTS + 1)])


@pytest.mark.parametrize("inputs", [0, 1, 2])
@pytest.mark.parametrize("frames", [100, MAX_BLOCK_FRAMES + 100])
def test_a_chain_that_listens_receives_the_microphone(random, inputs, frames):
    host, through = Host(RATE), Signal(0.0)
    through.listens = True
    host.play([through])
    host.memory["inputs"] = inputs
    heard = random.uniform(-1, 1, (frames, max(inputs, 1))).astype(np.float32)
    out = np.zeros((frames, 2), np.float32)
    pointers = [ctypes.cast(array.ctypes.data, ctypes.POINTER(ctypes.c_float)) for array in (heard, out)]
    callback.ctypes(*pointers, frames, None, 0, host.memory.ctypes.data)
    np.testing.assert_array_equal(out, np.broadcast_to(heard, (frames, 2)) if inputs else np.zeros((frames, 2)))


def test_the_voices_of_a_chain_are_those_of_the_plugins_that_count_theirs():
    class Counted(Signal):
        voices = 0

    host, one, other = Host(RATE), Counted(0.1), Counted(0.1)
    one.voices, other.voices = 3, 4
    host.play([one, Signal(0.1), other])
    assert host.meters().voices == 7


def test_a_chain_that_does_not_listen_never_receives_the_microphone_during_a_fade():
    host, deaf, keen = Host(RATE), Signal(0.0), Signal(0.0)
    keen.listens = True
    host.memory["inputs"] = 2
    microphone, out = np.full((256, 2), 0.5, np.float32), np.zeros((256, 2), np.float32)
    pointers = [ctypes.cast(array.ctypes.data, ctypes.POINTER(ctypes.c_float)) for array in (microphone, out)]
    for row, first in ((deaf, 0.0), (keen, 0.0)):
        host.play([row])
        callback.ctypes(*pointers, 256, None, 0, host.memory.ctypes.data)
        assert out[0, 0] == first
    assert 0 < out[-1, 0] < 0.3
