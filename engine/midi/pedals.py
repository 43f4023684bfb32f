"""Which notes sound, and what the pedals do to them: an instrument only hears how far each is damped.

A note that is let go is told its damping: 1 when the damper falls on the string, 0 while a pedal holds it
off, and between for a half-pedal; it is told again whenever that changes.
"""

import numpy as np
from numba import njit

from engine.events import Kind
from engine.plugin import emit

from .channel_state import HALF, SOFT, SOSTENUTO, SUSTAIN

KEYS = 128
CATCH = 5.0  # seconds in which a pedal still catches a note that was let go
SOFTENED = 0.4  # of the velocity that the soft pedal takes

NOTE = np.dtype(
    [
        ("sounds", "i4"),  # it began, and may still ring
        ("down", "i4"),  # its key is held
        ("latched", "i4"),  # the sostenuto pedal holds it
        ("ended", "i4"),  # it ends whatever holds it
        ("damping", "f4"),  # as last said; -1: never
        ("pressure", "f4"),  # on its key alone, 0..127
        ("leant", "f4"),  # as last said
        ("released", "i8"),  # the frame when it was last let go for good
    ],
    align=True,
)


@njit(cache=True, error_model="numpy")
def press(state, channel, key, velocity):
    """A key goes down, velocity 1..127."""
    release(state, channel, key)
    note = state.notes[channel, key]
    softness = SOFTENED * state.channels[channel].pedals[SOFT] / 127
    if emit(state, 0, Kind.NOTE_ON, channel, channel << 7 | key, key, velocity / 127 * (1 - softness)):
        note.sounds, note.down, note.ended, note.damping = 1, 1, 0, -1
        note.pressure, note.leant = 0, 0  # so an instrument begins a note
    else:
        state.dropped += 1


@njit(cache=True, error_model="numpy")
def release(state, channel, key):
    """A key comes up."""
    state.notes[channel, key].down = 0
    damp(state, channel, key)


@njit(cache=True, error_model="numpy")
def release_all(state, channel):
    """CC 123: every key of a channel comes up; the pedals still hold what they hold."""
    for key in range(KEYS):
        if state.notes[channel, key].down:
            release(state, channel, key)


@njit(cache=True, error_model="numpy")
def end_all(state, channel):
    """Every note of a channel ends, whatever holds it."""
    for key in range(KEYS):
        note = state.notes[channel, key]
        note.down, note.latched, note.ended = 0, 0, 1
        damp(state, channel, key)


@njit(cache=True, error_model="numpy")
def step(state, channel, pedal, before):
    """A pedal of a channel has moved from `before`."""
    if pedal == SOSTENUTO:
        now = state.channels[channel].pedals[SOSTENUTO]
        if before < HALF <= now:
            for key in range(KEYS):
                state.notes[channel, key].latched = state.notes[channel, key].down
        elif now < HALF:
            for key in range(KEYS):
                state.notes[channel, key].latched = 0
    if pedal != SOFT:
        for key in range(KEYS):
            damp(state, channel, key)


@njit(cache=True, error_model="numpy")
def ease(state, channel):
    """The pressure on every single key of a channel is gone."""
    for key in range(KEYS):
        state.notes[channel, key].pressure = 0
        lean(state, channel, key)


@njit(cache=True, error_model="numpy")
def lean(state, channel, key):
    """Say the pressure on a key when it is not what was said last; owed when there is no room."""
    note = state.notes[channel, key]
    if note.pressure != note.leant:
        if emit(state, 0, Kind.PRESSURE, channel, channel << 7 | key, key, note.pressure / 127):
            note.leant = note.pressure
        else:
            state.owing = 1


@njit(cache=True, error_model="numpy")
def damp(state, channel, key):
    """Say the damping of a note when it is not what was said last; owed when there is no room."""
    note = state.notes[channel, key]
    if not note.sounds or note.down:
        return
    if note.damping == 1 and (note.ended or state.time - note.released > CATCH * state.rate):
        note.sounds = 0
        return
    damping = np.float32(0 if note.latched else undamped(state.channels[channel].pedals[SUSTAIN]))
    if note.ended:
        damping = np.float32(1)
    if damping == note.damping:
        return
    if not emit(state, 0, Kind.NOTE_OFF, channel, channel << 7 | key, key, damping):
        state.owing = 1
        return
    note.damping = damping
    if damping == 1:
        note.released = state.time
        note.sounds = not note.ended


@njit(cache=True, error_model="numpy")
def undamped(pedal):
    """The damping that a sustain pedal at 0..127 leaves."""
    return 0.0 if pedal >= HALF else 1.0 - pedal / HALF
