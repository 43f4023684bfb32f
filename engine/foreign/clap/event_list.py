"""[audio thread] The events of a block as a CLAP plugin takes them, in its own dialect and in that of MIDI."""

import numpy as np

from engine.events import ALL, Kind
from engine.foreign.midi import (
    CHANNELS,
    END_DAMPING,
    KEYS,
    encode,
    encode_setting,
    end_channel,
    end_note,
    is_meant,
    start_note,
)
from engine.kernel import carray, njit
from engine.pointers import pointer, view_f4

from .abi import CLAP_DIALECT, MIDI_DIALECT, MPE_DIALECT
from .state import (
    BEND_SETTING,
    BRIGHTNESS,
    CORE_SPACE,
    EXPRESSION_EVENT,
    MAX_EVENTS,
    MIDI,
    MIDI_EVENT,
    NOTE_CHOKE,
    NOTE_EVENT,
    NOTE_EXPRESSION,
    NOTE_OFF,
    NOTE_ON,
    PARAM_EVENT,
    PARAM_ROW,
    PARAM_VALUE,
    PRESSURE,
    PRESSURE_SETTING,
    SLOT_BYTES,
    TIMBRE_SETTING,
    TUNING,
)

ANY = -1
MIDI_DIALECTS = MIDI_DIALECT | MPE_DIALECT
NOTE_BYTES, EXPRESSION_BYTES, PARAM_BYTES, MIDI_BYTES = (
    dtype.itemsize for dtype in (NOTE_EVENT, EXPRESSION_EVENT, PARAM_EVENT, MIDI_EVENT)
)


@njit(cache=True, error_model="numpy")
def write_events(record, queue, count, frames, own_address):
    """Write the events of a block that are meant for the plugin into its list."""
    record.event_count = 0
    if record.missed:
        record.missed = 0
        end_all_notes(record)
    for i in range(count):
        event = queue[i]
        if is_meant(event, own_address):
            time = min(max(event.frame, 0), frames - 1)
            if event.kind == Kind.PARAM:
                write_param(record, event, time)
            elif record.dialects & CLAP_DIALECT:
                write_note(record, event, time)
            elif record.dialects & MIDI_DIALECTS:
                write_midi(record, encode(record.midi, event), time)


@njit(cache=True, error_model="numpy")
def end_all_notes(record):
    """End the notes that sound: blocks were passed over, and perhaps their ends with them."""
    for channel in range(CHANNELS):
        for key in range(KEYS):
            note = channel << 7 | key
            if end_note(record.midi, note):
                if record.dialects & CLAP_DIALECT:
                    put_note(record, NOTE_OFF, 0, channel, note, 0.0)
                else:
                    put_midi(record, 0, 0x80 | channel | key << 8)


@njit(cache=True, error_model="numpy")
def write_note(record, event, time):
    """Write a note, or a setting of a note or of a channel."""
    kind, channel, note = event.kind, event.channel & 15, event.note
    if kind == Kind.NOTE_ON:
        if start_note(record.midi, note):
            put_note(record, NOTE_OFF, time, channel, note, 0.0)
        put_note(record, NOTE_ON, time, channel, note, min(max(event.value, np.float32(0)), np.float32(1)))
    elif kind == Kind.NOTE_OFF:
        if event.value > END_DAMPING and end_note(record.midi, note):
            put_note(record, NOTE_OFF, time, channel, note, 0.0)
    elif kind == Kind.CHOKE:
        if note == ALL:
            end_channel(record.midi, channel)
            put_note(record, NOTE_CHOKE, time, channel, ALL, 0.0)
        elif end_note(record.midi, note):
            put_note(record, NOTE_CHOKE, time, channel, note, 0.0)
    elif note == ALL and record.dialects & MIDI_DIALECTS:
        write_midi(record, encode_setting(record.midi, event, channel), time)
    else:
        write_expression(record, event, time)


@njit(cache=True, error_model="numpy")
def write_expression(record, event, time):
    """Write a bend, pressure or timbre of a note, or of a channel where it has changed."""
    if event.kind == Kind.BEND:
        expression, setting = TUNING, BEND_SETTING
    elif event.kind == Kind.PRESSURE:
        expression, setting = PRESSURE, PRESSURE_SETTING
    elif event.kind == Kind.TIMBRE:
        expression, setting = BRIGHTNESS, TIMBRE_SETTING
    else:
        return
    channel = event.channel & 15
    if event.note == ALL:
        if record.settings[setting, channel] == event.value:
            return
        record.settings[setting, channel] = event.value
    address = next_slot(record, EXPRESSION_BYTES, time, NOTE_EXPRESSION)
    if address:
        made = carray(pointer(address), 1, EXPRESSION_EVENT)[0]
        made.expression, made.note_id, made.port, made.channel = expression, event.note, 0, channel
        made.key = ANY if event.note == ALL else event.note & 127
        made.value = event.value


@njit(cache=True, error_model="numpy")
def write_param(record, event, time):
    """Write the value of a parameter, within its range."""
    if record.io.replaces and event.key == record.io.switch:
        view_f4(record.values, (record.param_count + 1,))[event.key] = event.value >= np.float32(0.5)
    if not 0 <= event.key < record.param_count:
        return
    row = carray(pointer(record.params), record.param_count, PARAM_ROW)[event.key]
    address = next_slot(record, PARAM_BYTES, time, PARAM_VALUE)
    if address:
        made = carray(pointer(address), 1, PARAM_EVENT)[0]
        made.param, made.cookie = row.id, row.cookie
        made.note_id, made.port, made.channel, made.key = ANY, ANY, ANY, ANY
        value = np.float64(event.value)
        value = min(value, row.high) if value >= row.low else row.low  # no number: the lowest
        made.value = np.rint(value) if row.is_stepped else value
        view_f4(record.values, (record.param_count,))[event.key] = made.value


@njit(cache=True, error_model="numpy")
def write_midi(record, count, time):
    """Write the messages of the last event."""
    for i in range(count):
        put_midi(record, time, record.midi.messages[i])


@njit(cache=True, error_model="numpy")
def put_midi(record, time, message):
    """Write a message: status | first << 8 | second << 16."""
    address = next_slot(record, MIDI_BYTES, time, MIDI)
    if address:
        made = carray(pointer(address), 1, MIDI_EVENT)[0]
        made.port = 0
        for i in range(3):
            made.data[i] = message >> 8 * i & 0xFF


@njit(cache=True, error_model="numpy")
def put_note(record, kind, time, channel, note, velocity):
    """Write the start or the end of a note, or with ALL of all notes of a channel."""
    address = next_slot(record, NOTE_BYTES, time, kind)
    if address:
        made = carray(pointer(address), 1, NOTE_EVENT)[0]
        made.note_id, made.port, made.channel, made.velocity = note, 0, channel, velocity
        made.key = ANY if note == ALL else note & 127


@njit(cache=True, error_model="numpy")
def next_slot(record, size, time, kind):
    """The address of the next event of the list, with its header; 0: there is no room."""
    if record.event_count == MAX_EVENTS:
        record.refused += 1
        return np.uint64(0)
    address = record.slots_address + np.uint64(record.event_count * SLOT_BYTES)
    record.event_count += 1
    header = carray(pointer(address), 1, NOTE_EVENT)[0]
    header.size, header.time, header.space, header.type, header.flags = size, time, CORE_SPACE, kind, 0
    return address
