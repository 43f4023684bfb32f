"""[audio thread] The batch of planned frames that the decoder works on, some panels of its matrices at a time.

The weights are read once for all voices of a batch. The work of a run of frames is the share of what is left that
belongs to it if the frames before the due time all have the same.
"""

from engine.instruments.shared.voice_allocation import FREE, VOICES
from engine.kernel import njit
from engine.pointers import call, view_f4

from .state import ACTIVE, DECODED, MAX_BATCH, WAITING


@njit(cache=True, error_model="numpy")
def advance_decoder(state, frames):
    """Do the work that belongs to the next `frames` frames."""
    work = _work_of_run(state, frames)
    while work > 0 and (state.batch_count or _begin_batch(state)):
        cost, done = _cost(state.batch_count), state.work_done
        call(state.decoder, state.self_address, -(-work // cost))
        work -= cost * (state.work_done - done)
        if state.work_done == state.frame_work:
            _end_batch(state)


@njit(cache=True, error_model="numpy")
def finish_frame(state, v):
    """Decode the planned frame of a voice to its end."""
    while state.voices[v].plan != DECODED and (state.batch_count or _begin_batch(state)):
        call(state.decoder, state.self_address, state.frame_work)
        _end_batch(state)


@njit(cache=True, error_model="numpy")
def _work_of_run(state, frames):
    """The work of a run of frames, in units of `frame_work` for a voice."""
    active_due = waiting_due = state.clock + state.hop
    waiting = 0
    for v in range(VOICES + 1):
        voice = state.voices[v]
        if voice.stage == FREE:
            continue
        if voice.plan == ACTIVE:
            active_due = min(active_due, voice.due)
        elif voice.plan == WAITING:
            waiting_due = min(waiting_due, voice.due)
            waiting += 1
    left = (state.frame_work - state.work_done) * _cost(state.batch_count) if state.batch_count else 0
    work = _share(left, frames, active_due - state.clock)
    if waiting:
        work = max(work, _share(left + state.frame_work * _cost(waiting), frames, waiting_due - state.clock))
    return work


@njit(cache=True, error_model="numpy")
def _share(work, frames, until):
    """The part of some work, rounded up, that `frames` of the frames `until` it is due have to do."""
    until = max(until, frames)
    return (work * frames + until - 1) // until


@njit(cache=True, error_model="numpy")
def _cost(count):
    """The cost of a batch, relative to a voice more: reading the weights costs about as much as one voice."""
    return count + 1


@njit(cache=True, error_model="numpy")
def _begin_batch(state):
    """Make a batch of the waiting voices, those due first before the others; False if there are none."""
    first_due = state.clock + 2 * state.hop
    for v in range(VOICES + 1):
        if state.voices[v].stage != FREE and state.voices[v].plan == WAITING:
            first_due = min(first_due, state.voices[v].due)
    count = 0
    for is_first in (True, False):
        for v in range(VOICES + 1):
            voice = state.voices[v]
            if voice.stage == FREE or voice.plan != WAITING or count == MAX_BATCH:
                continue
            if (voice.due == first_due) == is_first:
                voice.plan = ACTIVE
                state.batch[count] = v
                count += 1
    state.batch_count, state.step, state.panel, state.work_done = count, 0, 0, 0
    _read_voices(state, count)
    return count > 0


@njit(cache=True, error_model="numpy")
def _read_voices(state, count):
    """Copy the features and states of the batch's voices."""
    features, states = view_f4(state.features, (2, count)), view_f4(state.states, (count, state.size))
    voice_states = view_f4(state.voice_states, (VOICES + 1, state.size))
    for i in range(count):
        v = state.batch[i]
        features[0, i], features[1, i] = state.voices[v].planned_pitch, state.voices[v].planned_loudness
        for k in range(state.size):
            states[i, k] = voice_states[v, k]


@njit(cache=True, error_model="numpy")
def _end_batch(state):
    """Copy the outputs and the states after them to the voices, but for those that need other ones meanwhile."""
    count = state.batch_count
    states, outputs = view_f4(state.states, (count, state.size)), view_f4(state.outputs, (count, state.heads))
    next_states = view_f4(state.next_states, (VOICES + 1, state.size))
    voice_outputs = view_f4(state.voice_outputs, (VOICES + 1, state.heads))
    for i in range(count):
        v = state.batch[i]
        if state.voices[v].plan != ACTIVE:
            continue
        state.voices[v].plan = DECODED
        for k in range(state.size):
            next_states[v, k] = states[i, k]
        for k in range(state.heads):
            voice_outputs[v, k] = outputs[i, k]
    state.batch_count = 0
