"""[audio thread] Decode the first frames of all notes of a block in one batch, at the start of the block.

A first frame depends on its features alone: the decoded one is used at the note's start if the features are still the
same; where a controller has moved in between, it is decoded again.
"""

import math

import numpy as np

from engine.events import Kind
from engine.instruments.shared.voice_allocation import VOICES
from engine.kernel import njit
from engine.plugin import clamp
from engine.pointers import call, view_f4

from .decoder_outputs import apply_outputs, read_initial_state
from .frame_schedule import schedule_frame
from .note_on_off import loudness_of
from .pitch_loudness import update_features
from .state import LEGATO, MAX_BATCH, TRIAL_VOICE


@njit(cache=True, error_model="numpy")
def preprocess(state, queue, count, address):
    """Decode the first frames of notes that start in this block, unless all start at the same frame.

    queue (N,) EVENT, of which `count` are valid; address: of the record, which events may be targeted at.
    """
    state.ahead_count = 0
    if state.mailbox != 0 or state.param[LEGATO] > 0.5 or not _start_at_different_frames(queue, count, address):
        return
    count_ahead = 0
    for i in range(count):
        if _is_note_on(queue[i], address) and count_ahead < MAX_BATCH:
            count_ahead += 1
    features = view_f4(state.features, (2, count_ahead))
    ahead_features = view_f4(state.ahead_features, (2, MAX_BATCH))
    states = view_f4(state.states, (count_ahead, state.size))
    for i in range(count):
        if _is_note_on(queue[i], address) and state.ahead_count < count_ahead:
            n = state.ahead_count
            pitch, loudness = _features_of_note(state, queue[i])
            ahead_features[0, n] = features[0, n] = pitch
            ahead_features[1, n] = features[1, n] = loudness
            read_initial_state(state, state.voices[TRIAL_VOICE], features[1, n], states[n])
            state.ahead_count += 1
    call(state.decoder, state.self_address, count_ahead)
    _store_outputs(state, count_ahead)


@njit(cache=True, error_model="numpy")
def apply_ahead_frame(state, v):
    """Apply to a starting voice a frame decoded ahead with the same features; False if there is none."""
    ahead_features = view_f4(state.ahead_features, (2, MAX_BATCH))
    pitch, loudness = update_features(state, v, schedule_frame(state, v))
    for n in range(state.ahead_count):
        if ahead_features[0, n] == pitch and ahead_features[1, n] == loudness:
            ahead_features[0, n] = math.nan  # used once
            ahead_states = view_f4(state.ahead_states, (MAX_BATCH, state.size))[n]
            voice_state = view_f4(state.voice_states, (VOICES + 1, state.size))[v]
            for k in range(state.size):
                voice_state[k] = ahead_states[k]
            apply_outputs(state, v, view_f4(state.ahead_outputs, (MAX_BATCH, state.heads))[n])
            return True
    return False


@njit(cache=True, error_model="numpy")
def _is_note_on(event, address):
    return event.kind == Kind.NOTE_ON and (event.target == 0 or event.target == address)


@njit(cache=True, error_model="numpy")
def _start_at_different_frames(queue, count, address):
    """Whether notes start at different frames of the block."""
    first = np.int64(-1)
    for i in range(count):
        if _is_note_on(queue[i], address):
            if first >= 0 and queue[i].frame != first:
                return True
            first = queue[i].frame
    return False


@njit(cache=True, error_model="numpy")
def _features_of_note(state, event):
    """The features of a note if it started now."""
    v = np.intp(TRIAL_VOICE)
    voice = state.voices[v]
    voice.channel = event.channel & 15
    voice.semitone = voice.target = np.float32(clamp(event.key, 0, 127))
    voice.loudness = loudness_of(state, clamp(event.value, 0, 1))
    voice.started_at = voice.updated_at = state.clock
    return update_features(state, v, state.clock)


@njit(cache=True, error_model="numpy")
def _store_outputs(state, count_ahead):
    """Store the states and outputs until their notes start."""
    states = view_f4(state.states, (count_ahead, state.size))
    outputs = view_f4(state.outputs, (count_ahead, state.heads))
    ahead_states = view_f4(state.ahead_states, (MAX_BATCH, state.size))
    ahead_outputs = view_f4(state.ahead_outputs, (MAX_BATCH, state.heads))
    for n in range(count_ahead):
        for k in range(state.size):
            ahead_states[n, k] = states[n, k]
        for k in range(state.heads):
            ahead_outputs[n, k] = outputs[n, k]
