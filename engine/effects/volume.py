"""The last knob before the speaker."""

import numpy as np
from numba import njit

from engine.events import Kind
from engine.plugin import Param

GLIDE = 0.01  # seconds: no zipper noise
SILENT = -60.0  # dB: the lower end of the knob, which is silence

STATE = np.dtype([("gain", "f4"), ("target", "f4"), ("glide", "f4")], align=True)


class Volume:
    """How loud it leaves the program; the knob ends at 0 dB, so that it can never make a sound unsafe."""

    name = "volume"
    params: tuple[Param, ...] = (Param("level", "dB", SILENT, 0.0, 0.0, help="how loud it leaves the program"),)

    def __init__(self) -> None:
        self.state = np.ones(1, STATE)
        self.handle, self.process = handle, process

    def prepare(self, rate: float) -> None:
        """[main thread] Glide over 10 ms at a rate in Hz; the level stays as the player left it."""
        self.state["glide"] = 1 - np.exp(-1 / (GLIDE * rate))

    def reset(self) -> None:
        """[main thread] Arrive at once."""
        self.state["gain"] = self.state["target"]


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Aim at a new level."""
    if event.kind == Kind.PARAM:
        level = min(event.value, np.float32(0))
        state.target = np.float32(10) ** (level / np.float32(20)) if level > SILENT else np.float32(0)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Scale audio (2, T) in place."""
    gain = state.gain
    for t in range(audio.shape[1]):
        gain += state.glide * (state.target - gain)
        audio[0, t] *= gain
        audio[1, t] *= gain
    state.gain = gain
