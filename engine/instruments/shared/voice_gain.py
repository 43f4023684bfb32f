"""[audio thread] Stereo gains of a voice, smoothed by a one-pole at the control rate and ramped linearly between.

The record of an instrument has `SMOOTHING`, or those of them that it needs, and `CONTROLS`; its voices have `GAINS`.
"""

import numpy as np

from engine.kernel import njit

from .voice_allocation import ENDING

GAINS = [
    ("gain", "f4", (2,)),  # left and right
    ("step", "f4", (2,)),  # change per frame until the next control period
]
SMOOTHING = [
    ("gain_smoothing", "f4"),  # share of the way to its target that a gain moves in a control period
    ("bend_smoothing", "f4"),  # the same of a pitch bend
    ("fade_smoothing", "f4"),  # the same of a stolen voice, towards silence
]
SMOOTHING_SECONDS = {"gain_smoothing": 0.008, "bend_smoothing": 0.010, "fade_smoothing": 0.0022}  # time constants
MIN_GAIN = np.float32(1e-6)  # −120 dB: below it a voice is silent


def set_smoothing(state: np.ndarray, frames: int, rate: float) -> None:
    """[main thread] Set the smoothing of a control period of some frames at a rate in Hz."""
    for name in SMOOTHING_SECONDS.keys() & set(state.dtype.names or ()):
        state[name] = 1 - np.exp(-frames / (rate * SMOOTHING_SECONDS[name]))


@njit(cache=True, error_model="numpy")
def snap_gains(state, voice, level):
    """Set the gains of a voice to a level, linear, at once."""
    for c in range(2):
        voice.gain[c] = _target(state, voice, level, c)
        voice.step[c] = 0


@njit(cache=True, error_model="numpy")
def ramp_gains(state, voice, level, frames):
    """Ramp the gains of a voice towards a level, linear, over a control period of some frames."""
    share = state.fade_smoothing if voice.stage == ENDING else state.gain_smoothing
    for c in range(2):
        voice.step[c] = share * (_target(state, voice, level, c) - voice.gain[c]) / np.float32(frames)


@njit(cache=True, error_model="numpy")
def is_silent(voice):
    """Whether both gains of a voice are below MIN_GAIN."""
    return max(abs(voice.gain[0]), abs(voice.gain[1])) < MIN_GAIN


@njit(cache=True, error_model="numpy")
def _target(state, voice, level, side):
    """The target gain of the left (0) or right (1) side; 0 for a stolen voice."""
    if voice.stage == ENDING:
        return np.float32(0)
    pan = state.pan[voice.channel]
    return level * min(np.float32(1), np.float32(1) + (pan if side else -pan))
