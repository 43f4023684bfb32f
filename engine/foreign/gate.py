"""Gate between the audio thread and the main thread: a plugin is called by one of them at a time.

The main thread closes it for what must not happen while a block is played, such as activation; blocks that come
meanwhile are passed over. The audio thread never waits.
"""

import contextlib
import time
from collections.abc import Iterator

import numpy as np

from engine.kernel import njit
from engine.pointers import load_acquire, publish, store_release

CLOSED, BUSY = 0, 8  # indices of words, each on a cache line of its own
GATE_WORDS = 16
SETTLE_SECONDS = 0.001  # in which a block that began before the gate was closed is known to be busy
MAX_WAIT_SECONDS = 2.0  # for the end of a block


class Gate:
    """Python's interface to the words of a gate, (GATE_WORDS,) int64."""

    def __init__(self, words: np.ndarray) -> None:
        self._words = words
        self._depth = 0

    @property
    def is_busy(self) -> bool:
        """Whether the audio thread is within the plugin."""
        return bool(self._words[BUSY])

    @contextlib.contextmanager
    def closed(self) -> Iterator[None]:
        """[main thread] Keep the audio thread out; RuntimeError if it does not come out within MAX_WAIT_SECONDS."""
        self._depth += 1
        publish(self._words, CLOSED, 1)
        try:
            time.sleep(SETTLE_SECONDS if self._depth == 1 else 0)
            until = time.monotonic() + MAX_WAIT_SECONDS
            while self.is_busy:
                if time.monotonic() > until:
                    raise RuntimeError("it does not come back from a block")
                time.sleep(SETTLE_SECONDS)
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                publish(self._words, CLOSED, 0)


@njit(cache=True, error_model="numpy")
def enter(words):
    """[audio thread] Whether the plugin may be called in this block; if so, `leave` follows."""
    store_release(words, BUSY, 1)
    if load_acquire(words, CLOSED):
        store_release(words, BUSY, 0)
        return False
    return True


@njit(cache=True, error_model="numpy")
def leave(words):
    """[audio thread] The plugin has been called."""
    store_release(words, BUSY, 0)
