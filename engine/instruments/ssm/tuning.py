"""[audio thread] How loud and how high a voice is, as the key and the controllers ask for."""

import numpy as np
from numba import njit

from ..voices import ENDING, RELEASED
from .record import LEVEL, STRIDE

MOST = 16.0  # learned samples in a frame of the device: faster nothing is read


@njit(cache=True, error_model="numpy")
def settle(state, voice):
    """Bring the pitch and the gain of a voice to what the controllers ask for, at once: it begins."""
    voice.ratio = np.float32(2.0 ** ((state.bend[voice.channel] + voice.bend) / 12))
    voice.held = 1
    pace(state, voice)
    for c in range(2):
        voice.gain[c] = wanted(state, voice, c)
        voice.step[c] = 0


@njit(cache=True, error_model="numpy")
def pace(state, voice):
    """Let a voice go by as fast as its key and its bend say."""
    voice.pace = min(state.pace * voice.move * voice.ratio, MOST)


@njit(cache=True, error_model="numpy")
def turn(state, voice, sway):
    """Let the pitch of a voice go on towards its bend; sway: semitones of vibrato at a full wheel."""
    pressed = max(state.pressure[voice.channel], voice.pressure)
    semitones = state.bend[voice.channel] + voice.bend + sway * max(state.modulation[voice.channel], pressed)
    target = np.float32(2.0 ** (semitones / 12))
    if voice.ratio != target:
        moved = target - voice.ratio
        voice.ratio = target if abs(moved) < 1e-6 else voice.ratio + state.bending * moved
        pace(state, voice)


@njit(cache=True, error_model="numpy")
def follow(state, voice):
    """Let the gains of a voice go on towards what the controllers ask for."""
    part = state.fading if voice.stage == ENDING else state.glide
    if voice.stage == RELEASED:
        voice.held *= voice.release
    for c in range(2):
        voice.step[c] = part * (wanted(state, voice, c) - voice.gain[c]) / np.float32(STRIDE)


@njit(cache=True, error_model="numpy")
def wanted(state, voice, side):
    """The gain that a voice should have on the left (0) or right (1); none when it must give way."""
    if voice.stage == ENDING:
        return np.float32(0)
    pan = state.pan[voice.channel]
    balance = min(np.float32(1), np.float32(1) + (pan if side else -pan))
    return voice.held * state.volume[voice.channel] * decibels(state.param[LEVEL]) * balance


@njit(cache=True, error_model="numpy")
def decibels(level):
    """A level in dB as a gain."""
    return np.float32(10) ** (level / np.float32(20))
