"""[audio thread] The effect of each MIDI message on the notes and the state of its channel."""

from engine.kernel import njit

from .cc_map import set_controller
from .channel_masks import MPE_RPN
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
from .mpe_zones import LOWER_MASTER, UPPER_MASTER, configure_zone, master_of, share_bend_range
from .pedals import all_keys_up, emit_key_pressure, end_notes, key_down, key_up, reset_key_pressure, update_pedal

CHANNELS = 16
DATA_ENTRY = (6, 38, 96, 97, 98, 99, 100, 101)  # controllers that select and set registered parameters


@njit(cache=True, error_model="numpy")
def handle_message(state, message):
    """Handle one MIDI message: status | first << 8 | second << 16."""
    status, first, second = message & 0xFF, message >> 8 & 0xFF, message >> 16 & 0xFF
    if status < 0x80 or first > 0x7F or second > 0x7F:
        state.malformed += 1
        return
    channel = status & 0xF
    kind = status & 0xF0
    if kind != 0xF0:
        state.last_message = message
    if kind == 0xF0:
        if status == 0xFF:
            set_master_tuning(state, 0.0, 0.0)
            panic(state)
        elif status == 0xF0:
            tune(state, message)
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
        if kind == 0xE0:
            mark_members(state, channel)


@njit(cache=True, error_model="numpy")
def tune(state, message):
    """Handle a master tuning, as `byte_parser.tuning_message` packs it: fine in 14 bits, coarse in semitones."""
    low, high, which = message >> 8 & 0x7F, message >> 16 & 0x7F, message >> 24
    if which == 3:
        set_master_tuning(state, ((high << 7 | low) - 8192) / 8192, state.master_tuning[1])
    elif which == 4:
        set_master_tuning(state, state.master_tuning[0], high - 64)


@njit(cache=True, error_model="numpy")
def set_master_tuning(state, fine, coarse):
    """Set the tuning of every channel, in semitones."""
    state.master_tuning[0], state.master_tuning[1] = fine, coarse
    for channel in range(CHANNELS):
        state.channels[channel].pending |= BEND


@njit(cache=True, error_model="numpy")
def mark_members(state, master):
    """Let the members of a zone follow the wheel of its master."""
    for channel in range(CHANNELS):
        if master_of(state, channel) == master:
            state.channels[channel].pending |= BEND


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
    is_routed = controller < 120 and set_controller(state, controller, before, value)
    apply_control(state, number, controller, value, is_routed)
    if controller not in DATA_ENTRY:
        for member in range(CHANNELS):
            if master_of(state, member) == number:
                apply_control(state, member, controller, value, is_routed)
    elif controller == 6 or controller == 38:
        update_zone(state, number, controller, value)


@njit(cache=True, error_model="numpy")
def apply_control(state, number, controller, value, is_routed):
    """Set a channel by a controller; is_routed: a parameter has the controller."""
    channel = state.channels[number]
    for i in range(3):
        if controller == PEDALS[i]:
            pressed = channel.pedals[i]
            channel.pedals[i] = value
            channel.pending |= PEDAL << i
            update_pedal(state, number, i, pressed)
    if controller >= 120:
        channel_mode(state, number, controller)
    elif not is_routed:
        set_control(channel, controller, value)


@njit(cache=True, error_model="numpy")
def update_zone(state, number, controller, value):
    """What the data entry of a channel means for the other channels of its MPE zone."""
    rpn = state.channels[number].rpn
    is_master = number in (LOWER_MASTER, UPPER_MASTER)
    if rpn == MPE_RPN and controller == 6 and is_master:
        configure_zone(state, number, value)
    elif rpn == 0 and master_of(state, number) >= 0:
        share_bend_range(state, number)
    else:
        return
    for channel in range(CHANNELS):
        state.channels[channel].pending |= BEND


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
