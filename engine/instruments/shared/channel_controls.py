"""[audio thread] Pitch bend, pressure, modulation, volume and pan of channels and notes, for most instruments.

The record of an instrument has the fields `CONTROLS`; its voices have `bend` and `pressure` of their own.
"""

import numpy as np
from numba import njit

from engine.events import ALL, Kind
from engine.plugin import clamp

from .voice_allocation import VOICES, concerns

CHANNELS = 16
CONTROLS = [
    ("lfo", "f8"),  # of the vibrato, in turns
    ("bend", "f4", (CHANNELS,)),  # semitones
    ("modulation", "f4", (CHANNELS,)),
    ("pressure", "f4", (CHANNELS,)),
    ("volume", "f4", (CHANNELS,)),
    ("pan", "f4", (CHANNELS,)),
]
FARTHEST = 96  # semitones that a bend may reach
LOUDEST = 4  # the most that a channel may amplify


@njit(cache=True, error_model="numpy")
def control(state, event):
    """Take a bend, pressure, modulation, volume or place; what else there is concerns others."""
    kind, channel = event.kind, event.channel & 15
    if kind == Kind.BEND:
        _bend(state, event)
    elif kind == Kind.PRESSURE:
        _press(state, event)
    elif kind == Kind.MODULATION:
        state.modulation[channel] = clamp(event.value, 0, 1)
    elif kind == Kind.VOLUME:
        state.volume[channel] = clamp(event.value, 0, LOUDEST)
    elif kind == Kind.PAN:
        state.pan[channel] = clamp(event.value, -1, 1)


@njit(cache=True, error_model="numpy")
def swing(state, frames, speed, cents):
    """Let the vibrato go on by so many frames, at a speed in Hz: semitones that it is away at a full wheel."""
    state.lfo = (state.lfo + speed * frames / state.rate) % 1.0
    return np.float32(np.sin(2 * np.pi * state.lfo)) * cents / np.float32(100)


@njit(cache=True, error_model="numpy")
def swayed(state, voice, sway):
    """The ratio of bend and vibrato that a voice should come to; sway: semitones of vibrato at a full wheel."""
    pressed = max(state.pressure[voice.channel], voice.pressure)
    semitones = state.bend[voice.channel] + voice.bend + sway * max(state.modulation[voice.channel], pressed)
    return np.float32(2.0 ** (semitones / 12))


@njit(cache=True, error_model="numpy")
def _bend(state, event):
    """Bend a note, or all of a channel."""
    semitones = clamp(event.value, -FARTHEST, FARTHEST)
    if event.note == ALL:
        state.bend[event.channel & 15] = semitones
        return
    for v in range(VOICES):
        if concerns(state.voices[v], event):
            state.voices[v].bend = semitones


@njit(cache=True, error_model="numpy")
def _press(state, event):
    """Press a note, or all of a channel."""
    pressure = clamp(event.value, 0, 1)
    if event.note == ALL:
        state.pressure[event.channel & 15] = pressure
        return
    for v in range(VOICES):
        if concerns(state.voices[v], event):
            state.voices[v].pressure = pressure
