"""A bus that carries the sound past a part of the chain: instrument, room, send, second instrument, room, return.

What was played before the send skips the plugins between, and is added to what they played. Where one of both
instruments has a latency, `latency_alignment` stands in place of the return.
"""

import numpy as np

from engine.kernel import carray, njit
from engine.plugin import MAX_BLOCK_FRAMES, Param, Plugin
from engine.pointers import pointer

SEND = np.dtype([("sound", "f4", (2, MAX_BLOCK_FRAMES)), ("position", "i8")], align=True)
RETURN = np.dtype([("send", "u8"), ("position", "i8")], align=True)


class BusSend(Plugin):
    """Moves the sound to the bus, and passes silence to the plugins after it."""

    name = "aside"
    params: tuple[Param, ...] = ()

    def __init__(self) -> None:
        self.state = np.zeros(1, SEND)
        self.handle, self.process = handle, send

    def prepare(self, rate: float) -> None:
        """[main thread] Nothing depends on the rate."""

    def reset(self) -> None:
        """[main thread] Nothing stays from one block to the next."""


class BusReturn(Plugin):
    """Adds what its send moved to the bus in the same block; stands later in the same chain."""

    name = "back"
    params: tuple[Param, ...] = ()

    def __init__(self, send: BusSend) -> None:
        self.state = np.zeros(1, RETURN)
        self.state["send"] = send.state.ctypes.data
        self.handle, self.process = handle, add_return
        self._send = send  # keeps its record alive

    def prepare(self, rate: float) -> None:
        """[main thread] Nothing depends on the rate."""

    def reset(self) -> None:
        """[main thread] Nothing stays from one block to the next."""


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Ignore all events."""


@njit(cache=True, error_model="numpy")
def send(state, audio):
    """[audio thread] Copy audio (2, T) to the bus, then silence it."""
    for t in range(audio.shape[1]):
        slot = (state.position + t) % MAX_BLOCK_FRAMES
        for channel in range(2):
            state.sound[channel, slot] = audio[channel, t]
            audio[channel, t] = 0
    state.position += audio.shape[1]


@njit(cache=True, error_model="numpy")
def add_return(state, audio):
    """[audio thread] Add the bus to audio (2, T)."""
    bus = carray(pointer(state.send), 1, SEND)[0]
    for t in range(audio.shape[1]):
        slot = (state.position + t) % MAX_BLOCK_FRAMES
        for channel in range(2):
            audio[channel, t] += bus.sound[channel, slot]
    state.position += audio.shape[1]
