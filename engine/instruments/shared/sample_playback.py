"""[audio thread] Voices that are read at a pace, and how loud they are: what was learned, moved to the keys.

The record of an instrument has `pace`, the learned samples in a frame of the device; its voices have the fields of
`READING`.
"""

import numpy as np
from numba import njit

from engine.dsp.levels import NEPERS_PER_60_DB

from .channel_controls import swayed
from .voice_allocation import RELEASED
from .voice_gain import GAINS, follow_gains, settle_gains

STRIDE = 64  # frames between two looks at the controllers
MOST = 16.0  # learned samples in a frame of the device: faster nothing is read

READING = [
    ("pace", "f8"),  # learned samples that go by in a frame of the device
    ("move", "f4"),  # the ratio by which it was moved to the key
    ("ratio", "f4"),  # of bend and vibrato, as they are
    ("bend", "f4"),  # semitones, its own
    ("pressure", "f4"),  # its own
    ("release", "f4"),  # what a tick leaves of its loudness once the key is let go
    ("held", "f4"),  # its loudness, and what the release has left of it
    *GAINS,
]


@njit(cache=True, error_model="numpy")
def settle(state, voice, held, level):
    """Let a voice begin: its pitch and its gains are at once what the controllers ask for.

    held: its own loudness, and level: that of the instrument, both linear.
    """
    voice.bend = voice.pressure = 0
    voice.release = 1
    voice.ratio = np.float32(2.0 ** (state.bend[voice.channel] / 12))
    voice.held = held
    _pace(state, voice)
    settle_gains(state, voice, held * state.volume[voice.channel] * level)


@njit(cache=True, error_model="numpy")
def turn(state, voice, sway):
    """Let the pitch of a voice go on towards its bend; sway: semitones of vibrato at a full wheel."""
    target = swayed(state, voice, sway)
    if voice.ratio != target:
        moved = target - voice.ratio
        voice.ratio = target if abs(moved) < 1e-6 else voice.ratio + state.bending * moved
        _pace(state, voice)


@njit(cache=True, error_model="numpy")
def follow(state, voice, level):
    """Let the gains of a voice go on towards what the controllers ask for; level: of the instrument, linear."""
    if voice.stage == RELEASED:
        voice.held *= voice.release
    follow_gains(state, voice, voice.held * state.volume[voice.channel] * level, STRIDE)


@njit(cache=True, error_model="numpy")
def release(state, voice, damping, seconds):
    """Let a note fall by 60 dB in so many seconds, or less where its key and pedal damp it less than 1."""
    voice.stage = RELEASED
    voice.release = np.float32(np.exp(-damping * NEPERS_PER_60_DB / seconds * STRIDE / state.rate))


@njit(cache=True, error_model="numpy")
def _pace(state, voice):
    """Let a voice go by as fast as its key and its bend say."""
    voice.pace = min(state.pace * voice.move * voice.ratio, MOST)
