"""The state of a MIDI channel as its controllers set it, and the events that transmit it.

A controller only changes the record and marks an event as pending; `emit_pending` emits it when the block has room.
So no setting is lost, however fast they come: the last one is emitted. Parameters and key pressure work alike.
"""

import math

import numpy as np

from engine.events import ALL, Kind
from engine.kernel import Signature, njit
from engine.plugin import emit

from .mpe_zones import zone_bend

CHANNEL = np.dtype(
    [
        ("pending", "i4"),  # kinds of event to be emitted, a bit each
        ("volume", "f4"),  # CC 7, 0..127
        ("expression", "f4"),  # CC 11, 0..127
        ("breath", "f4"),  # CC 2, 0..127
        ("pan", "f4"),  # CC 10, 0..127
        ("modulation", "f4"),  # CC 1, 0..127
        ("timbre", "f4"),  # CC 74, 0..127, where no parameter has it
        ("pressure", "f4"),  # 0..127
        ("bend", "f4"),  # -1..1
        ("range", "f4"),  # semitones of a full bend: RPN 0
        ("fine", "f4"),  # semitones: RPN 1
        ("coarse", "f4"),  # semitones: RPN 2
        ("pedals", "f4", (3,)),  # 0..127: sustain, sostenuto, soft
        ("rpn", "i4"),  # the registered parameter that data entry sets; NO_RPN: none
        ("bank", "i4"),  # 14 bit
        ("program", "i4"),
    ],
    align=True,
)
NO_RPN = 0x3FFF
SUSTAIN, SOSTENUTO, SOFT = 0, 1, 2
PEDALS = np.array([64, 66, 67], np.int32)  # their controllers
MAX_BEND_SEMITONES = 96.0
UNITY_VOLUME = 100.0  # CC 7 at gain 1: the default of General MIDI
PEDAL_THRESHOLD = 64.0  # CC 64 from which the dampers are raised

BEND, PRESSURE, TIMBRE = 1 << int(Kind.BEND), 1 << int(Kind.PRESSURE), 1 << int(Kind.TIMBRE)
MODULATION, VOLUME, PAN = 1 << int(Kind.MODULATION), 1 << int(Kind.VOLUME), 1 << int(Kind.PAN)
CHOKE, PROGRAM = 1 << int(Kind.CHOKE), 1 << int(Kind.PROGRAM)
PEDAL = 1 << 20  # and the next two: one bit for each pedal
SETTINGS = BEND | PRESSURE | TIMBRE | MODULATION | VOLUME | PAN | 7 * PEDAL
_ORDER = (Kind.CHOKE, Kind.VOLUME, Kind.PAN, Kind.BEND, Kind.MODULATION, Kind.PRESSURE, Kind.TIMBRE, Kind.PROGRAM)
_EMITTED = np.array(_ORDER, np.int32)


@njit(cache=True, error_model="numpy", exported=Signature("", CHANNEL))
def reset_channel(channel):
    """Reset a channel to its defaults."""
    channel.volume, channel.pan = UNITY_VOLUME, 64
    channel.range, channel.fine, channel.coarse = 2, 0, 0
    channel.bank, channel.program = 0, 0
    channel.timbre = 64
    reset_controllers(channel)


@njit(cache=True, error_model="numpy")
def reset_controllers(channel):
    """CC 121: reset wheels, pedals, pressure and expression; volume, pan, program and bend range stay (RP-015)."""
    channel.modulation, channel.pressure, channel.bend = 0, 0, 0
    channel.expression, channel.breath = 127, 127
    for i in range(3):
        channel.pedals[i] = 0
    channel.rpn = NO_RPN
    channel.pending |= SETTINGS


@njit(cache=True, error_model="numpy")
def set_control(channel, number, value):
    """Set a channel by a controller."""
    if number == 7:
        channel.volume = value
        channel.pending |= VOLUME
    elif number == 11:
        channel.expression = value
        channel.pending |= VOLUME
    elif number == 2:
        channel.breath = value
        channel.pending |= VOLUME
    elif number == 10:
        channel.pan = value
        channel.pending |= PAN
    elif number == 1:
        channel.modulation = value
        channel.pending |= MODULATION
    elif number == 0:
        channel.bank = value << 7 | channel.bank & 0x7F
    elif number == 32:
        channel.bank = channel.bank & 0x3F80 | value
    elif number == 74:
        channel.timbre = value
        channel.pending |= TIMBRE
    else:
        set_rpn(channel, number, value)


@njit(cache=True, error_model="numpy")
def set_rpn(channel, number, value):
    """CC 98..101 select a registered parameter, 6 and 38 set it."""
    if number == 101:
        channel.rpn = value << 7 | channel.rpn & 0x7F
    elif number == 100:
        channel.rpn = channel.rpn & 0x3F80 | value
    elif number == 98 or number == 99:
        channel.rpn = NO_RPN  # an unregistered one: not supported
    elif number == 6:
        if channel.rpn == 0:
            channel.range = min(value, MAX_BEND_SEMITONES)
        elif channel.rpn == 1:
            channel.fine = (value - 64) / 64
        elif channel.rpn == 2:
            channel.coarse = value - 64
        channel.pending |= BEND
    elif number == 38:
        if channel.rpn == 0:
            channel.range = min(math.floor(channel.range) + min(value, 99) / 100, MAX_BEND_SEMITONES)
        elif channel.rpn == 1:
            channel.fine = math.floor(channel.fine * 64) / 64 + value / 8192
        channel.pending |= BEND


@njit(cache=True, error_model="numpy")
def emit_pending(state, number):
    """Emit the pending events of a channel, as far as there is room; whether all are emitted."""
    channel = state.channels[number]
    tuning = state.tuning + state.master_tuning[0] + state.master_tuning[1] + zone_bend(state, number)
    for kind in _EMITTED:
        if channel.pending & 1 << kind:
            key = channel.bank << 7 | channel.program if kind == Kind.PROGRAM else 0
            if emit(state, 0, kind, number, ALL, key, event_value(channel, kind, tuning)):
                channel.pending &= ~(1 << kind)
    for i in range(3):
        if channel.pending & PEDAL << i:
            if emit(state, 0, Kind.PEDAL, number, ALL, PEDALS[i], channel.pedals[i] / 127):
                channel.pending &= ~(PEDAL << i)
    return channel.pending == 0


@njit(cache=True, error_model="numpy")
def event_value(channel, kind, tuning):
    """The value of an event of a kind, in its unit; tuning in semitones."""
    if kind == Kind.VOLUME:
        return square(channel.volume / UNITY_VOLUME) * square(channel.expression / 127) * square(channel.breath / 127)
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
    """Gain of a fader at x by General MIDI: 40 dB for each factor of ten."""
    return x * x
