"""The guard before the volume: no sample above the ceiling, none that is not a number."""

import numpy as np
from numba import njit

from engine.plugin import Param

CEILING = np.float32(10 ** (-0.3 / 20))  # -0.3 dB: room for what a converter adds between samples
RELEASE = 0.2  # seconds to come back from a loud moment

STATE = np.dtype([("gain", "f4"), ("release", "f4"), ("broken", "i8"), ("limited", "i8")], align=True)


class Limiter:
    """Turns down at once what would be too loud, for both channels alike, and back up slowly; without delay.

    `broken` counts samples that were no numbers and were replaced by silence, `limited` those turned down.
    """

    name = "limiter"
    params: tuple[Param, ...] = ()

    def __init__(self) -> None:
        self.state = np.zeros(1, STATE)
        self.state["gain"] = 1
        self.handle, self.process = handle, process

    @property
    def broken(self) -> int:
        """Samples so far that were no numbers."""
        return int(self.state["broken"][0])

    @property
    def limited(self) -> int:
        """Samples so far that were turned down."""
        return int(self.state["limited"][0])

    def prepare(self, rate: float) -> None:
        """[main thread] Take the rate in Hz."""
        self.state["release"] = 1 - np.exp(-1 / (RELEASE * rate))

    def reset(self) -> None:
        """[main thread] Forget the last loud moment."""
        self.state["gain"] = 1


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Nothing to be told."""


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Guard audio (2, T) in place."""
    gain = state.gain
    for t in range(audio.shape[1]):
        left, right = audio[0, t], audio[1, t]
        if not (np.isfinite(left) and np.isfinite(right)):
            state.broken += 1
            left = right = np.float32(0)
        peak = max(abs(left), abs(right))
        gain += state.release * (np.float32(1) - gain)
        if peak * gain > CEILING:
            gain = CEILING / peak
            state.limited += 1
        audio[0, t] = left * gain
        audio[1, t] = right * gain
    state.gain = gain
