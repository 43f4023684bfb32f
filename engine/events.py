"""Events of the engine, in one flat record: notes, channel settings, parameters, MIDI."""

from enum import IntEnum

import numpy as np

EVENT = np.dtype(
    [
        ("frame", "i8"),  # absolute in a ring, within the block for a plugin
        ("target", "u8"),  # address of the record it is meant for; 0: every plugin
        ("kind", "i4"),  # a Kind
        ("channel", "i4"),  # MIDI channel 0..15
        ("note", "i4"),  # id of a note, the same at its on and off; -1: all of the channel
        ("key", "i4"),  # MIDI key number, or an index, by kind
        ("value", "f4"),  # in the unit of the kind
    ],
    align=True,
)
NOW = -1  # the frame of an event to be handled as soon as possible
ALL = -1  # the note id that means every note


class Kind(IntEnum):
    """The kind of an event, and the meaning of its `note`, `key` and `value`."""

    NOTE_OFF = 0  # note; value: damping 0..1, 1 fully damped, 0 held by a pedal; may be repeated
    NOTE_ON = 1  # note, key; value: velocity 0..1
    CHOKE = 2  # note: silent at once, without a click
    BEND = 3  # note; value: semitones, tuning included
    PRESSURE = 4  # note; value: 0..1
    TIMBRE = 5  # note; value: 0..1
    MODULATION = 6  # value: 0..1
    VOLUME = 7  # value: linear gain of the channel
    PAN = 8  # value: -1..1
    PEDAL = 9  # key: controller number; value: 0..1
    CONTROL = 10  # key: dimension of the control plane; value: energy
    DEFORM = 11  # key: variant; value: its weight before the softmax
    PITCH = 12  # value: Hz
    LOUDNESS = 13  # value: dB
    PARAM = 14  # key: index of the parameter; value: in its own unit
    MIDI = 15  # key: status | first << 8 | second << 16
    PROGRAM = 16  # key: number; to the main thread
    REFRESH = 17  # to the interpreter: emit the state of all channels for a new instrument


def midi(status: int, first: int = 0, second: int = 0) -> int:
    """The `key` of a MIDI event: three bytes in one number."""
    return status | first << 8 | second << 16
