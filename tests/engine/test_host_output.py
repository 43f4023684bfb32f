"""The host: rates, channels and meters, through the callback that a device calls."""

import ctypes

import numpy as np
import pytest

from engine.host import Host
from engine.portaudio_callback import callback
from engine.standard_chain import StandardChain
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Organ, Signal


def test_the_rate_changes_for_every_plugin_but_not_while_a_device_plays():
    host, organ = StandardChain(RATE), Organ()
    host.play([organ])
    host.prepare(96_000)
    assert organ.state["cycle"][0] == np.float32(8.1758 / 96_000)
    assert host.rate == 96_000
    host.running = lambda: True
    with pytest.raises(RuntimeError, match="while a device plays"):
        host.prepare(RATE)


def test_the_meters_show_what_goes_to_the_speaker():
    time = np.arange(RATE // 2)
    audio = np.stack([0.5 * np.sin(2 * np.pi * 100 * time / RATE), 0.25 * np.sin(2 * np.pi * 100 * time / RATE)])
    host = Host(RATE)
    host.play([Signal(audio.astype(np.float32))])
    render(host, RATE // 2, 480)
    meters = host.meters()
    np.testing.assert_allclose(meters.peak, (0.5, 0.25), rtol=1e-3)
    settled = np.sqrt(0.5 * (1 - (1 - 0.01 / 0.3) ** 50))
    np.testing.assert_allclose(meters.rms, (0.5 * settled, 0.25 * settled), rtol=1e-3)
    assert meters.clipped == meters.xruns == meters.lost == 0
    assert meters.blocks == 50
    assert meters.load > 0
    assert meters.load <= meters.max_load


def test_clipped_blocks_and_under_runs_are_counted_until_reset():
    host = Host(RATE)
    host.play([Signal(1.5)])
    render(host, 640, 128)
    block = (ctypes.c_float * 128)()
    callback.ctypes(None, block, 64, None, 4, host.memory.ctypes.data)
    assert (host.meters().clipped, host.meters().xruns) == (6, 1)
    host.reset_meters()
    assert (host.meters().clipped, host.meters().xruns, host.meters().max_load) == (0, 0, 0)


def test_a_device_of_one_channel_gets_the_mean_of_both():
    host = Host(RATE)
    host.play([Signal(np.stack([np.full(64, 0.5), np.full(64, 0.25)]).astype(np.float32))])
    host.memory["outputs"] = 1
    out = (ctypes.c_float * 64)()
    callback.ctypes(None, out, 64, None, 0, host.memory.ctypes.data)
    assert list(out) == [0.375] * 64


def test_denormals_are_flushed_inside_the_callback_and_kept_outside():
    host = Host(RATE)
    host.play([Signal(1e-40)])
    assert not render(host, 64).any()
    assert np.float32(1e-40) * np.float32(1) > 0


def test_samples_that_the_limiter_limits_count_as_clipped():
    host = StandardChain(RATE)
    host.play([Signal(2.0)])
    render(host, 1024)
    assert host.meters().clipped > 900
    host.reset_meters()
    assert host.meters().clipped == 0
