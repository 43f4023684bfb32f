"""The microphone for the side chains of foreign plugins further down the chain."""

import numpy as np

from engine.kernel import njit
from engine.plugin import MAX_BLOCK_FRAMES, Param, Plugin

TAP = np.dtype([("sound", "f4", (2, MAX_BLOCK_FRAMES)), ("is_passed", "i8")], align=True)


class MicrophoneTap(Plugin):
    """At the head of the chain: keeps the block (2, T) of the microphone, and passes silence or, to a tracker, it."""

    name = "microphone"
    params: tuple[Param, ...] = ()
    listens = True

    def __init__(self, is_passed: bool = False) -> None:
        """is_passed: whether the next plugin listens, too."""
        self.state = np.zeros(1, TAP)
        self.state["is_passed"] = is_passed
        self.handle, self.process = handle, process

    @property
    def sound_address(self) -> int:
        """Where the two sides of the block are, each with room for MAX_BLOCK_FRAMES."""
        return int(self.state["sound"].ctypes.data)

    def prepare(self, rate: float) -> None:
        """[main thread] Nothing depends on the rate."""

    def reset(self) -> None:
        """[main thread] Nothing stays from one block to the next."""


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Ignore all events."""


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Copy audio (2, T), and silence it unless it is passed."""
    for t in range(audio.shape[1]):
        for side in range(2):
            state.sound[side, t] = audio[side, t]
            if not state.is_passed:
                audio[side, t] = 0
