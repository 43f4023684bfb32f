"""A tone control: one knob that tilts the spectrum, brighter to the right, darker to the left."""

import numpy as np
from numba import njit

from engine.plugin import Param, knob_fields, set_knobs, turned

LOUDEST = np.float32(1e4)  # a sample that is more, or no number, is silence: it would stay for ever
GLIDE = 0.01  # seconds: no zipper noise
PARAMS = (
    Param("tilt", "dB", -12.0, 12.0, 0.0, help="treble up and bass down by so much, or the other way round"),
    Param("pivot", "Hz", 200.0, 4000.0, 800.0, help="the frequency that stays as loud as it is"),
    Param("on", "", 0.0, 1.0, 1.0, help="off: the sound passes as it is"),
)
TILT, PIVOT, ON = range(len(PARAMS))

STATE = np.dtype(
    [
        *knob_fields(PARAMS),
        ("low", "f4", (2,)),  # what a one-pole low-pass remembers, left and right
        ("bass", "f4"),  # linear gains, and where they glide to
        ("treble", "f4"),
        ("bass_to", "f4"),
        ("treble_to", "f4"),
        ("corner", "f4"),
        ("glide", "f4"),
        ("rate", "f4"),
    ],
    align=True,
)


class Tone:
    """Splits the sound with a one-pole filter, and weighs what lies below its corner against what lies above."""

    name = "tone"
    params: tuple[Param, ...] = PARAMS

    def __init__(self) -> None:
        self.state = np.zeros(1, STATE)
        set_knobs(self.state, PARAMS)
        self.handle, self.process = handle, process

    def prepare(self, rate: float) -> None:
        """[main thread] Glide over 10 ms at a rate in Hz; the knobs stay."""
        self.state["rate"], self.state["glide"] = rate, 1 - np.exp(-1 / (GLIDE * rate))
        self.reset()

    def reset(self) -> None:
        """[main thread] Silence, and arrive at once."""
        self.state["low"] = 0
        aim(self.state[0])
        self.state["bass"], self.state["treble"] = self.state["bass_to"], self.state["treble_to"]


@njit(cache=True, error_model="numpy")
def aim(state):
    """Where the gains go, and the corner of the filter (bilinear, warped to be exact there)."""
    tilt = state.param[TILT] if state.param[ON] > 0.5 else np.float32(0)
    state.treble_to = np.float32(10) ** (tilt / np.float32(20))
    state.bass_to = np.float32(10) ** (-tilt / np.float32(20))
    corner = np.tan(np.pi * min(np.float64(state.param[PIVOT]), 0.4 * state.rate) / state.rate)
    state.corner = corner / (1 + corner)


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Turn a knob."""
    if turned(state, event):
        aim(state)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Tilt audio (2, T) in place."""
    bass, treble = state.bass, state.treble
    for t in range(audio.shape[1]):
        bass += state.glide * (state.bass_to - bass)
        treble += state.glide * (state.treble_to - treble)
        for c in range(2):
            x = audio[c, t] if abs(audio[c, t]) < LOUDEST else np.float32(0)
            moved = state.corner * (x - state.low[c])
            below = state.low[c] + moved
            state.low[c] = below + moved
            audio[c, t] = treble * x + (bass - treble) * below
    state.bass, state.treble = bass, treble
