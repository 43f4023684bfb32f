"""[audio thread] Playback of learned sound at a variable speed, with pitch and gain at a control rate.

The record of an instrument has `pace`, the learned samples per frame of the device; its voices have the fields
`PLAYBACK`.
"""

import numpy as np

from engine.dsp.decibels import NEPERS_PER_60_DB
from engine.dsp.pitch_units import ratio_of
from engine.kernel import njit

from .channel_controls import pitch_ratio
from .voice_allocation import RELEASED
from .voice_gain import GAINS, ramp_gains, snap_gains

CONTROL_FRAMES = 64  # frames of a control period
MAX_SPEED = 16.0  # learned samples per frame of the device

PLAYBACK = [
    ("speed", "f8"),  # learned samples per frame of the device
    ("key_ratio", "f4"),  # frequency ratio of the key to the learned pitch
    ("ratio", "f4"),  # smoothed frequency ratio of bend and vibrato
    ("bend", "f4"),  # semitones, its own
    ("pressure", "f4"),  # its own
    ("release_factor", "f4"),  # of its amplitude in a control period, once released
    ("amplitude", "f4"),  # linear, release included
    *GAINS,
]


@njit(cache=True, error_model="numpy")
def start_playback(state, voice, amplitude, level):
    """Start a voice at its target pitch and gains. amplitude: of the note, level: of the instrument, both linear."""
    voice.bend = voice.pressure = 0
    voice.release_factor = 1
    voice.ratio = np.float32(ratio_of(state.bend[voice.channel]))
    voice.amplitude = amplitude
    _update_speed(state, voice)
    snap_gains(state, voice, amplitude * state.volume[voice.channel] * level)


@njit(cache=True, error_model="numpy")
def update_pitch(state, voice, vibrato):
    """Move the pitch of a voice towards its target. vibrato: deviation in semitones at full modulation."""
    target = pitch_ratio(state, voice, vibrato)
    if voice.ratio != target:
        distance = target - voice.ratio
        voice.ratio = target if abs(distance) < 1e-6 else voice.ratio + state.bend_smoothing * distance
        _update_speed(state, voice)


@njit(cache=True, error_model="numpy")
def update_gains(state, voice, level):
    """Move the gains of a voice towards their targets. level: of the instrument, linear."""
    if voice.stage == RELEASED:
        voice.amplitude *= voice.release_factor
    ramp_gains(state, voice, voice.amplitude * state.volume[voice.channel] * level, CONTROL_FRAMES)


@njit(cache=True, error_model="numpy")
def release(state, voice, damping, seconds):
    """Release a note: −60 dB in `seconds` at a damping of 1, slower where key and pedal damp it less."""
    voice.stage = RELEASED
    voice.release_factor = np.float32(np.exp(-damping * NEPERS_PER_60_DB / seconds * CONTROL_FRAMES / state.rate))


@njit(cache=True, error_model="numpy")
def _update_speed(state, voice):
    """Set the playback speed from key, bend and vibrato."""
    voice.speed = min(state.speed * voice.key_ratio * voice.ratio, MAX_SPEED)
