"""[audio thread] What each MIDI message does to the notes and the settings of its channel."""

from numba import njit

from .cc_map import turn_knobs
from .channel_state import BEND, CHOKE, PEDAL, PEDALS, PRESSURE, PROGRAM, SOSTENUTO, control, relax, say
from .pedals import ease, end_all, lean, press, release, release_all, step

CHANNELS = 16


@njit(cache=True, error_model="numpy")
def hear(state, message):
    """One MIDI message: status | first << 8 | second << 16."""
    status, first, second = message & 0xFF, message >> 8 & 0xFF, message >> 16 & 0xFF
    if status < 0x80 or first > 0x7F or second > 0x7F:
        state.malformed += 1
        return
    channel = status & 0xF
    kind = status & 0xF0
    if kind == 0xF0:
        if status == 0xFF:
            silence(state)
        return
    if not state.mask >> channel & 1:
        return
    state.messages += 1
    if kind == 0x90 and second:
        if say(state, channel):
            press(state, channel, first, second)
        else:
            state.dropped += 1
    elif kind == 0x90 or kind == 0x80:
        release(state, channel, first)
    elif kind == 0xA0:
        state.notes[channel, first].pressure = second
        lean(state, channel, first)
    elif kind == 0xB0:
        turn(state, channel, first, second)
    else:
        move(state.channels[channel], kind, first, second)


@njit(cache=True, error_model="numpy")
def move(channel, kind, first, second):
    """Program change, channel pressure and pitch bend."""
    if kind == 0xC0:
        channel.program = first
        channel.owed |= PROGRAM
    elif kind == 0xD0:
        channel.pressure = first
        channel.owed |= PRESSURE
    else:
        bend = (second << 7 | first) - 8192
        channel.bend = bend / 8191 if bend > 0 else bend / 8192
        channel.owed |= BEND


@njit(cache=True, error_model="numpy")
def turn(state, number, controller, value):
    """A controller of a channel."""
    state.moved = controller
    state.moves += 1
    before = state.levels[controller]
    state.presses[controller] += before < 64 <= value
    state.levels[controller] = value
    channel = state.channels[number]
    for i in range(3):
        if controller == PEDALS[i]:
            pressed = channel.pedals[i]
            channel.pedals[i] = value
            channel.owed |= PEDAL << i
            step(state, number, i, pressed)
    if controller >= 120:
        mode(state, number, controller)
    elif not turn_knobs(state, controller, before, value):
        control(channel, controller, value)


@njit(cache=True, error_model="numpy")
def mode(state, number, controller):
    """Channel mode messages: 120 silence now, 121 controllers back, 123..127 keys up."""
    if controller == 120:
        state.channels[number].owed |= CHOKE
        say(state, number)
        end_all(state, number)
    elif controller == 121:
        relax(state.channels[number])
        ease(state, number)
        step(state, number, SOSTENUTO, 0)
    elif controller >= 123:
        release_all(state, number)


@njit(cache=True, error_model="numpy")
def silence(state):
    """Panic: every note ends now and every hand and foot is taken off."""
    for channel in range(CHANNELS):
        relax(state.channels[channel])
        ease(state, channel)
        state.channels[channel].owed |= CHOKE
        say(state, channel)
        end_all(state, channel)
