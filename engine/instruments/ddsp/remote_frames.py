"""[audio thread] Model frames of a decoder on another thread: requested when they are due, for all voices at once."""

from engine.instruments.shared.voice_allocation import FREE, VOICES
from engine.kernel import njit
from engine.pointers import call, view_f4

from .decoder_outputs import apply_outputs
from .frame_schedule import schedule_frame
from .pitch_loudness import update_features
from .state import MAX_BATCH


@njit(cache=True, error_model="numpy")
def exchange_frames(state, frames):
    """Exchange the model frames that are requested or due within the next `frames` frames."""
    count = 0
    for v in range(VOICES + 1):
        voice = state.voices[v]
        if voice.stage == FREE or not (voice.requested or voice.frame_end < state.clock + frames):
            continue
        state.batch[count] = v
        count += 1
        if count == MAX_BATCH:
            _exchange(state, count)
            count = 0
    if count:
        _exchange(state, count)


@njit(cache=True, error_model="numpy")
def _exchange(state, count):
    """Request one model frame for each voice of the batch, and apply the response to an earlier request."""
    features, outputs = view_f4(state.features, (2, count)), view_f4(state.outputs, (count, state.heads))
    for i in range(count):
        v = state.batch[i]
        features[0, i], features[1, i] = update_features(state, v, schedule_frame(state, v))
    call(state.decoder, state.self_address, count)
    for i in range(count):
        apply_outputs(state, state.batch[i], outputs[i])
