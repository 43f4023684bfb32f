"""A compressor: what is loud is turned down, both sides alike, so that all of it can be louder."""

import numpy as np
from numba import njit

from engine.plugin import Param, knob_fields, set_knobs, turned

EVERY = 16  # samples from one look at the level to the next, on a grid of its own
QUIET, LOUD = np.float32(1e-6), np.float32(1e4)  # linear: what is beyond, or no number, counts as much
PARAMS = (
    Param("threshold", "dB", -50.0, 0.0, -24.0, help="what is louder is turned down"),
    Param("ratio", "x", 1.0, 20.0, 3.0, help="how many dB above the threshold become one"),
    Param("attack", "s", 0.001, 0.1, 0.01, help="how soon it turns down"),
    Param("release", "s", 0.02, 1.0, 0.15, help="how soon it lets go"),
    Param("gain", "dB", 0.0, 24.0, 0.0, help="how much louder all of it becomes"),
    Param("on", "", 0.0, 1.0, 1.0, help="off: the sound passes as it is"),
)
THRESHOLD, RATIO, ATTACK, RELEASE, GAIN, ON = range(len(PARAMS))

STATE = np.dtype(
    [
        *knob_fields(PARAMS),
        ("peak", "f4"),  # since the last look
        ("seen", "i8"),  # samples since then
        ("level", "f4"),  # dB by which the sound is changed
        ("gain", "f4"),  # the same, linear, and its step for a sample
        ("step", "f4"),
        ("attack", "f4"),  # the part of the way that it goes from one look to the next
        ("release", "f4"),
        ("rate", "f4"),
    ],
    align=True,
)


class Compressor:
    """Every 16 samples it looks for the peak of both sides, and moves its gain there in a straight line."""

    name = "compressor"
    params: tuple[Param, ...] = PARAMS

    def __init__(self) -> None:
        self.state = np.zeros(1, STATE)
        set_knobs(self.state, PARAMS)
        self.handle, self.process = handle, process

    @property
    def reduction(self) -> float:
        """dB by which the sound is turned down now, at most 0 but for the gain."""
        return float(self.state["level"][0])

    def prepare(self, rate: float) -> None:
        """[main thread] Take a rate in Hz; the knobs stay."""
        self.state["rate"] = rate
        self.reset()

    def reset(self) -> None:
        """[main thread] Forget what was loud."""
        aim(self.state[0])
        for name in ("peak", "seen", "step", "level"):
            self.state[name] = 0
        self.state["gain"] = 1


@njit(cache=True, error_model="numpy")
def aim(state):
    """How far it goes from one look to the next."""
    time = np.float32(EVERY) / state.rate
    state.attack = np.float32(1) - np.exp(-time / max(state.param[ATTACK], np.float32(1e-4)))
    state.release = np.float32(1) - np.exp(-time / max(state.param[RELEASE], np.float32(1e-4)))


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Turn a knob."""
    if turned(state, event):
        aim(state)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Turn down audio (2, T) in place."""
    for t in range(audio.shape[1]):
        state.peak = max(state.peak, abs(audio[0, t]), abs(audio[1, t]))
        audio[0, t] *= state.gain
        audio[1, t] *= state.gain
        state.gain += state.step
        state.seen += 1
        if state.seen == EVERY:
            look(state)


@njit(cache=True, error_model="numpy")
def look(state):
    """Aim at what the last peak asks for."""
    wanted = np.float32(0)
    peak = max(state.peak, QUIET) if state.peak < LOUD else LOUD
    if state.param[ON] > 0.5:
        over = np.float32(20) * np.log10(peak) - state.param[THRESHOLD]
        wanted = state.param[GAIN] - max(over, np.float32(0)) * (np.float32(1) - np.float32(1) / state.param[RATIO])
    share = state.attack if wanted < state.level else state.release
    state.level += share * (wanted - state.level)
    state.step = (np.float32(10) ** (state.level / np.float32(20)) - state.gain) / np.float32(EVERY)
    state.peak = 0
    state.seen = 0
