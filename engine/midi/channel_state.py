"""What the sixteen channels are set to, by their controllers, and the events that say so.

A controller only changes the record and notes what is owed to the instrument; `say` pays when the block has
room. So no setting is ever lost, however fast they come: the last one is said. Knobs and single keys hold to it too.
"""

import math

import numpy as np
from numba import njit

from engine.events import ALL, Kind
from engine.plugin import emit

CHANNEL = np.dtype(
    [
        ("owed", "i4"),  # the kinds of event to be said, a bit each
        ("volume", "f4"),  # CC 7, 0..127
        ("expression", "f4"),  # CC 11, 0..127
        ("breath", "f4"),  # CC 2, 0..127
        ("pan", "f4"),  # CC 10, 0..127
        ("modulation", "f4"),  # CC 1, 0..127
        ("timbre", "f4"),  # CC 74, 0..127, where no knob takes it
        ("pressure", "f4"),  # 0..127
        ("bend", "f4"),  # -1..1
        ("range", "f4"),  # semitones of a full bend: RPN 0
        ("fine", "f4"),  # semitones: RPN 1
        ("coarse", "f4"),  # semitones: RPN 2
        ("pedals", "f4", (3,)),  # 0..127: sustain, sostenuto, soft
        ("rpn", "i4"),  # the parameter that data entry sets; NOTHING: none
        ("bank", "i4"),  # 14 bit
        ("program", "i4"),
    ],
    align=True,
)
NOTHING = 0x3FFF
SUSTAIN, SOSTENUTO, SOFT = 0, 1, 2
PEDALS = np.array([64, 66, 67], np.int32)  # their controllers
WIDEST = 96.0  # semitones that a bend may reach, at most
UNITY = 100.0  # CC 7 at which a channel neither adds nor takes: where General MIDI begins
HALF = 64.0  # CC 64 from which the dampers are off the strings

BEND, PRESSURE, TIMBRE = 1 << int(Kind.BEND), 1 << int(Kind.PRESSURE), 1 << int(Kind.TIMBRE)
MODULATION, VOLUME, PAN = 1 << int(Kind.MODULATION), 1 << int(Kind.VOLUME), 1 << int(Kind.PAN)
CHOKE, PROGRAM = 1 << int(Kind.CHOKE), 1 << int(Kind.PROGRAM)
PEDAL = 1 << 20  # and the next two: one bit for each pedal
SETTINGS = BEND | PRESSURE | TIMBRE | MODULATION | VOLUME | PAN | 7 * PEDAL
_ORDER = (Kind.CHOKE, Kind.VOLUME, Kind.PAN, Kind.BEND, Kind.MODULATION, Kind.PRESSURE, Kind.TIMBRE, Kind.PROGRAM)
_SAID = np.array(_ORDER, np.int32)


@njit(cache=True, error_model="numpy")
def begin(channel):
    """All settings as a channel begins."""
    channel.volume, channel.pan = UNITY, 64
    channel.range, channel.fine, channel.coarse = 2, 0, 0
    channel.bank, channel.program = 0, 0
    channel.timbre = 64
    relax(channel)


@njit(cache=True, error_model="numpy")
def relax(channel):
    """CC 121: what the hands and feet hold goes back; volume, pan, program and bend range stay (RP-015)."""
    channel.modulation, channel.pressure, channel.bend = 0, 0, 0
    channel.expression, channel.breath = 127, 127
    for i in range(3):
        channel.pedals[i] = 0
    channel.rpn = NOTHING
    channel.owed |= SETTINGS


@njit(cache=True, error_model="numpy")
def control(channel, number, value):
    """Take a controller that sets something of a channel."""
    if number == 7:
        channel.volume = value
        channel.owed |= VOLUME
    elif number == 11:
        channel.expression = value
        channel.owed |= VOLUME
    elif number == 2:
        channel.breath = value
        channel.owed |= VOLUME
    elif number == 10:
        channel.pan = value
        channel.owed |= PAN
    elif number == 1:
        channel.modulation = value
        channel.owed |= MODULATION
    elif number == 0:
        channel.bank = value << 7 | channel.bank & 0x7F
    elif number == 32:
        channel.bank = channel.bank & 0x3F80 | value
    elif number == 74:
        channel.timbre = value
        channel.owed |= TIMBRE
    else:
        register(channel, number, value)


@njit(cache=True, error_model="numpy")
def register(channel, number, value):
    """CC 98..101 choose a registered parameter, 6 and 38 set it."""
    if number == 101:
        channel.rpn = value << 7 | channel.rpn & 0x7F
    elif number == 100:
        channel.rpn = channel.rpn & 0x3F80 | value
    elif number == 98 or number == 99:
        channel.rpn = NOTHING  # an unregistered one: none that we know
    elif number == 6:
        if channel.rpn == 0:
            channel.range = min(value, WIDEST)
        elif channel.rpn == 1:
            channel.fine = (value - 64) / 64
        elif channel.rpn == 2:
            channel.coarse = value - 64
        channel.owed |= BEND
    elif number == 38:
        if channel.rpn == 0:
            channel.range = min(math.floor(channel.range) + min(value, 99) / 100, WIDEST)
        elif channel.rpn == 1:
            channel.fine = math.floor(channel.fine * 64) / 64 + value / 8192
        channel.owed |= BEND


@njit(cache=True, error_model="numpy")
def say(state, number):
    """Say what is owed of a channel, as far as there is room; whether all is said."""
    channel = state.channels[number]
    for kind in _SAID:
        if channel.owed & 1 << kind:
            key = channel.bank << 7 | channel.program if kind == Kind.PROGRAM else 0
            if emit(state, 0, kind, number, ALL, key, setting(channel, kind, state.tuning)):
                channel.owed &= ~(1 << kind)
    for i in range(3):
        if channel.owed & PEDAL << i:
            if emit(state, 0, Kind.PEDAL, number, ALL, PEDALS[i], channel.pedals[i] / 127):
                channel.owed &= ~(PEDAL << i)
    return channel.owed == 0


@njit(cache=True, error_model="numpy")
def setting(channel, kind, tuning):
    """The value of an event of a kind, in its unit; tuning in semitones."""
    if kind == Kind.VOLUME:
        return square(channel.volume / UNITY) * square(channel.expression / 127) * square(channel.breath / 127)
    if kind == Kind.PAN:
        return max((channel.pan - 64) / 63, -1.0)
    if kind == Kind.BEND:
        return channel.bend * channel.range + channel.fine + channel.coarse + tuning
    if kind == Kind.MODULATION:
        return channel.modulation / 127
    if kind == Kind.PRESSURE:
        return channel.pressure / 127
    if kind == Kind.TIMBRE:
        return channel.timbre / 128 if channel.timbre <= 64 else 0.5 + (channel.timbre - 64) / 126
    return 0.0


@njit(cache=True, error_model="numpy")
def square(x):
    """Loudness of a fader at x, as General MIDI has it: 40 dB for each factor of ten."""
    return x * x
