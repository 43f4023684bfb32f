"""[audio thread] What keyboards and wheels say of a channel or a note, as most instruments take it.

The record of an instrument has `bend` in semitones, `pressure`, `modulation`, `volume` and `pan` for each channel;
its voices have `bend` and `pressure` of their own.
"""

from numba import njit

from ..events import ALL, Kind
from .voices import VOICES, concerns

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
        state.modulation[channel] = within(event.value, 0, 1)
    elif kind == Kind.VOLUME:
        state.volume[channel] = within(event.value, 0, LOUDEST)
    elif kind == Kind.PAN:
        state.pan[channel] = within(event.value, -1, 1)


@njit(cache=True, error_model="numpy")
def _bend(state, event):
    """Bend a note, or all of a channel."""
    semitones = within(event.value, -FARTHEST, FARTHEST)
    if event.note == ALL:
        state.bend[event.channel & 15] = semitones
        return
    for v in range(VOICES):
        if concerns(state.voices[v], event):
            state.voices[v].bend = semitones


@njit(cache=True, error_model="numpy")
def _press(state, event):
    """Press a note, or all of a channel."""
    pressure = within(event.value, 0, 1)
    if event.note == ALL:
        state.pressure[event.channel & 15] = pressure
        return
    for v in range(VOICES):
        if concerns(state.voices[v], event):
            state.voices[v].pressure = pressure


@njit(cache=True, error_model="numpy")
def within(value, low, high):
    """A value, or the nearest bound; the lower one for what is no number."""
    return min(value, high) if value >= low else low
