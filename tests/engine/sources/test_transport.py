"""A score played live reaches the instrument as the score rendered does."""

import numpy as np

from engine.events import Kind
from engine.render import render
from engine.rig import Rig
from engine.sources.score import score
from engine.sources.transport import Transport
from tests import playing
from tests.playing import Listener

NOTES = [(0.0107 * i, (0x90, 40 + i % 40, 64 if i % 3 else 0)) for i in range(500)]


def test_every_message_arrives_on_its_frame():
    live, offline = Rig(48_000), Rig(48_000)
    listeners = [Listener(), Listener()]
    for rig, listener in zip((live, offline), listeners, strict=True):
        rig.play([listener])
    transport = Transport(live.source(), score(NOTES), 0)
    while live.frame < 6 * 48_000:
        transport.feed(live.frame, 48_000)
        playing.render(live, 2400, 96)
    render(offline, score(NOTES), seconds=6.0)
    assert transport.done
    heard, expected = (listener.heard(Kind.NOTE_ON, Kind.NOTE_OFF) for listener in listeners)
    assert len(heard) > len(NOTES) / 2
    np.testing.assert_array_equal(heard, expected)
