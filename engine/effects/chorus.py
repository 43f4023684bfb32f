"""Stereo chorus: two modulated delay lines, a quarter of a period apart, added to the dry sound."""

import math

import numpy as np

from engine.kernel import Signature, njit
from engine.plugin import Param, param_changed, param_fields

from .effect import Effect

SMOOTHING_SECONDS = 0.02
CENTRE_DELAY_SECONDS = 0.010
DELAY_LINE_SAMPLES = 1 << 12  # more than the longest delay at 192 kHz
PARAMS = (
    Param("depth", "s", 0.0, 0.006, 0.002, help="how far the copies sway in time"),
    Param("speed", "Hz", 0.05, 5.0, 0.6, help="how often they do"),
    Param("mix", "", 0.0, 1.0, 0.5, cc=93, help="0: only the sound as it is, 1: as much of the copies"),
    Param("on", "", 0.0, 1.0, 1.0, help="off: the sound passes as it is"),
)
DEPTH, SPEED, MIX, ON = range(len(PARAMS))

STATE = np.dtype(
    [
        *param_fields(PARAMS),
        ("delay_line", "f4", (2, DELAY_LINE_SAMPLES)),
        ("time", "i8"),  # samples since the reset
        ("phasor", "f8", (2,)),  # cosine and sine of the modulation's phase
        ("step", "f8", (2,)),  # cosine and sine of its angle per sample
        ("depth", "f4"),  # samples, and its target
        ("depth_target", "f4"),
        ("wet", "f4"),  # linear gain of the copies, and its target
        ("wet_target", "f4"),
        ("smoothing", "f4"),  # share of the way to a target that a value moves in a sample
        ("rate", "f4"),
    ],
    align=True,
)


class Chorus(Effect):
    """The delay of the left copy follows a cosine, that of the right one a sine; the dry sound is not delayed."""

    name = "chorus"
    title = "Chorus"
    help = "adds two copies whose delay is modulated, one to each side"
    params = PARAMS

    def __init__(self) -> None:
        super().__init__(STATE, handle, process)

    def prepare(self, rate: float) -> None:
        """[main thread] Set the rate in Hz; the parameters stay."""
        self.state["smoothing"] = 1 - np.exp(-1 / (SMOOTHING_SECONDS * rate))
        super().prepare(rate)

    def reset(self) -> None:
        """[main thread] Clear the delay lines, and set the modulation to phase 0."""
        self.state["delay_line"] = 0
        self.state["time"] = 0
        self.state["phasor"] = [1, 0]
        update_targets(self.state[0])
        self.state["depth"], self.state["wet"] = self.state["depth_target"], self.state["wet_target"]


@njit(cache=True, error_model="numpy", exported=Signature("", STATE))
def update_targets(state):
    """Set the targets of depth and gain, and the step of the modulation."""
    angle = 2 * math.pi * state.param[SPEED] / state.rate
    state.step[0], state.step[1] = math.cos(angle), math.sin(angle)
    state.depth_target = state.param[DEPTH] * state.rate
    state.wet_target = state.param[MIX] if state.param[ON] > 0.5 else np.float32(0)


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Set a parameter."""
    if param_changed(state, event):
        update_targets(state)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add the copies to audio (2, T), in place."""
    centre = np.float32(CENTRE_DELAY_SECONDS * state.rate)
    for t in range(audio.shape[1]):
        state.depth += state.smoothing * (state.depth_target - state.depth)
        state.wet += state.smoothing * (state.wet_target - state.wet)
        real, imaginary = state.phasor[0], state.phasor[1]
        scale = 1.5 - 0.5 * (real * real + imaginary * imaginary)  # keeps the phasor on the unit circle
        state.phasor[0] = scale * (real * state.step[0] - imaginary * state.step[1])
        state.phasor[1] = scale * (real * state.step[1] + imaginary * state.step[0])
        for c in range(2):
            x = audio[c, t]
            state.delay_line[c, state.time % DELAY_LINE_SAMPLES] = x
            delay = centre + state.depth * np.float32(state.phasor[c])
            audio[c, t] = x + state.wet * _read(state.delay_line[c], state.time, delay)
        state.time += 1


@njit(cache=True, error_model="numpy")
def _read(line, time, delay):
    """The sample `delay` samples before `time`, interpolated by a Catmull-Rom cubic through four samples."""
    whole = np.int64(delay)
    x = delay - np.float32(whole)
    a, b, c, d = (
        line[(time - whole + 1) % DELAY_LINE_SAMPLES], line[(time - whole) % DELAY_LINE_SAMPLES],
        line[(time - whole - 1) % DELAY_LINE_SAMPLES], line[(time - whole - 2) % DELAY_LINE_SAMPLES],
    )  # fmt: skip
    half = np.float32(0.5)
    first, second = c - a, a - np.float32(2.5) * b + np.float32(2) * c - half * d
    third = half * (d - a) + np.float32(1.5) * (b - c)
    return b + x * (half * first + x * (second + x * third))
