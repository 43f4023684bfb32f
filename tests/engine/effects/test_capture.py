"""The tape: what was played is what is taken, also around the end of its memory."""

import numpy as np

from engine.effects.capture import RING_FRAMES, Capture
from engine.events import Kind
from engine.host import Host
from tests.support.host_callback import Organ, render


def test_a_full_tape_keeps_what_it_has_and_counts_what_it_lost():
    tape = Capture()
    host = Host(48_000, tail=[tape])
    host.play([Organ()])
    host.send(Kind.NOTE_ON, 60, 1.0, note=60)
    render(host, 1000)
    tape.start()
    heard = render(host, RING_FRAMES + 10_000, 4096)
    taken = tape.drain()
    np.testing.assert_array_equal(taken, heard[:, : taken.shape[1]])
    assert taken.shape[1] + tape.lost == RING_FRAMES + 10_000


def test_it_goes_round_without_losing_a_frame():
    tape = Capture()
    host = Host(48_000, tail=[tape])
    host.play([Organ()])
    host.send(Kind.NOTE_ON, 60, 1.0, note=60)
    tape.start()
    heard, taken = [], []
    for _ in range(4):
        heard.append(render(host, RING_FRAMES // 3, 4096))
        taken.append(tape.drain())
    tape.stop()
    render(host, 1000)
    taken.append(tape.drain())
    np.testing.assert_array_equal(np.concatenate(taken, axis=1), np.concatenate(heard, axis=1))
    assert tape.lost == 0
