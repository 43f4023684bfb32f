"""[audio thread] The first frames of all notes of a block, decoded together though they begin at different moments.

A first frame depends on nothing but what the decoder is told: so it may be decoded before its moment, and is taken
then if the same would be told; where a controller moved in between, it is decoded anew.
"""

import math

import numpy as np
from numba import njit

from engine.events import Kind
from engine.instruments.shared.voice_allocation import VOICES
from engine.memory import call, view_f4
from engine.plugin import clamp

from .frames import moment, recall, take
from .note_on import asked
from .pitch_loudness import judge
from .state import BATCH, LEGATO, TRIAL


@njit(cache=True, error_model="numpy")
def foresee(state, queue, count, me):
    """Decode the first frames of notes that begin in this block, where they do not all begin at once."""
    state.foreseen = 0
    if state.post != 0 or state.param[LEGATO] > 0.5 or not _apart(queue, count, me):
        return
    many = 0
    for i in range(count):
        if _begins(queue[i], me) and many < BATCH:
            many += 1
    told, known = view_f4(state.features, (2, many)), view_f4(state.known_features, (2, BATCH))
    states = view_f4(state.states, (many, state.size))
    for i in range(count):
        if _begins(queue[i], me) and state.foreseen < many:
            n = state.foreseen
            known[0, n], known[1, n] = told[0, n], told[1, n] = _imagine(state, queue[i])
            recall(state, state.voices[TRIAL], told[1, n], states[n])
            state.foreseen += 1
    call(state.decoder, state.me, many)
    _keep(state, many)


@njit(cache=True, error_model="numpy")
def take_foreseen(state, v):
    """Give a voice that begins the frame that was foreseen for it; False if there is none."""
    known = view_f4(state.known_features, (2, BATCH))
    pitch, loudness = judge(state, v, moment(state, v))
    for n in range(state.foreseen):
        if known[0, n] == pitch and known[1, n] == loudness:
            known[0, n] = math.nan  # a frame is for one voice
            kept = view_f4(state.known_states, (BATCH, state.size))[n]
            memory = view_f4(state.memory, (VOICES + 1, state.size))[v]
            for k in range(state.size):
                memory[k] = kept[k]
            take(state, v, view_f4(state.known_said, (BATCH, state.heads))[n])
            return True
    return False


@njit(cache=True, error_model="numpy")
def _begins(event, me):
    return event.kind == Kind.NOTE_ON and (event.target == 0 or event.target == me)


@njit(cache=True, error_model="numpy")
def _apart(queue, count, me):
    """Whether notes begin at different frames."""
    first = np.int64(-1)
    for i in range(count):
        if _begins(queue[i], me):
            if first >= 0 and queue[i].frame != first:
                return True
            first = queue[i].frame
    return False


@njit(cache=True, error_model="numpy")
def _imagine(state, event):
    """What the decoder would be told of a note if it began now."""
    v = np.intp(TRIAL)
    voice = state.voices[v]
    voice.channel = event.channel & 15
    voice.semitone = voice.aim = np.float32(clamp(event.key, 0, 127))
    voice.peak = asked(state, clamp(event.value, 0, 1))
    voice.born = voice.judged = state.clock
    return judge(state, v, state.clock)


@njit(cache=True, error_model="numpy")
def _keep(state, many):
    """Keep what was decoded until its moment comes."""
    states, said = view_f4(state.states, (many, state.size)), view_f4(state.said, (many, state.heads))
    kept, words = view_f4(state.known_states, (BATCH, state.size)), view_f4(state.known_said, (BATCH, state.heads))
    for n in range(many):
        for k in range(state.size):
            kept[n, k] = states[n, k]
        for k in range(state.heads):
            words[n, k] = said[n, k]
