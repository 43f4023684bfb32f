"""[audio thread] Decode all due frames in batches, so that the weights are read once for several voices."""

from engine.instruments.shared.voice_allocation import FREE, VOICES
from engine.kernel import njit
from engine.pointers import call, view_f4

from .decoder_outputs import apply_outputs, read_initial_state
from .first_frame_batch import apply_ahead_frame
from .frame_schedule import schedule_frame
from .pitch_loudness import update_features
from .state import MAX_BATCH, START


@njit(cache=True, error_model="numpy")
def decode_due(state, frames):
    """Decode the model frames that are requested or due within the next `frames` frames."""
    count = 0
    for v in range(VOICES + 1):
        voice = state.voices[v]
        if voice.stage == FREE or not (voice.requested or voice.frame_end < state.clock + frames):
            continue
        if voice.requested == START and state.ahead_count and apply_ahead_frame(state, v):
            continue
        state.batch[count] = v
        count += 1
        if count == MAX_BATCH:
            _decode(state, count)
            count = 0
    if count:
        _decode(state, count)


@njit(cache=True, error_model="numpy")
def _decode(state, count):
    """Decode one model frame for each voice of the batch."""
    features, voice_states = (
        view_f4(state.features, (2, count)),
        view_f4(state.voice_states, (VOICES + 1, state.size)),
    )
    states, outputs = view_f4(state.states, (count, state.size)), view_f4(state.outputs, (count, state.heads))
    for i in range(count):
        v = state.batch[i]
        features[0, i], features[1, i] = update_features(state, v, schedule_frame(state, v))
        if state.voices[v].requested == START:
            read_initial_state(state, state.voices[v], features[1, i], voice_states[v])
        for k in range(state.size):
            states[i, k] = voice_states[v, k]
    call(state.decoder, state.self_address, count)
    for i in range(count):
        v = state.batch[i]
        for k in range(state.size):
            voice_states[v, k] = states[i, k]
        apply_outputs(state, v, outputs[i])
