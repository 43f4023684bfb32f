"""Ten thousand random MIDI messages at full speed, then controllers reset and keys up: silence, and no crash."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.events import Kind
from engine.instruments import make
from engine.midi.midi_score import Score
from engine.render import render
from engine.standard_chain import StandardChain
from tests.support import events_preset, ssm_preset
from tests.support.host_callback import RATE
from tests.support.host_callback import render as call
from tests.support.resonance_preset import small_preset
from tests.support.simple_plugins import Organ

MESSAGES = 10_000
QUIET = 10 ** (-90 / 20)


def flood(random, count=MESSAGES):
    """Half of them valid, half any 24 bits, at every other frame; then 121 and 123 on every channel."""
    status, first, second = (random.integers(low, high, count) for low, high in ((0x80, 0xF0), (0, 128), (0, 128)))
    valid = status | first << 8 | second << 16
    messages = np.where(random.random(count) < 0.5, valid, random.integers(0, 1 << 24, count))
    last = [0xB0 | channel | controller << 8 for controller in (121, 123) for channel in range(16)]
    times = np.concatenate([np.sort(random.uniform(0, 0.3, count)), np.full(len(last), 0.3)])
    return Score(times, np.concatenate([messages, last]).astype(np.int32))


def instruments():
    made = {name: make(kind.preset()) for name, kind in (("ssm", ssm_preset), ("events", events_preset))}
    return {"organ": Organ(), "resonance": make(small_preset()), **made}


@pytest.mark.parametrize("name", ["organ", "resonance", "ssm", "events"])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_flood_ends_in_silence(name, seed):
    host = StandardChain(RATE, channels=range(1, 17))
    host.play([instruments()[name]])
    audio = render(host, flood(np.random.default_rng(seed)), seconds=0.5, block=64)
    rest = render(host, seconds=6.0, block=4096)
    assert np.isfinite(audio).all()
    assert np.abs(audio).max() > QUIET
    assert np.abs(rest[:, -RATE // 4 :]).max() < QUIET
    assert host.limiter.non_finite == 0
    assert host.interpreter.malformed > MESSAGES // 4
    assert not host.interpreter.state["notes"]["down"].any()


def test_a_flood_in_one_block_ends_in_silence():
    host = StandardChain(RATE)
    host.play([Organ()])
    for message in flood(np.random.default_rng(3), 3000).messages:
        assert host.send(Kind.MIDI, int(message))
    assert np.isfinite(call(host, 4096, 4096)).all()
    assert np.abs(call(host, 3 * RATE, 4096)[:, -1000:]).max() < QUIET


@settings(max_examples=8)
@given(seed=st.integers(0, 2**32 - 1), block=st.sampled_from([1, 64, [300, 5, 4096]]))
def test_any_flood_ends_in_silence(seed, block):
    host = StandardChain(RATE)
    host.play([Organ()])
    render(host, flood(np.random.default_rng(seed), 2000), seconds=0.35, block=block)
    assert np.abs(render(host, seconds=1.0, block=4096)[:, -1000:]).max() < QUIET
