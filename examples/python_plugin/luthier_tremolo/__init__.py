"""A tremolo: the smallest complete plugin in Python."""

import numpy as np
from numba import njit

from engine.events import Kind
from engine.plugin import Param

STATE = np.dtype([("speed", "f4"), ("depth", "f4"), ("cycle", "f8"), ("phase", "f8")], align=True)


class Tremolo:
    """Modulates the amplitude, speed times a second."""

    name = "tremolo"
    params: tuple[Param, ...] = (
        Param("speed", "Hz", 0.1, 20.0, 5.0, cc=76, help="swells in a second"),
        Param("depth", "", 0.0, 1.0, 0.5, cc=92, help="how far it sinks: 1 is down to silence"),
    )

    def __init__(self) -> None:
        self.state = np.zeros(1, STATE)
        self.state["speed"], self.state["depth"] = (param.default for param in self.params)
        self.handle, self.process = handle, process

    def prepare(self, rate: float) -> None:
        """[main thread] Set the rate in Hz; speed and depth stay."""
        self.state["cycle"] = 1 / rate
        self.reset()

    def reset(self) -> None:
        """[main thread] Restart the cycle."""
        self.state["phase"] = 0


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Set a parameter, at the frame of the event."""
    if event.kind == Kind.PARAM and event.key == 0:
        state.speed = event.value
    elif event.kind == Kind.PARAM and event.key == 1:
        state.depth = event.value


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Change audio (2, T) in place: loud at phase 0, softest at a half."""
    for t in range(audio.shape[1]):
        x = 1 - abs(1 - 2 * state.phase)
        gain = np.float32(1 - state.depth * x * x * (3 - 2 * x))
        audio[0, t] *= gain
        audio[1, t] *= gain
        state.phase += state.speed * state.cycle
        state.phase -= state.phase >= 1
