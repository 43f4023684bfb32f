"""[audio thread] The effect of each MIDI message on the notes and the state of its channel."""

from numba import njit

from .cc_map import set_controller
from .channel_state import (
    BEND,
    CHOKE,
    PEDAL,
    PEDALS,
    PRESSURE,
    PROGRAM,
    SOSTENUTO,
    emit_pending,
    reset_controllers,
    set_control,
)
from .pedals import all_keys_up, emit_key_pressure, end_notes, key_down, key_up, reset_key_pressure, update_pedal

CHANNELS = 16


@njit(cache=True, error_model="numpy")
def handle_message(state, message):
    """Handle one MIDI message: status | first << 8 | second << 16."""
    status, first, second = message & 0xFF, message >> 8 & 0xFF, message >> 16 & 0xFF
    if status < 0x80 or first > 0x7F or second > 0x7F:
        state.malformed += 1
        return
    channel = status & 0xF
    kind = status & 0xF0
    if kind == 0xF0:
        if status == 0xFF:
            panic(state)
        return
    if not state.mask >> channel & 1:
        return
    state.message_count += 1
    if kind == 0x90 and second:
        if emit_pending(state, channel):
            key_down(state, channel, first, second)
        else:
            state.dropped += 1
    elif kind == 0x90 or kind == 0x80:
        key_up(state, channel, first)
    elif kind == 0xA0:
        state.notes[channel, first].pressure = second
        emit_key_pressure(state, channel, first)
    elif kind == 0xB0:
        control_change(state, channel, first, second)
    else:
        set_expression(state.channels[channel], kind, first, second)


@njit(cache=True, error_model="numpy")
def set_expression(channel, kind, first, second):
    """Program change, channel pressure and pitch bend."""
    if kind == 0xC0:
        channel.program = first
        channel.pending |= PROGRAM
    elif kind == 0xD0:
        channel.pressure = first
        channel.pending |= PRESSURE
    else:
        bend = (second << 7 | first) - 8192
        channel.bend = bend / 8191 if bend > 0 else bend / 8192
        channel.pending |= BEND


@njit(cache=True, error_model="numpy")
def control_change(state, number, controller, value):
    """Handle a controller of a channel."""
    state.last_controller = controller
    state.move_count += 1
    before = state.controller_values[controller]
    state.press_counts[controller] += before < 64 <= value
    state.controller_values[controller] = value
    channel = state.channels[number]
    for i in range(3):
        if controller == PEDALS[i]:
            pressed = channel.pedals[i]
            channel.pedals[i] = value
            channel.pending |= PEDAL << i
            update_pedal(state, number, i, pressed)
    if controller >= 120:
        channel_mode(state, number, controller)
    elif not set_controller(state, controller, before, value):
        set_control(channel, controller, value)


@njit(cache=True, error_model="numpy")
def channel_mode(state, number, controller):
    """Channel mode messages: 120 all sound off, 121 reset controllers, 123..127 all notes off."""
    if controller == 120:
        state.channels[number].pending |= CHOKE
        emit_pending(state, number)
        end_notes(state, number)
    elif controller == 121:
        reset_controllers(state.channels[number])
        reset_key_pressure(state, number)
        update_pedal(state, number, SOSTENUTO, 0)
    elif controller >= 123:
        all_keys_up(state, number)


@njit(cache=True, error_model="numpy")
def panic(state):
    """End every note now and reset the controllers of every channel."""
    for channel in range(CHANNELS):
        reset_controllers(state.channels[channel])
        reset_key_pressure(state, channel)
        state.channels[channel].pending |= CHOKE
        emit_pending(state, channel)
        end_notes(state, channel)
