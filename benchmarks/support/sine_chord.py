"""A chord of sines that never ends: what clicks in it is not its own."""

import numpy as np
from numba import njit

from engine.plugin import Param, Plugin

FREQUENCIES_HZ = (220.0, 277.18, 329.63)
AMPLITUDE = 0.06  # linear, of each
STATE = np.dtype([("phase", "f8", (3,)), ("cycles", "f8", (3,))], align=True)


class SineChord(Plugin):
    """Adds the same chord to both sides, from its first frame on."""

    name = "chord"
    params: tuple[Param, ...] = ()

    def __init__(self) -> None:
        self.state = np.zeros(1, STATE)
        self.handle, self.process = handle, process

    def prepare(self, rate: float) -> None:
        """Set the rate in Hz."""
        self.state["cycles"] = np.array(FREQUENCIES_HZ) / rate

    def reset(self) -> None:
        """Begin anew."""
        self.state["phase"] = 0


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Ignore all events."""


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add the chord."""
    for i in range(3):
        for t in range(audio.shape[1]):
            x = np.float32(AMPLITUDE * np.sin(2 * np.pi * state.phase[i]))
            audio[0, t] += x
            audio[1, t] += x
            state.phase[i] += state.cycles[i]
            state.phase[i] -= np.floor(state.phase[i])
