"""The record of an LV2 plugin: all that the audio thread works on, but for the buffers whose addresses are in it."""

import numpy as np

from engine.foreign.audio_io import AUDIO_IO
from engine.foreign.gate import GATE_WORDS
from engine.foreign.midi import MIDI_MEMORY
from engine.ring import CURSORS

TWINS = 2  # a mono plugin is there for each side
MAX_SEQUENCES_OUT = 32  # of both twins; those beyond are read by nobody
SEQUENCE_BYTES = 1 << 16  # of a buffer of events, where the plugin asks for no more
WORK_RING_BYTES = 1 << 16  # each way
MAX_PENDING = 64  # values of parameters that wait for their frame
WORK = np.dtype(
    [
        ("requests", "u1", (WORK_RING_BYTES,)),  # from the audio thread
        ("request_cursors", "i8", (CURSORS,)),
        ("responses", "u1", (WORK_RING_BYTES,)),  # from the worker thread
        ("response_cursors", "i8", (CURSORS,)),
        ("message", "u1", (WORK_RING_BYTES,)),  # of the audio thread
    ],
    align=True,
)
LV2_STATE = np.dtype(
    [
        ("gate", "i8", (GATE_WORDS,)),
        ("run", "u8"),  # of the plugin's descriptor
        ("handles", "u8", (TWINS,)),
        ("twin_count", "i8"),
        ("io", AUDIO_IO),
        ("midi", MIDI_MEMORY),
        ("clock", "i8"),  # the first frame of the next block, since `prepare`
        ("values", "u8"),  # float32 of each port
        ("param_count", "i8"),  # without the switch
        ("live", "u8"),  # float32 of each parameter and of the switch: where it stands
        ("param_ports", "u8"),  # int32 of each parameter: its port
        ("least", "u8"),  # float32 of each parameter
        ("most", "u8"),
        ("last_cut", "i8"),  # the frame of the last value that was given to the plugin
        ("pending", "i8"),
        ("pending_params", "i4", (MAX_PENDING,)),
        ("pending_values", "f4", (MAX_PENDING,)),
        ("sequence_in", "u8"),  # the buffer of the input that takes MIDI; 0: none
        ("sequence_in_bytes", "i8"),
        ("filled", "i8"),  # bytes of it
        ("dropped", "i8"),  # events that had no room in it
        ("sequences_out", "u8", (MAX_SEQUENCES_OUT,)),
        ("sequence_out_bytes", "i8", (MAX_SEQUENCES_OUT,)),
        ("sequence_out_count", "i8"),
        ("sequence_urid", "i4"),
        ("chunk_urid", "i4"),
        ("midi_urid", "i4"),
        ("work_response", "u8"),  # of the plugin's worker interface; 0: it has none
        ("end_run", "u8"),
        ("work", WORK, (TWINS,)),
    ],
    align=True,
)
