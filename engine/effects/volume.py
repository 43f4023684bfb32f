"""Master volume, after the limiter."""

import numpy as np

from engine.dsp.decibels import gain_of
from engine.events import Kind
from engine.kernel import njit
from engine.plugin import Param, Plugin

SMOOTHING_SECONDS = 0.01
MIN_LEVEL_DB = -60.0  # the lower end of the parameter, which is silence

STATE = np.dtype([("gain", "f4"), ("target", "f4"), ("smoothing", "f4")], align=True)


class Volume(Plugin):
    """Scales the output; at most 0 dB, so that no sample passes the ceiling of the limiter."""

    name = "volume"
    params: tuple[Param, ...] = (Param("level", "dB", MIN_LEVEL_DB, 0.0, 0.0, help="how loud it leaves the program"),)

    def __init__(self) -> None:
        self.state = np.ones(1, STATE)
        self.handle, self.process = handle, process

    def prepare(self, rate: float) -> None:
        """[main thread] Set the rate in Hz; the level stays."""
        self.state["smoothing"] = 1 - np.exp(-1 / (SMOOTHING_SECONDS * rate))

    def reset(self) -> None:
        """[main thread] Set the gain to its target."""
        self.state["gain"] = self.state["target"]


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Set the target of the gain."""
    if event.kind == Kind.PARAM:
        level = min(event.value, np.float32(0))
        state.target = gain_of(level) if level > MIN_LEVEL_DB else np.float32(0)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Scale audio (2, T) in place."""
    gain = state.gain
    for t in range(audio.shape[1]):
        gain += state.smoothing * (state.target - gain)
        audio[0, t] *= gain
        audio[1, t] *= gain
    state.gain = gain
