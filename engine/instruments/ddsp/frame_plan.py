"""[audio thread] Plan model frames ahead, so that the decoder spreads its work over the blocks before they are due.

Half a hop before a frame is due, its features are computed as they will be unless an event changes them, and the
decoder begins with it. Where they are the same when the frame is due, nothing differs from a frame decoded just then.
Where they are not, the planned outputs are the target only until the frame has been decoded again with the right
features, within the first half of the frame: these *amend* it, and are reached at the same time as they would have
been. A frame that is requested at once, by a glide or an onset, amends the current one in the same way.
All times are in frames of the clock, so that the sound does not depend on the size of the blocks.
"""

import numpy as np

from engine.instruments.shared.voice_allocation import FREE, VOICES
from engine.kernel import njit
from engine.pointers import view_f4

from .decoder_batch import advance_decoder, finish_frame
from .decoder_outputs import amend_outputs, apply_outputs
from .first_frame import start_note
from .frame_schedule import schedule_frame, split_frame
from .pitch_leap import move_pitch
from .pitch_loudness import update_features
from .state import CONTINUE, START, WAITING


@njit(cache=True, error_model="numpy")
def begin_run(state):
    """Apply the amendments that are due now, and start what was requested; returns the frames to the next one due."""
    until = state.hop
    for v in range(VOICES + 1):
        voice = state.voices[v]
        if voice.stage == FREE:
            voice.plan = voice.amends = 0
            continue
        if voice.amends and voice.due <= state.clock and voice.requested != START:
            _amend(state, v)
        if voice.requested == START:
            start_note(state, v)
        elif voice.requested == CONTINUE:
            _request_amendment(state, v)
        if voice.amends:
            until = min(until, voice.due - state.clock)
    return until


@njit(cache=True, error_model="numpy")
def prepare_frames(state, frames):
    """Plan, decode, and apply the frames that are due within the next `frames` frames."""
    end = state.clock + frames
    for v in range(VOICES + 1):
        voice = state.voices[v]
        if voice.stage != FREE and voice.plan == 0 and voice.frame_end - (state.hop - state.hop // 2) < end:
            _plan_next(state, v)
    advance_decoder(state, frames)
    for v in range(VOICES + 1):
        if state.voices[v].stage != FREE and state.voices[v].frame_end < end:
            _apply_next(state, v)


@njit(cache=True, error_model="numpy")
def _plan_next(state, v):
    """Plan the next frame with the features that it will have unless an event comes before it is due."""
    voice = state.voices[v]
    updated_at, semitone = voice.updated_at, voice.semitone
    attenuation_db, unvoiced_db = voice.attenuation_db, voice.unvoiced_db
    pitch_next, scale = voice.pitch_next, voice.scale
    _plan(voice, update_features(state, v, voice.frame_end + state.hop), voice.frame_end)
    voice.updated_at, voice.semitone = updated_at, semitone
    voice.attenuation_db, voice.unvoiced_db = attenuation_db, unvoiced_db
    voice.pitch_next, voice.scale = pitch_next, scale


@njit(cache=True, error_model="numpy")
def _apply_next(state, v):
    """Apply the planned frame; where its features have changed, plan an amendment."""
    voice = state.voices[v]
    features = update_features(state, v, schedule_frame(state, v))
    finish_frame(state, v)
    apply_outputs(state, v, view_f4(state.voice_outputs, (VOICES + 1, state.heads))[v])
    if voice.planned_pitch == np.float32(features[0]) and voice.planned_loudness == np.float32(features[1]):
        _keep_state(state, v)
        return
    _plan(voice, features, voice.frame_end + state.hop // 2)
    voice.amends = 1


@njit(cache=True, error_model="numpy")
def _request_amendment(state, v):
    """Amend the current frame within half of what remains of it; its pitch changes at once."""
    voice = state.voices[v]
    features = update_features(state, v, schedule_frame(state, v))
    due = state.clock + max((voice.frame_end - state.clock) // 2, 1)
    _plan(voice, features, min(due, voice.due) if voice.amends else due)
    voice.amends, voice.requested = 1, 0
    move_pitch(state, v, voice.pitch_next)


@njit(cache=True, error_model="numpy")
def _amend(state, v):
    """Amend the current frame now, from the values reached so far."""
    finish_frame(state, v)
    if state.clock < state.voices[v].frame_end:
        split_frame(state, v)
    amend_outputs(state, v, view_f4(state.voice_outputs, (VOICES + 1, state.heads))[v])
    _keep_state(state, v)


@njit(cache=True, error_model="numpy")
def _plan(voice, features, due):
    """Let the decoder begin with a frame of these features, pitch and loudness."""
    voice.planned_pitch, voice.planned_loudness = features
    voice.plan, voice.due, voice.amends = WAITING, due, 0


@njit(cache=True, error_model="numpy")
def _keep_state(state, v):
    """Make the state after the planned frame that of the voice."""
    voice_state = view_f4(state.voice_states, (VOICES + 1, state.size))[v]
    next_state = view_f4(state.next_states, (VOICES + 1, state.size))[v]
    for k in range(state.size):
        voice_state[k] = next_state[k]
    state.voices[v].plan = state.voices[v].amends = 0
