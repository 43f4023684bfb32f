"""[audio thread] Which frames are due, decoded together so that the weights are read once for all."""

from numba import njit

from engine.instruments.shared.voice_allocation import FREE, VOICES
from engine.memory import call, view_f4

from .frames import moment, recall, take
from .lookahead import take_foreseen
from .pitch_loudness import judge
from .state import BATCH, BEGIN


@njit(cache=True, error_model="numpy")
def decode_due(state, frames):
    """Decode all frames that are asked for, or due before so many frames have passed."""
    count = 0
    for v in range(VOICES + 1):
        voice = state.voices[v]
        if voice.stage == FREE or not (voice.asked or voice.due < state.clock + frames):
            continue
        if voice.asked == BEGIN and state.foreseen and take_foreseen(state, v):
            continue
        state.chosen[count] = v
        count += 1
        if count == BATCH:
            _decode(state, count)
            count = 0
    if count:
        _decode(state, count)


@njit(cache=True, error_model="numpy")
def _decode(state, count):
    """Decode one frame of each of the chosen voices."""
    told, memory = view_f4(state.features, (2, count)), view_f4(state.memory, (VOICES + 1, state.size))
    states, said = view_f4(state.states, (count, state.size)), view_f4(state.said, (count, state.heads))
    for i in range(count):
        v = state.chosen[i]
        told[0, i], told[1, i] = judge(state, v, moment(state, v))
        if state.voices[v].asked == BEGIN:
            recall(state, state.voices[v], told[1, i], memory[v])
        for k in range(state.size):
            states[i, k] = memory[v, k]
    call(state.decoder, state.me, count)
    for i in range(count):
        v = state.chosen[i]
        for k in range(state.size):
            memory[v, k] = states[i, k]
        take(state, v, said[i])
