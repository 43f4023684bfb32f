"""The queue between two threads."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.events import EVENT, Kind
from engine.ring import CURSORS, Ring, drain_into


def make(capacity):
    return Ring(np.zeros(capacity, EVENT), np.zeros(CURSORS, np.int64))


def test_an_event_is_read_as_it_was_written():
    ring = make(4)
    ring.push(Kind.NOTE_ON, 60, 0.5, frame=123, channel=3, note=3 << 7 | 60, target=1 << 40)
    assert ring.drain().tolist() == [(123, 1 << 40, Kind.NOTE_ON, 3, 3 << 7 | 60, 60, 0.5)]


def test_a_full_ring_refuses_and_counts_and_keeps_its_events():
    ring = make(4)
    assert [ring.push(Kind.NOTE_ON, key) for key in range(6)] == [True] * 4 + [False] * 2
    assert ring.lost == 2
    assert ring.drain()["key"].tolist() == [0, 1, 2, 3]


@given(st.integers(1, 9), st.lists(st.one_of(st.none(), st.integers(0, 100))))
def test_it_is_a_queue_of_bounded_length(capacity, doings):
    ring, queue, lost = make(capacity), [], 0
    for key in doings:
        if key is None:
            assert ring.drain()["key"].tolist() == queue
            queue.clear()
        elif len(queue) < capacity:
            assert ring.push(Kind.PARAM, key)
            queue.append(key)
        else:
            assert not ring.push(Kind.PARAM, key)
            lost += 1
        assert ring.waiting == len(queue)
    assert ring.lost == lost


def test_nothing_is_lost_or_reordered_between_threads():
    ring, seen, total = make(64), [], 30_000

    def write():
        for key in range(total):
            while not ring.push(Kind.PARAM, key):
                pass

    writer = threading.Thread(target=write)
    writer.start()
    taken = np.zeros(16, EVENT)
    while len(seen) < total:
        seen += taken["key"][: drain_into(ring.slots, ring.cursors, taken)].tolist()
    writer.join()
    assert seen == list(range(total))


@pytest.mark.parametrize(("slots", "cursors", "match"), [
    (np.zeros(4), np.zeros(CURSORS, np.int64), "one row of EVENT"),
    (np.zeros(4, EVENT), np.zeros(3, np.int64), f"{CURSORS} int64"),
])  # fmt: skip
def test_memory_of_another_shape_is_refused(slots, cursors, match):
    with pytest.raises(ValueError, match=match):
        Ring(slots, cursors)
