"""[audio thread] Notes and settings as a foreign plugin takes them: which are said, and as which bytes of MIDI.

The interpreter has resolved the pedals: a damping above one half ends a note, and no pedal is sent as well. Volume
and pan are applied to the sound that comes out (`audio_io`). A setting is sent only where it differs from what was
sent before, so that a plugin is not turned by the settings that every new instrument is told.
"""

import numpy as np

from engine.events import ALL, Kind
from engine.kernel import njit

CHANNELS, KEYS, NOTES = 16, 128, 2048
MAX_MESSAGES = 2  # of one event
BEND_RANGE_SEMITONES = 2.0  # of a full bend, where nothing else was agreed
END_DAMPING = 0.5  # above which a note ends
WHEEL_CENTER = 8192
RELEASE_VELOCITY = 64
MODULATION_CC, TIMBRE_CC, SOUND_OFF_CC = 1, 74, 120

MIDI_MEMORY = np.dtype(
    [
        ("messages", "u4", (MAX_MESSAGES,)),  # of the last event: status | first << 8 | second << 16
        ("wheel", "i4", (CHANNELS,)),  # 14 bit, as last sent; so for the next three, 7 bit
        ("pressure", "i4", (CHANNELS,)),
        ("modulation", "i4", (CHANNELS,)),
        ("timbre", "i4", (CHANNELS,)),
        ("sounding", "u1", (NOTES,)),  # whether a note was started and not ended, by its id
    ],
    align=True,
)


def reset_memory(memory: np.void) -> None:
    """[main thread, not playing] Forget all notes and settings: the plugin is as new."""
    memory["sounding"] = 0
    memory["wheel"] = WHEEL_CENTER
    memory["pressure"] = memory["modulation"] = 0
    memory["timbre"] = 64


@njit(cache=True, error_model="numpy")
def is_meant(event, own_address):
    """Whether an event is for the plugin of a record; a parameter that is for all of them is not."""
    return event.target == own_address or (event.target == 0 and event.kind != Kind.PARAM)


@njit(cache=True, error_model="numpy")
def start_note(memory, note):
    """Mark a note as sounding; whether it sounded already, so that it has to be ended first."""
    sounded = memory.sounding[note & NOTES - 1]
    memory.sounding[note & NOTES - 1] = 1
    return sounded != 0


@njit(cache=True, error_model="numpy")
def end_note(memory, note):
    """Mark a note as ended; whether it sounded."""
    sounded = memory.sounding[note & NOTES - 1]
    memory.sounding[note & NOTES - 1] = 0
    return sounded != 0


@njit(cache=True, error_model="numpy")
def end_channel(memory, channel):
    """Mark all notes of a channel as ended."""
    for key in range(KEYS):
        memory.sounding[channel << 7 | key] = 0


@njit(cache=True, error_model="numpy")
def encode(memory, event):
    """Write an event as MIDI messages to memory.messages; how many they are, 0 to MAX_MESSAGES."""
    kind, channel = event.kind, event.channel & 15
    if kind == Kind.NOTE_ON:
        count = 0
        if start_note(memory, event.note):
            count = pack(memory, count, 0x80 | channel, event.key & 127, RELEASE_VELOCITY)
        return pack(memory, count, 0x90 | channel, event.key & 127, max(seven_bits(event.value), 1))
    if kind == Kind.NOTE_OFF:
        if event.value > END_DAMPING and end_note(memory, event.note):
            return pack(memory, 0, 0x80 | channel, event.key & 127, RELEASE_VELOCITY)
        return 0
    if kind == Kind.CHOKE:
        if event.note == ALL:
            end_channel(memory, channel)
            return pack(memory, 0, 0xB0 | channel, SOUND_OFF_CC, 0)
        if end_note(memory, event.note):
            return pack(memory, 0, 0x80 | channel, event.note & 127, RELEASE_VELOCITY)
        return 0
    return encode_setting(memory, event, channel)


@njit(cache=True, error_model="numpy")
def encode_setting(memory, event, channel):
    """The same for a setting of a channel; nothing for one of a single note, which MIDI cannot say."""
    if event.note != ALL:
        return 0
    if event.kind == Kind.BEND:
        wheel = wheel_position(event.value)
        if wheel == memory.wheel[channel]:
            return 0
        memory.wheel[channel] = wheel
        return pack(memory, 0, 0xE0 | channel, wheel & 127, wheel >> 7)
    value = seven_bits(event.value)
    if event.kind == Kind.PRESSURE and value != memory.pressure[channel]:
        memory.pressure[channel] = value
        return pack(memory, 0, 0xD0 | channel, value, 0)
    if event.kind == Kind.MODULATION and value != memory.modulation[channel]:
        memory.modulation[channel] = value
        return pack(memory, 0, 0xB0 | channel, MODULATION_CC, value)
    if event.kind == Kind.TIMBRE and timbre_position(event.value) != memory.timbre[channel]:
        memory.timbre[channel] = timbre_position(event.value)
        return pack(memory, 0, 0xB0 | channel, TIMBRE_CC, memory.timbre[channel])
    return 0


@njit(cache=True, error_model="numpy")
def pack(memory, count, status, first, second):
    """Append a message; how many there are now."""
    memory.messages[count] = status | first << 8 | second << 16
    return count + 1


@njit(cache=True, error_model="numpy")
def seven_bits(value):
    """A value 0..1 as 0..127."""
    return min(max(np.int64(np.rint(value * 127)), 0), 127)


@njit(cache=True, error_model="numpy")
def timbre_position(value):
    """A timbre 0..1 as the controller 0..127 that the interpreter read it from."""
    return min(max(np.int64(np.rint(value * 128 if value <= 0.5 else 64 + (value - 0.5) * 126)), 0), 127)


@njit(cache=True, error_model="numpy")
def wheel_position(semitones):
    """A bend in semitones as 0..16383, as far as a wheel goes."""
    x = semitones / BEND_RANGE_SEMITONES
    return min(max(np.int64(np.rint(WHEEL_CENTER + x * (8191 if x > 0 else 8192))), 0), 16383)
