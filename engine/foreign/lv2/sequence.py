"""[audio thread] Sequences of atoms: the events of a run for an LV2 plugin, and room for those that it writes.

A sequence is its size (int32, without these eight bytes) and type, its unit (0: frames), and eight bytes of padding
as the plugin counts them; then events: frame (int64), size and type of the body, the body, filled up to eight bytes.
"""

import numpy as np

from engine.kernel import njit
from engine.pointers import view_i4

HEADER_BYTES = 16
_ATOM_BYTES = 8  # size and type
_MIDI_EVENT_BYTES = 24


@njit(cache=True, error_model="numpy")
def clear_input(state):
    """Empty the sequence of the next run."""
    if state.sequence_in != 0:
        header = view_i4(state.sequence_in, (4,))
        header[0], header[1], header[2], header[3] = HEADER_BYTES - _ATOM_BYTES, state.sequence_urid, 0, 0
        state.filled = HEADER_BYTES


@njit(cache=True, error_model="numpy")
def append_midi(state, frame, message):
    """Append a message, status | first << 8 | second << 16, at a frame of the run."""
    if state.sequence_in == 0:
        return
    if state.filled + _MIDI_EVENT_BYTES > state.sequence_in_bytes:
        state.dropped += 1
        return
    event = view_i4(state.sequence_in + np.uintp(state.filled), (6,))
    has_two_bytes = (message & 0xE0) == 0xC0
    event[0], event[1] = frame, 0
    event[2], event[3] = 2 if has_two_bytes else 3, state.midi_urid
    event[4], event[5] = message, 0
    state.filled += _MIDI_EVENT_BYTES
    view_i4(state.sequence_in, (1,))[0] += _MIDI_EVENT_BYTES


@njit(cache=True, error_model="numpy")
def clear_outputs(state):
    """Tell the plugin how much room its outputs have."""
    for i in range(state.sequence_out_count):
        header = view_i4(state.sequences_out[i], (2,))
        header[0], header[1] = state.sequence_out_bytes[i] - _ATOM_BYTES, state.chunk_urid
