"""[audio thread] A decoder that answers later: questions to another thread, and what it said to the last ones.

A frame is asked for when it is due and taken when the next one is, so everything comes one frame late and nobody ever
waits. An answer that is not there by then is late: what was said before is held, and fades. An answer to a question
that is younger than the shortest frame is not taken even if it is there, so what is heard does not depend on how
quick the other thread was.
"""

from typing import Any

import numpy as np
from numba import carray, cfunc, njit

from engine.instruments.shared.voice_allocation import VOICES
from engine.memory import load_acquire, pointer, store_release, view_f4
from engine.ring import CURSORS, HEAD, TAIL

from .decoder_entry import SIGNATURE
from .state import BEGIN, DDSP

LANES = VOICES + 1  # one for each voice
DEEP = 8  # answers of a lane that are kept
WAITING = 1024  # questions that may wait for an answer
FADE = np.float32(0.5)  # what is left of a sound for each frame that is late
_compiled: list[Any] = []

QUESTION = np.dtype(
    [
        ("lane", "i8"),
        ("serial", "i8"),  # from 1, in each lane
        ("first", "i8"),  # 1: of a note that begins
        ("pitch", "f4"),  # Hz
        ("loudness", "f4"),  # deviations from the mean
    ],
    align=True,
)
LANE = np.dtype(
    [
        ("asked", "i8"),  # questions so far
        ("born", "i8"),  # those before the note that sounds
        ("begins", "i8"),  # 1 until the first question of a note is asked
        ("late", "i8"),  # frames in turn that were late
        ("moments", "i8", (DEEP,)),  # what the last questions were about
    ],
    align=True,
)
POST = np.dtype(
    [
        ("questions", QUESTION, (WAITING,)),
        ("cursors", "i8", (CURSORS,)),  # as of a ring
        ("lanes", LANE, (LANES,)),
        ("answered", "i8", (LANES,)),  # the last question of each lane that has an answer
        ("answers", "u8"),  # (LANES, DEEP, heads) float32
        ("heads", "i8"),
        ("late", "i8"),  # frames that were late, of all lanes
    ],
    align=True,
)


@njit(cache=True, error_model="numpy")
def ask(state, post, count):
    """Take what was said before for each of the chosen voices, and ask for what is to be said next."""
    told, said = view_f4(state.features, (2, count)), view_f4(state.said, (count, state.heads))
    for i in range(count):
        v = state.chosen[i]
        voice = state.voices[v]
        lane = post.lanes[v]
        moment = voice.due if voice.asked == 0 else state.clock
        if voice.asked == BEGIN:
            lane.born, lane.begins, lane.late = lane.asked, 1, 0
        _hear(state, post, v, moment, said[i])
        _send(post, v, moment, told[0, i], told[1, i])


def asker() -> Any:
    """[main thread] The C function, with its `address`, that decodes for a record by asking another thread."""
    if not _compiled:
        _compiled.append(cfunc(SIGNATURE, cache=True, error_model="numpy")(_asking))
    return _compiled[0]


@njit(cache=True, error_model="numpy")
def take_questions(post, out):
    """[other thread] Take what waits, as much as there is room for in out (N,) QUESTION; how many."""
    head = post.cursors[HEAD]
    count = min(load_acquire(post.cursors, TAIL) - head, out.shape[0])
    for i in range(count):
        question = post.questions[(head + i) % WAITING]
        out[i].lane, out[i].serial, out[i].first = question.lane, question.serial, question.first
        out[i].pitch, out[i].loudness = question.pitch, question.loudness
    store_release(post.cursors, HEAD, head + count)
    return count


def _asking(record, count):
    state = carray(record, 1, DDSP)[0]
    ask(state, carray(pointer(state.post), 1, POST)[0], count)


@njit(cache=True, error_model="numpy")
def _hear(state, post, v, moment, said):
    """Write what was said to the last question but those that are too young; what came too late is held and fades."""
    lane = post.lanes[v]
    wanted = max(lane.born, lane.asked - DEEP + 1)
    for serial in range(lane.asked, wanted, -1):
        if lane.moments[serial % DEEP] <= moment - state.reach:
            wanted = serial
            break
    there = min(load_acquire(post.answered, v), wanted)
    lane.late = lane.late + 1 if there < wanted else 0
    post.late += lane.late > 0
    if there <= lane.born:
        for k in range(1 + state.H + state.N):
            said[k] = np.float32(1 <= k <= state.H)  # a voice that waits for its first word, and is silent
        return
    answer = view_f4(post.answers, (LANES, DEEP, post.heads))[v, there % DEEP]
    left = FADE ** np.float32(lane.late)
    for k in range(1 + state.H + state.N):
        said[k] = answer[k] if 1 <= k <= state.H else left * answer[k]


@njit(cache=True, error_model="numpy")
def _send(post, v, moment, pitch, loudness):
    """Ask for the next frame of a voice, unless too much waits."""
    lane = post.lanes[v]
    tail = post.cursors[TAIL]
    full = tail - load_acquire(post.cursors, HEAD) >= WAITING
    if full or lane.asked - load_acquire(post.answered, v) >= DEEP - 1:
        return
    lane.asked += 1
    lane.moments[lane.asked % DEEP] = moment
    question = post.questions[tail % WAITING]
    question.lane, question.serial, question.first = v, lane.asked, lane.begins
    question.pitch, question.loudness = pitch, loudness
    lane.begins = 0
    store_release(post.cursors, TAIL, tail + 1)
