"""[audio thread] Pitch bend, pressure, modulation, volume and pan of channels and notes, for most instruments.

The record of an instrument has the fields `CONTROLS`; its voices have `bend` and `pressure` of their own.
"""

import numpy as np

from engine.dsp.pitch_units import ratio_of
from engine.events import ALL, Kind
from engine.kernel import njit
from engine.plugin import clamp

from .voice_allocation import VOICES, matches

CHANNELS = 16
CONTROLS = [
    ("lfo", "f8"),  # phase of the vibrato, in cycles
    ("bend", "f4", (CHANNELS,)),  # semitones
    ("modulation", "f4", (CHANNELS,)),
    ("pressure", "f4", (CHANNELS,)),
    ("volume", "f4", (CHANNELS,)),
    ("pan", "f4", (CHANNELS,)),
]
MAX_BEND_SEMITONES = 96
MAX_CHANNEL_GAIN = 4


@njit(cache=True, error_model="numpy")
def handle_control(state, event):
    """Apply a bend, pressure, modulation, volume or pan event; ignore others."""
    kind, channel = event.kind, event.channel & 15
    if kind == Kind.BEND:
        _bend(state, event)
    elif kind == Kind.PRESSURE:
        _press(state, event)
    elif kind == Kind.MODULATION:
        state.modulation[channel] = clamp(event.value, 0, 1)
    elif kind == Kind.VOLUME:
        state.volume[channel] = clamp(event.value, 0, MAX_CHANNEL_GAIN)
    elif kind == Kind.PAN:
        state.pan[channel] = clamp(event.value, -1, 1)


@njit(cache=True, error_model="numpy")
def advance_vibrato(state, frames, speed, cents):
    """Advance the vibrato by some frames at a speed in Hz; its deviation in semitones at full modulation."""
    state.lfo = (state.lfo + speed * frames / state.rate) % 1.0
    return np.float32(np.sin(2 * np.pi * state.lfo)) * cents / np.float32(100)


@njit(cache=True, error_model="numpy")
def pitch_ratio(state, voice, vibrato):
    """The target frequency ratio of bend and vibrato. vibrato: its deviation in semitones at full modulation."""
    pressure = max(state.pressure[voice.channel], voice.pressure)
    semitones = state.bend[voice.channel] + voice.bend + vibrato * max(state.modulation[voice.channel], pressure)
    return np.float32(ratio_of(semitones))


@njit(cache=True, error_model="numpy")
def _bend(state, event):
    """Set the bend of a note, or of a channel."""
    semitones = clamp(event.value, -MAX_BEND_SEMITONES, MAX_BEND_SEMITONES)
    if event.note == ALL:
        state.bend[event.channel & 15] = semitones
        return
    for v in range(VOICES):
        if matches(state.voices[v], event):
            state.voices[v].bend = semitones


@njit(cache=True, error_model="numpy")
def _press(state, event):
    """Set the pressure of a note, or of a channel."""
    pressure = clamp(event.value, 0, 1)
    if event.note == ALL:
        state.pressure[event.channel & 15] = pressure
        return
    for v in range(VOICES):
        if matches(state.voices[v], event):
            state.voices[v].pressure = pressure
