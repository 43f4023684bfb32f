"""[audio thread] How loud a voice is on either side: gains that glide to what is asked for, from tick to tick.

The record of an instrument has `GLIDES`, or those of them that it needs, and `CONTROLS`; its voices have `GAINS`.
"""

import numpy as np
from numba import njit

from .voice_allocation import ENDING

GAINS = [
    ("gain", "f4", (2,)),  # left and right, as they are
    ("step", "f4", (2,)),  # what each frame adds until the next tick
]
GLIDES = [
    ("glide", "f4"),  # of the way that a gain goes in one tick
    ("bending", "f4"),  # of the way that a bend goes in one tick
    ("fading", "f4"),  # of the way to silence that a voice goes in one tick when it must give way
]
SECONDS = {"glide": 0.008, "bending": 0.010, "fading": 0.0022}  # in which they go most of their way
GONE = np.float32(1e-6)  # -120 dB: what cannot be heard


def set_glides(state: np.ndarray, tick: int, rate: float) -> None:
    """[main thread] Lay out how far all goes in a tick of so many frames, at a rate in Hz."""
    for name in SECONDS.keys() & set(state.dtype.names or ()):
        state[name] = 1 - np.exp(-tick / (rate * SECONDS[name]))


@njit(cache=True, error_model="numpy")
def settle_gains(state, voice, level):
    """Bring the gains of a voice to a level, linear, at once: it begins."""
    for c in range(2):
        voice.gain[c] = _wanted(state, voice, level, c)
        voice.step[c] = 0


@njit(cache=True, error_model="numpy")
def follow_gains(state, voice, level, tick):
    """Let the gains of a voice go on towards a level, linear, in the next `tick` frames."""
    part = state.fading if voice.stage == ENDING else state.glide
    for c in range(2):
        voice.step[c] = part * (_wanted(state, voice, level, c) - voice.gain[c]) / np.float32(tick)


@njit(cache=True, error_model="numpy")
def gone(voice):
    """Whether neither side of a voice can be heard."""
    return max(abs(voice.gain[0]), abs(voice.gain[1])) < GONE


@njit(cache=True, error_model="numpy")
def _wanted(state, voice, level, side):
    """The gain that a voice should have on the left (0) or right (1); none when it must give way."""
    if voice.stage == ENDING:
        return np.float32(0)
    pan = state.pan[voice.channel]
    return level * min(np.float32(1), np.float32(1) + (pan if side else -pan))
