"""A score played live reaches the instrument as the score rendered does."""

import numpy as np

from engine.events import Kind
from engine.midi.midi_score import make_score
from engine.midi.score_playback import ScorePlayback
from engine.render import render
from engine.standard_chain import StandardChain
from tests.support import host_callback
from tests.support.simple_plugins import Listener

NOTES = [(0.0107 * i, (0x90, 40 + i % 40, 64 if i % 3 else 0)) for i in range(500)]


def test_every_message_arrives_on_its_frame():
    live, offline = StandardChain(48_000), StandardChain(48_000)
    listeners = [Listener(), Listener()]
    for host, listener in zip((live, offline), listeners, strict=True):
        host.play([listener])
    transport = ScorePlayback(live.new_source(), make_score(NOTES), 0)
    while live.frame < 6 * 48_000:
        transport.feed(live.frame, 48_000)
        host_callback.render(live, 2400, 96)
    render(offline, make_score(NOTES), seconds=6.0)
    assert transport.done
    heard, expected = (listener.heard(Kind.NOTE_ON, Kind.NOTE_OFF) for listener in listeners)
    assert len(heard) > len(NOTES) / 2
    np.testing.assert_array_equal(heard, expected)


def test_a_score_goes_on_where_it_was_when_the_rate_changes():
    host, listener = StandardChain(48_000), Listener()
    host.play([listener])
    notes = [(0.5 * i, (0x90, 40 + i, 64)) for i in range(8)]
    transport = ScorePlayback(host.new_source(), make_score(notes), 0, lookahead=0.05)
    heard = []
    for rate in (48_000, 96_000):
        host.prepare(rate)
        for _ in range(50):
            transport.feed(host.frame, rate)
            host_callback.render(host, rate // 50, rate // 50)
        heard.append(len(listener.heard(Kind.NOTE_ON)))
    assert heard == [2, 2]
