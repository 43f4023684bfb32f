"""A chain that is edited while it plays: plugins that stay play on."""

import numpy as np
import pytest

from engine.effects.tilt_eq import TiltEq
from engine.events import Kind
from engine.standard_chain import StandardChain
from tests.support.host_callback import RATE, render
from tests.support.simple_plugins import Listener, Organ, Signal


def test_plugins_that_stay_in_the_chain_play_on_without_a_step(random):
    audio = random.uniform(-0.5, 0.5, (2, 9000)).astype(np.float32)
    host, signal, tone = StandardChain(RATE), Signal(audio), TiltEq()
    host.play([signal])
    heard = [render(host, 3000)]
    host.edit_chain([signal, tone])
    heard.append(render(host, 3000, 100))
    host.edit_chain([signal])
    heard.append(render(host, 3000))
    np.testing.assert_allclose(np.concatenate(heard, axis=1), audio, atol=1e-6)
    assert host.chain == [signal]


def test_a_new_effect_is_prepared_and_an_old_one_is_not_reset():
    host, organ, listener = StandardChain(RATE), Organ(), Listener()
    host.play([organ, listener])
    host.midi(0x90, 60, 100)
    render(host, 1000)
    tone = TiltEq()
    host.edit_chain([organ, tone, listener])
    assert np.abs(render(host, 1000)).max() > 0.005
    assert tone.state["rate"] == RATE
    assert len(listener.heard(Kind.NOTE_ON)) == 1
    with pytest.raises(ValueError, match="twice"):
        host.edit_chain([organ, organ])
