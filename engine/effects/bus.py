"""Part of a row kept apart: what was played before is put aside, and comes back beside what was played since.

As in: first, its room, aside, second, its room, back, what both go through.
"""

import numpy as np
from numba import carray, njit

from engine.memory import pointer
from engine.plugin import Param

LENGTH = 4096  # frames: no block is longer

ASIDE = np.dtype([("sound", "f4", (2, LENGTH)), ("position", "i8")], align=True)
BACK = np.dtype([("aside", "u8"), ("position", "i8")], align=True)


class Aside:
    """Puts the sound aside, and leaves silence to those that follow."""

    name = "aside"
    params: tuple[Param, ...] = ()

    def __init__(self) -> None:
        self.state = np.zeros(1, ASIDE)
        self.handle, self.process = attend, put

    def prepare(self, rate: float) -> None:
        """[main thread] Nothing depends on the rate."""

    def reset(self) -> None:
        """[main thread] Nothing stays from one block to the next."""


class Back:
    """Adds what was put aside in the same block, later in the same row."""

    name = "back"
    params: tuple[Param, ...] = ()

    def __init__(self, aside: Aside) -> None:
        self.state = np.zeros(1, BACK)
        self.state["aside"] = aside.state.ctypes.data
        self.handle, self.process = attend, take
        self._aside = aside  # its record must outlive us

    def prepare(self, rate: float) -> None:
        """[main thread] Nothing depends on the rate."""

    def reset(self) -> None:
        """[main thread] As of `Aside`."""


@njit(cache=True, error_model="numpy")
def attend(state, event):
    """[audio thread] Nothing to be told."""


@njit(cache=True, error_model="numpy")
def put(state, audio):
    """[audio thread] Keep audio (2, T), and silence it."""
    for t in range(audio.shape[1]):
        place = (state.position + t) % LENGTH
        for channel in range(2):
            state.sound[channel, place] = audio[channel, t]
            audio[channel, t] = 0
    state.position += audio.shape[1]


@njit(cache=True, error_model="numpy")
def take(state, audio):
    """[audio thread] Add what was kept to audio (2, T)."""
    kept = carray(pointer(state.aside), 1, ASIDE)[0]
    for t in range(audio.shape[1]):
        place = (state.position + t) % LENGTH
        for channel in range(2):
            audio[channel, t] += kept.sound[channel, place]
    state.position += audio.shape[1]
