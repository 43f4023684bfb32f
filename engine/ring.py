"""Lock-free single-producer, single-consumer queue of events.

The writer owns `tail` and the reader owns `head`; both only grow, and the slot of an event is its position modulo the
capacity. A full ring refuses the event and counts it as lost: the audio thread never waits.
"""

import numpy as np

from engine.kernel import Signature, njit

from .events import EVENT, NOW
from .pointers import load_acquire, store_release

HEAD, TAIL, LOST = 0, 8, 16  # eight words apart: each on a cache line of its own
CURSORS = 24


class Ring:
    """Python's interface to a queue in two arrays."""

    def __init__(self, slots: np.ndarray, cursors: np.ndarray) -> None:
        if slots.dtype != EVENT or slots.ndim != 1:
            raise ValueError(f"slots must be one row of EVENT, not {slots.dtype} {slots.shape}")
        if cursors.dtype != np.int64 or cursors.shape != (CURSORS,):
            raise ValueError(f"cursors must be {CURSORS} int64, not {cursors.dtype} {cursors.shape}")
        self.slots = slots
        self.cursors = cursors
        self._event = np.zeros(1, EVENT)

    @property
    def lost(self) -> int:
        """Events refused so far because the ring was full."""
        return int(self.cursors[LOST])

    @property
    def waiting(self) -> int:
        """Events in the queue."""
        return int(self.cursors[TAIL] - self.cursors[HEAD])

    def push(
        self, kind: int, key: int = 0, value: float = 0.0, *,
        frame: int = NOW, channel: int = 0, note: int = 0, target: int = 0,
    ) -> bool:  # fmt: skip
        """[writer thread] Append an event; False when the ring is full."""
        self._event[0] = (frame, target, kind, channel, note, key, value)
        return bool(push(self.slots, self.cursors, self._event[0]))

    def drain(self) -> np.ndarray:
        """[reader thread] Take all events, oldest first: (N,) EVENT, a copy."""
        events = np.zeros(max(self.waiting, 0), EVENT)
        return events[: drain_into(self.slots, self.cursors, events)]


@njit(cache=True, error_model="numpy")
def copy(source, event):
    """Copy the event `source` to `event`."""
    event.frame = source.frame
    event.target = source.target
    event.kind = source.kind
    event.channel = source.channel
    event.note = source.note
    event.key = source.key
    event.value = source.value


@njit(cache=True, error_model="numpy", nogil=True, exported=Signature("?", (EVENT, 1), ("i8", 1), EVENT))
def push(slots, cursors, event):
    """[writer thread] Append a copy of an event; False when there is no room."""
    tail = cursors[TAIL]
    if tail - load_acquire(cursors, HEAD) >= slots.shape[0]:
        cursors[LOST] += 1
        return False
    copy(event, slots[tail % slots.shape[0]])
    store_release(cursors, TAIL, tail + 1)
    return True


@njit(cache=True, error_model="numpy", nogil=True, exported=Signature("i8", (EVENT, 1), ("i8", 1), (EVENT, 1)))
def drain_into(slots, cursors, events):
    """[reader thread] Move events from the queue to `events`, at most its length; how many."""
    head = cursors[HEAD]
    count = min(load_acquire(cursors, TAIL) - head, events.shape[0])
    for i in range(count):
        copy(slots[(head + i) % slots.shape[0]], events[i])
    store_release(cursors, HEAD, head + count)
    return count
