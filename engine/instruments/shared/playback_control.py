"""[audio thread] Playback of learned sound at a variable speed, with pitch and gain at a control rate.

The record of an instrument has `pace`, the learned samples per frame of the device; its voices have the fields
`PLAYBACK`.
"""

import numpy as np
from numba import njit

from engine.dsp.decibels import NEPERS_PER_60_DB
from engine.dsp.pitch_units import ratio_of

from .channel_controls import pitch_ratio
from .voice_allocation import RELEASED
from .voice_gain import GAINS, ramp_gains, snap_gains

CONTROL_FRAMES = 64  # frames of a control period
MAX_SPEED = 16.0  # learned samples per frame of the device

PLAYBACK = [
    ("pace", "f8"),  # learned samples per frame of the device
    ("move", "f4"),  # frequency ratio of the key to the learned pitch
    ("ratio", "f4"),  # smoothed frequency ratio of bend and vibrato
    ("bend", "f4"),  # semitones, its own
    ("pressure", "f4"),  # its own
    ("release", "f4"),  # factor of its loudness in a control period, once released
    ("held", "f4"),  # its loudness, linear, release included
    *GAINS,
]


@njit(cache=True, error_model="numpy")
def start_playback(state, voice, held, level):
    """Start a voice at its target pitch and gains. held: its loudness, level: of the instrument, both linear."""
    voice.bend = voice.pressure = 0
    voice.release = 1
    voice.ratio = np.float32(ratio_of(state.bend[voice.channel]))
    voice.held = held
    _update_speed(state, voice)
    snap_gains(state, voice, held * state.volume[voice.channel] * level)


@njit(cache=True, error_model="numpy")
def update_pitch(state, voice, vibrato):
    """Move the pitch of a voice towards its target. vibrato: deviation in semitones at full modulation."""
    target = pitch_ratio(state, voice, vibrato)
    if voice.ratio != target:
        distance = target - voice.ratio
        voice.ratio = target if abs(distance) < 1e-6 else voice.ratio + state.bending * distance
        _update_speed(state, voice)


@njit(cache=True, error_model="numpy")
def update_gains(state, voice, level):
    """Move the gains of a voice towards their targets. level: of the instrument, linear."""
    if voice.stage == RELEASED:
        voice.held *= voice.release
    ramp_gains(state, voice, voice.held * state.volume[voice.channel] * level, CONTROL_FRAMES)


@njit(cache=True, error_model="numpy")
def release(state, voice, damping, seconds):
    """Release a note: −60 dB in `seconds` at a damping of 1, slower where key and pedal damp it less."""
    voice.stage = RELEASED
    voice.release = np.float32(np.exp(-damping * NEPERS_PER_60_DB / seconds * CONTROL_FRAMES / state.rate))


@njit(cache=True, error_model="numpy")
def _update_speed(state, voice):
    """Set the playback speed from key, bend and vibrato."""
    voice.pace = min(state.pace * voice.move * voice.ratio, MAX_SPEED)
