"""[audio thread] The first model frame of a note, read from a table: no note waits for the decoder.

The table has the decoder's outputs at each key and at FIRST_LEVELS, and its state after them. Between two levels the
outputs are interpolated by their logarithms, the states linearly.
"""

import numpy as np

from engine.dsp.pitch_units import pitch_of
from engine.instruments.shared.voice_allocation import VOICES
from engine.kernel import njit
from engine.plugin import clamp
from engine.pointers import view_f4

from .decoder_outputs import apply_outputs
from .frame_schedule import schedule_frame
from .initial_states import FIRST_LEVELS
from .pitch_loudness import update_features


@njit(cache=True, error_model="numpy")
def start_note(state, v):
    """Start the first model frame of a voice now."""
    voice = state.voices[v]
    voice.plan = voice.amends = 0
    _, loudness = update_features(state, v, schedule_frame(state, v))
    outputs = view_f4(state.voice_outputs, (VOICES + 1, state.heads))[v]
    _read_table(state, voice, loudness, view_f4(state.voice_states, (VOICES + 1, state.size))[v], outputs)
    apply_outputs(state, v, outputs)


@njit(cache=True, error_model="numpy")
def _read_table(state, voice, loudness, voice_state, outputs):
    """Write the state (size,) and the outputs (heads,) of a note of this pitch and loudness."""
    hertz = clamp(np.float32(voice.pitch_next * state.rate), state.min_frequency, state.max_frequency)
    key = min(max(round(pitch_of(hertz)) - state.first_key, 0), state.key_count - 1)
    above = 1
    while above < len(FIRST_LEVELS) - 1 and loudness >= FIRST_LEVELS[above]:
        above += 1
    share = (loudness - FIRST_LEVELS[above - 1]) / (FIRST_LEVELS[above] - FIRST_LEVELS[above - 1])
    states = view_f4(state.first_states, (state.key_count, len(FIRST_LEVELS), state.size))[key]
    for k in range(state.size):
        voice_state[k] = states[above - 1, k] + share * (states[above, k] - states[above - 1, k])
    levels = view_f4(state.first_outputs, (state.key_count, len(FIRST_LEVELS), state.heads))[key]
    for k in range(1 + state.H + state.N):
        outputs[k] = levels[above - 1, k] * (levels[above, k] / levels[above - 1, k]) ** share
