"""The record of a CLAP plugin: what the audio thread reads and writes, partly in the layout of the specification."""

import numpy as np

from engine.foreign.audio_io import AUDIO_IO
from engine.foreign.gate import GATE_WORDS
from engine.foreign.midi import MIDI_MEMORY
from engine.plugin import BURST
from engine.ring import CURSORS

CORE_SPACE = 0
NOTE_ON, NOTE_OFF, NOTE_CHOKE, NOTE_EXPRESSION, PARAM_VALUE, MIDI = 0, 1, 2, 4, 5, 10  # types of events
TUNING, BRIGHTNESS, PRESSURE = 2, 5, 6  # note expressions
PROCESS_ERROR = 0
MAX_INSTANCES = 2  # a mono plugin is there twice
SLOT_BYTES = 64  # of an event
MAX_EVENTS = 2 * BURST  # in one block
CHANGE_RING_BYTES = 1 << 16
MAX_TIMERS = 16
EXTENSION_NAME_BYTES = 32
SETTINGS_COUNT, CHANNELS = 3, 16
BEND_SETTING, PRESSURE_SETTING, TIMBRE_SETTING = range(SETTINGS_COUNT)
DEFAULT_SETTINGS = (0.0, 0.0, 0.5)

CALLBACK, RESTART, RESCAN, LATENCY = 0, 1, 2, 3  # requests
REQUESTS = 4
MAIN, AUDIO = 0, 1  # threads

_HEADER = [("size", "u4"), ("time", "u4"), ("space", "u2"), ("type", "u2"), ("flags", "u4")]
_TARGET = [("note_id", "i4"), ("port", "i2"), ("channel", "i2"), ("key", "i2")]
EVENT_HEADER = np.dtype(_HEADER, align=True)
NOTE_EVENT = np.dtype([*_HEADER, *_TARGET, ("velocity", "f8")], align=True)
EXPRESSION_EVENT = np.dtype([*_HEADER, ("expression", "i4"), *_TARGET, ("value", "f8")], align=True)
PARAM_EVENT = np.dtype([*_HEADER, ("param", "u4"), ("cookie", "u8"), *_TARGET, ("value", "f8")], align=True)
MIDI_EVENT = np.dtype([*_HEADER, ("port", "u2"), ("data", "u1", (3,))], align=True)
AUDIO_BUFFER = np.dtype(
    [("data32", "u8"), ("data64", "u8"), ("channel_count", "u4"), ("latency", "u4"), ("constant_mask", "u8")],
    align=True,
)
PROCESS = np.dtype(
    [
        ("steady_time", "i8"), ("frames", "u4"), ("transport", "u8"), ("inputs", "u8"), ("outputs", "u8"),
        ("input_count", "u4"), ("output_count", "u4"), ("in_events", "u8"), ("out_events", "u8"),
    ],
    align=True,
)  # fmt: skip
HOST_HEAD = np.dtype([("version", "u4", (3,)), ("data", "u8")], align=True)  # the beginning of a clap_host
OUTPUT_LIST = np.dtype([("context", "u8"), ("try_push", "u8")], align=True)

PARAM_ROW = np.dtype(
    [("id", "u4"), ("cookie", "u8"), ("low", "f8"), ("high", "f8"), ("is_stepped", "i8")], align=True
)
TIMER = np.dtype([("id", "i8"), ("host", "u8"), ("period", "i8"), ("due", "f8")], align=True)  # ms; s; id 0: free
EXTENSION = np.dtype([("name", "u1", (EXTENSION_NAME_BYTES,)), ("table", "u8")], align=True)

STATE = np.dtype(
    [
        ("in_events", "u8", (3,)),  # the list of events for the plugin, first: it is found by its own address
        ("out_events", OUTPUT_LIST, (MAX_INSTANCES,)),
        ("instances", "u8", (MAX_INSTANCES,)),
        ("functions", "u8", (MAX_INSTANCES,)),  # `process` of each
        ("processes", PROCESS, (MAX_INSTANCES,)),
        ("process_addresses", "u8", (MAX_INSTANCES,)),
        ("instance_count", "i8"),
        ("is_active", "i8"),  # whether they may be called
        ("dialects", "i8"),  # of notes, a bit each
        ("param_count", "i8"),
        ("params", "u8"),  # address of rows of PARAM_ROW
        ("values", "u8"),  # address of their values, float32, and that of the switch of an effect
        ("io", AUDIO_IO),
        ("midi", MIDI_MEMORY),
        ("settings", "f4", (SETTINGS_COUNT, CHANNELS)),  # as last sent by expressions
        ("gate", "i8", (GATE_WORDS,)),
        ("missed", "i8"),  # whether blocks were passed over while the gate was closed
        ("requests", "i8", (REQUESTS,)),  # not 0: the plugin asks for it
        ("threads", "u8", (2,)),  # the ids of MAIN and AUDIO
        ("timers", TIMER, (MAX_TIMERS,)),
        ("last_timer", "i8"),
        ("extensions", "u8"),  # address of rows of EXTENSION
        ("extension_count", "i8"),
        ("event_count", "i8"),  # in the slots
        ("slots_address", "u8"),
        ("slots", "u1", (MAX_EVENTS * SLOT_BYTES,)),
        ("changes", "u1", (CHANGE_RING_BYTES,)),  # PARAM_EVENTs of the plugin, for the main thread
        ("change_cursors", "i8", (CURSORS,)),
        ("refused", "i8"),  # events that had no room
        ("failed", "i8"),  # blocks that the plugin gave up
    ],
    align=True,
)
