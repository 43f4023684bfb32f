"""Keys and pedals: which notes sound, and how far each is damped.

A note off carries its damping: 1 when the damper is on the string, 0 while a pedal holds it off, and between for a
half-pedal; it is emitted again whenever that changes.
"""

import numpy as np

from engine.events import Kind
from engine.kernel import njit
from engine.plugin import emit

from .channel_state import PEDAL_THRESHOLD, SOFT, SOSTENUTO, SUSTAIN

KEYS = 128
PEDAL_CATCH_SECONDS = 5.0  # after the release of a note, in which pressing a pedal holds it again
SOFT_PEDAL_DEPTH = 0.4  # share of the velocity that the soft pedal removes

NOTE = np.dtype(
    [
        ("sounding", "i4"),  # it has started, and may still sound
        ("down", "i4"),  # its key is down
        ("latched", "i4"),  # the sostenuto pedal holds it
        ("ended", "i4"),  # it ends whatever pedal is down
        ("damping", "f4"),  # as last emitted; -1: never
        ("pressure", "f4"),  # of its key, 0..127
        ("emitted_pressure", "f4"),  # as last emitted
        ("released", "i8"),  # the frame of its last full release
    ],
    align=True,
)


@njit(cache=True, error_model="numpy")
def key_down(state, channel, key, velocity):
    """Start a note, velocity 1..127."""
    key_up(state, channel, key)
    note = state.notes[channel, key]
    softness = SOFT_PEDAL_DEPTH * state.channels[channel].pedals[SOFT] / 127
    if emit(state, 0, Kind.NOTE_ON, channel, channel << 7 | key, key, velocity / 127 * (1 - softness)):
        note.sounding, note.down, note.ended, note.damping = 1, 1, 0, -1
        note.pressure, note.emitted_pressure = 0, 0  # the defaults of an instrument's note
    else:
        state.dropped += 1


@njit(cache=True, error_model="numpy")
def key_up(state, channel, key):
    """Release a key."""
    state.notes[channel, key].down = 0
    emit_damping(state, channel, key)


@njit(cache=True, error_model="numpy")
def all_keys_up(state, channel):
    """CC 123: release every key of a channel; the pedals still hold its notes."""
    for key in range(KEYS):
        if state.notes[channel, key].down:
            key_up(state, channel, key)


@njit(cache=True, error_model="numpy")
def end_notes(state, channel):
    """End every note of a channel, whatever pedal is down."""
    for key in range(KEYS):
        note = state.notes[channel, key]
        note.down, note.latched, note.ended = 0, 0, 1
        emit_damping(state, channel, key)


@njit(cache=True, error_model="numpy")
def update_pedal(state, channel, pedal, before):
    """Apply a pedal of a channel that has moved from `before`."""
    if pedal == SOSTENUTO:
        now = state.channels[channel].pedals[SOSTENUTO]
        if before < PEDAL_THRESHOLD <= now:
            for key in range(KEYS):
                state.notes[channel, key].latched = state.notes[channel, key].down
        elif now < PEDAL_THRESHOLD:
            for key in range(KEYS):
                state.notes[channel, key].latched = 0
    if pedal != SOFT:
        for key in range(KEYS):
            emit_damping(state, channel, key)


@njit(cache=True, error_model="numpy")
def reset_key_pressure(state, channel):
    """Reset the pressure of every key of a channel."""
    for key in range(KEYS):
        state.notes[channel, key].pressure = 0
        emit_key_pressure(state, channel, key)


@njit(cache=True, error_model="numpy")
def emit_key_pressure(state, channel, key):
    """Emit the pressure of a key if it has changed; pending when there is no room."""
    note = state.notes[channel, key]
    if note.pressure != note.emitted_pressure:
        if emit(state, 0, Kind.PRESSURE, channel, channel << 7 | key, key, note.pressure / 127):
            note.emitted_pressure = note.pressure
        else:
            state.notes_pending = 1


@njit(cache=True, error_model="numpy")
def emit_damping(state, channel, key):
    """Emit the damping of a note if it has changed; pending when there is no room."""
    note = state.notes[channel, key]
    if not note.sounding or note.down:
        return
    if note.damping == 1 and (note.ended or state.time - note.released > PEDAL_CATCH_SECONDS * state.rate):
        note.sounding = 0
        return
    damping = np.float32(0 if note.latched else pedal_damping(state.channels[channel].pedals[SUSTAIN]))
    if note.ended:
        damping = np.float32(1)
    if damping == note.damping:
        return
    if not emit(state, 0, Kind.NOTE_OFF, channel, channel << 7 | key, key, damping):
        state.notes_pending = 1
        return
    note.damping = damping
    if damping == 1:
        note.released = state.time
        note.sounding = not note.ended


@njit(cache=True, error_model="numpy")
def pedal_damping(pedal):
    """The damping at a position of the sustain pedal, 0..127."""
    return 0.0 if pedal >= PEDAL_THRESHOLD else 1.0 - pedal / PEDAL_THRESHOLD
