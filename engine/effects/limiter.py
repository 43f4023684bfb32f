"""Peak limiter without look-ahead; replaces samples that are not finite by silence."""

import numpy as np

from engine.kernel import njit
from engine.plugin import Param, Plugin

CEILING = np.float32(10 ** (-0.3 / 20))  # -0.3 dB: room for what a converter adds between samples
RELEASE_SECONDS = 0.2

STATE = np.dtype([("gain", "f4"), ("release", "f4"), ("non_finite", "i8"), ("limited", "i8")], align=True)


class Limiter(Plugin):
    """Turns both channels down at once where a sample would pass the ceiling, and recovers slowly; adds no delay."""

    name = "limiter"
    params: tuple[Param, ...] = ()

    def __init__(self) -> None:
        self.state = np.zeros(1, STATE)
        self.state["gain"] = 1
        self.handle, self.process = handle, process

    @property
    def non_finite(self) -> int:
        """Samples so far that were not finite."""
        return int(self.state["non_finite"][0])

    @property
    def limited(self) -> int:
        """Samples so far that were turned down."""
        return int(self.state["limited"][0])

    def prepare(self, rate: float) -> None:
        """[main thread] Set the rate in Hz."""
        self.state["release"] = 1 - np.exp(-1 / (RELEASE_SECONDS * rate))

    def reset(self) -> None:
        """[main thread] Set the gain to 1."""
        self.state["gain"] = 1


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Ignore all events."""


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Limit audio (2, T) in place."""
    gain = state.gain
    for t in range(audio.shape[1]):
        left, right = audio[0, t], audio[1, t]
        if not (np.isfinite(left) and np.isfinite(right)):
            state.non_finite += 1
            left = right = np.float32(0)
        peak = max(abs(left), abs(right))
        gain += state.release * (np.float32(1) - gain)
        if peak * gain > CEILING:
            gain = CEILING / peak
            state.limited += 1
        audio[0, t] = left * gain
        audio[1, t] = right * gain
    state.gain = gain
