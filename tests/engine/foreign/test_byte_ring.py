"""The queue of messages of bytes."""

import threading

import numpy as np
import pytest

from engine.foreign.byte_ring import ByteRing
from engine.ring import CURSORS


def ring(size):
    return ByteRing(np.zeros(size, np.uint8), np.zeros(CURSORS, np.int64))


def test_messages_come_out_as_they_went_in_around_the_end_of_the_ring(random):
    queue = ring(256)
    for _ in range(500):
        messages = [random.bytes(int(size)) for size in random.integers(0, 40, 5)]
        assert all(map(queue.push, messages))
        assert queue.drain() == messages
    assert queue.pop() is None


def test_a_full_ring_refuses_and_counts(random):
    queue = ring(64)
    assert queue.push(b"a" * 40)
    assert not queue.push(b"b" * 20)
    assert queue.push(b"")
    assert queue.push(b"")
    assert not queue.push(b"")
    assert (queue.drain(), queue.lost) == ([b"a" * 40, b"", b""], 2)
    assert not queue.push(b"c" * 57)  # never fits
    assert queue.push(b"c" * 56)
    assert queue.drain() == [b"c" * 56]


def test_a_reader_on_another_thread_takes_all_in_order():
    queue, found, count = ring(1 << 10), [], 20_000

    def read():
        while len(found) < count:
            found.extend(queue.drain())

    reader = threading.Thread(target=read)
    reader.start()
    for i in range(count):
        while not queue.push(b"%d" % i):
            pass
    reader.join()
    assert found == [b"%d" % i for i in range(count)]


@pytest.mark.parametrize("size", [0, 3, 100])
def test_a_length_that_is_no_power_of_two_is_refused(size):
    with pytest.raises(ValueError, match="power of two"):
        ring(size)
