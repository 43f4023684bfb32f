"""A chorus: two copies of the sound that are a little late and never quite in tune, one to each side."""

import math

import numpy as np
from numba import njit

from engine.plugin import Param, knob_fields, set_knobs, turned

GLIDE = 0.02  # seconds: no zipper noise
CENTRE = 0.010  # seconds that the copies are late, in the middle of their sway
LENGTH = 1 << 12  # samples that are remembered: the longest delay at 192 kHz, and more
PARAMS = (
    Param("depth", "s", 0.0, 0.006, 0.002, help="how far the copies sway in time"),
    Param("speed", "Hz", 0.05, 5.0, 0.6, help="how often they do"),
    Param("mix", "", 0.0, 1.0, 0.5, cc=93, help="0: only the sound as it is, 1: as much of the copies"),
    Param("on", "", 0.0, 1.0, 1.0, help="off: the sound passes as it is"),
)
DEPTH, SPEED, MIX, ON = range(len(PARAMS))

STATE = np.dtype(
    [
        *knob_fields(PARAMS),
        ("past", "f4", (2, LENGTH)),
        ("time", "i8"),  # samples so far
        ("turn", "f8", (2,)),  # cosine and sine of the sway
        ("step", "f8", (2,)),  # of its angle in a sample
        ("depth", "f4"),  # samples, and where it glides to
        ("depth_to", "f4"),
        ("wet", "f4"),  # linear gain of the copies, and where it glides to
        ("wet_to", "f4"),
        ("glide", "f4"),
        ("rate", "f4"),
    ],
    align=True,
)


class Chorus:
    """Left and right copies sway a quarter of a turn apart; the dry sound stays as it is, without delay."""

    name = "chorus"
    params: tuple[Param, ...] = PARAMS

    def __init__(self) -> None:
        self.state = np.zeros(1, STATE)
        set_knobs(self.state, PARAMS)
        self.handle, self.process = handle, process

    def prepare(self, rate: float) -> None:
        """[main thread] Take a rate in Hz; the knobs stay."""
        self.state["rate"], self.state["glide"] = rate, 1 - np.exp(-1 / (GLIDE * rate))
        self.reset()

    def reset(self) -> None:
        """[main thread] Silence, and the sway at its beginning."""
        self.state["past"] = 0
        self.state["time"] = 0
        self.state["turn"] = [1, 0]
        aim(self.state[0])
        self.state["depth"], self.state["wet"] = self.state["depth_to"], self.state["wet_to"]


@njit(cache=True, error_model="numpy")
def aim(state):
    """Where depth and gain go, and how fast the sway turns."""
    angle = 2 * math.pi * state.param[SPEED] / state.rate
    state.step[0], state.step[1] = math.cos(angle), math.sin(angle)
    state.depth_to = state.param[DEPTH] * state.rate
    state.wet_to = state.param[MIX] if state.param[ON] > 0.5 else np.float32(0)


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Turn a knob."""
    if turned(state, event):
        aim(state)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add the copies to audio (2, T), in place."""
    centre = np.float32(CENTRE * state.rate)
    for t in range(audio.shape[1]):
        state.depth += state.glide * (state.depth_to - state.depth)
        state.wet += state.glide * (state.wet_to - state.wet)
        across, up = state.turn[0], state.turn[1]
        size = 1.5 - 0.5 * (across * across + up * up)  # keeps the turning point on its circle
        state.turn[0] = size * (across * state.step[0] - up * state.step[1])
        state.turn[1] = size * (across * state.step[1] + up * state.step[0])
        for c in range(2):
            x = audio[c, t]
            state.past[c, state.time % LENGTH] = x
            late = centre + state.depth * np.float32(state.turn[c])
            audio[c, t] = x + state.wet * _past(state.past[c], state.time, late)
        state.time += 1


@njit(cache=True, error_model="numpy")
def _past(past, time, late):
    """The sound `late` samples ago, between samples by the cubic through four of them (Catmull and Rom)."""
    whole = np.int64(late)
    x = late - np.float32(whole)
    a, b, c, d = (
        past[(time - whole + 1) % LENGTH], past[(time - whole) % LENGTH], past[(time - whole - 1) % LENGTH],
        past[(time - whole - 2) % LENGTH],
    )  # fmt: skip
    half = np.float32(0.5)
    first, second = c - a, a - np.float32(2.5) * b + np.float32(2) * c - half * d
    third = half * (d - a) + np.float32(1.5) * (b - c)
    return b + x * (half * first + x * (second + x * third))
