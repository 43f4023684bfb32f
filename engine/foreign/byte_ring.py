"""Lock-free single-producer, single-consumer queue of messages of bytes, to and from the audio thread.

A message is its size in four bytes, four unused ones and its bytes, filled up to a multiple of eight. The length of
the ring is a power of two.
"""

import numpy as np

from engine.kernel import Signature, njit
from engine.pointers import load_acquire, store_release
from engine.ring import CURSORS, HEAD, LOST, TAIL

NO_MESSAGE = -1
_HEADER_BYTES = 8


class ByteRing:
    """Python's interface to a queue in two arrays."""

    def __init__(self, data: np.ndarray, cursors: np.ndarray) -> None:
        if data.dtype != np.uint8 or data.ndim != 1 or not len(data) or len(data) & (len(data) - 1):
            raise ValueError(f"data must be one row of bytes, a power of two of them, not {data.dtype} {data.shape}")
        if cursors.dtype != np.int64 or cursors.shape != (CURSORS,):
            raise ValueError(f"cursors must be {CURSORS} int64, not {cursors.dtype} {cursors.shape}")
        self.data = data
        self.cursors = cursors
        self._message = np.zeros(len(data), np.uint8)

    @property
    def lost(self) -> int:
        """Messages refused so far because the ring was full."""
        return int(self.cursors[LOST])

    @property
    def waiting(self) -> int:
        """Bytes in the queue."""
        return int(self.cursors[TAIL] - self.cursors[HEAD])

    def push(self, message: bytes) -> bool:
        """[writer thread] Append a message; False when the ring has no room for it."""
        return bool(push_bytes(self.data, self.cursors, np.frombuffer(bytearray(message), np.uint8)))

    def pop(self) -> bytes | None:
        """[reader thread] Take the oldest message; None without one."""
        size = pop_bytes(self.data, self.cursors, self._message)
        return None if size == NO_MESSAGE else self._message[:size].tobytes()

    def drain(self) -> list[bytes]:
        """[reader thread] Take the messages that are there now, oldest first."""
        found: list[bytes] = []
        end = int(self.cursors[TAIL])
        while int(self.cursors[HEAD]) < end and (message := self.pop()) is not None:
            found.append(message)
        return found


@njit(cache=True, error_model="numpy", nogil=True, exported=Signature("?", ("u1", 1), ("i8", 1), ("u1", 1)))
def push_bytes(data, cursors, message):
    """[writer thread] Append a message (N,); False when there is no room."""
    size, mask = message.shape[0], data.shape[0] - 1
    needed = (_HEADER_BYTES + size + 7) & ~7
    tail = cursors[TAIL]
    if tail - load_acquire(cursors, HEAD) + needed > data.shape[0]:
        cursors[LOST] += 1
        return False
    for i in range(4):
        data[(tail + i) & mask] = size >> 8 * i & 0xFF
    for i in range(size):
        data[(tail + _HEADER_BYTES + i) & mask] = message[i]
    store_release(cursors, TAIL, tail + needed)
    return True


@njit(cache=True, error_model="numpy", nogil=True, exported=Signature("i8", ("u1", 1), ("i8", 1), ("u1", 1)))
def pop_bytes(data, cursors, message):
    """[reader thread] Move the oldest message to `message`, as long as the ring; its size, NO_MESSAGE without one."""
    head, mask = cursors[HEAD], data.shape[0] - 1
    if load_acquire(cursors, TAIL) == head:
        return np.int64(NO_MESSAGE)
    size = np.int64(0)
    for i in range(4):
        size |= np.int64(data[(head + i) & mask]) << 8 * i
    for i in range(size):
        message[i] = data[(head + _HEADER_BYTES + i) & mask]
    store_release(cursors, HEAD, head + ((_HEADER_BYTES + size + 7) & ~7))
    return size
