"""[audio thread] Requests to a decoder on another thread, and its responses.

A frame is requested when it is due and read when the next one is, so every frame is one frame late and the audio
thread never waits. Without a response by then the frame is late: the last one is held and fades. A response to a
request younger than the shortest frame is not used even if present, so that the sound does not depend on the speed of
the other thread.
"""

from typing import Any

import numpy as np

from engine.instruments.shared.voice_allocation import VOICES
from engine.kernel import Signature, carray, cfunc, njit
from engine.pointers import load_acquire, pointer, store_release, view_f4
from engine.ring import CURSORS, HEAD, TAIL

from .decoder_entry import SIGNATURE
from .state import DDSP, START

REMOTE_VOICES = VOICES + 1  # the keys' and the tracked voice
MAX_RESPONSES = 8  # kept for each voice
MAX_REQUESTS = 1024  # pending
LATE_FRAME_GAIN = np.float32(0.5)  # gain for each frame that is late
_compiled: list[Any] = []

DECODER_REQUEST = np.dtype(
    [
        ("voice", "i8"),
        ("serial", "i8"),  # of the voice's requests, from 1
        ("first", "i8"),  # 1: first frame of a note
        ("pitch", "f4"),  # Hz
        ("loudness", "f4"),  # standard deviations from the mean
    ],
    align=True,
)
VOICE_REQUESTS = np.dtype(
    [
        ("requested", "i8"),  # requests so far
        ("note_start", "i8"),  # requests before the note that sounds
        ("at_note_start", "i8"),  # 1 until the first request of a note
        ("late", "i8"),  # late frames in a row
        ("times", "i8", (MAX_RESPONSES,)),  # of the frames that were last requested
    ],
    align=True,
)
MAILBOX = np.dtype(
    [
        ("requests", DECODER_REQUEST, (MAX_REQUESTS,)),
        ("cursors", "i8", (CURSORS,)),  # as in a ring
        ("voices", VOICE_REQUESTS, (REMOTE_VOICES,)),
        ("last_response", "i8", (REMOTE_VOICES,)),  # last request of each voice with a response
        ("responses", "u8"),  # address of (REMOTE_VOICES, MAX_RESPONSES, heads) float32
        ("heads", "i8"),
        ("late", "i8"),  # late frames of all voices
    ],
    align=True,
)


@njit(cache=True, error_model="numpy")
def exchange(state, mailbox, count):
    """Read the last response and request the next frame, for each voice of the batch."""
    features, outputs = view_f4(state.features, (2, count)), view_f4(state.outputs, (count, state.heads))
    for i in range(count):
        v = state.batch[i]
        voice = state.voices[v]
        requests = mailbox.voices[v]
        time = voice.frame_end if voice.requested == 0 else state.clock
        if voice.requested == START:
            requests.note_start, requests.at_note_start, requests.late = requests.requested, 1, 0
        _read_response(state, mailbox, v, time, outputs[i])
        _send_request(mailbox, v, time, features[0, i], features[1, i])


def remote_decoder_callback() -> Any:
    """[main thread] The C function, with its `address`, that decodes by requests to another thread."""
    if not _compiled:
        _compiled.append(cfunc(SIGNATURE, cache=True, error_model="numpy")(_decode_remotely))
    return _compiled[0]


@njit(cache=True, error_model="numpy", exported=Signature("i8", MAILBOX, (DECODER_REQUEST, 1)))
def drain_requests(mailbox, out):
    """[decoder thread] Move pending requests to out (N,) DECODER_REQUEST; returns their number."""
    head = mailbox.cursors[HEAD]
    count = min(load_acquire(mailbox.cursors, TAIL) - head, out.shape[0])
    for i in range(count):
        request = mailbox.requests[(head + i) % MAX_REQUESTS]
        out[i].voice, out[i].serial, out[i].first = request.voice, request.serial, request.first
        out[i].pitch, out[i].loudness = request.pitch, request.loudness
    store_release(mailbox.cursors, HEAD, head + count)
    return count


def _decode_remotely(record, count):
    state = carray(record, 1, DDSP)[0]
    exchange(state, carray(pointer(state.mailbox), 1, MAILBOX)[0], count)


@njit(cache=True, error_model="numpy")
def _read_response(state, mailbox, v, time, outputs):
    """Read the response to the newest request that is old enough; a missing one holds the last, faded."""
    requests = mailbox.voices[v]
    target_serial = max(requests.note_start, requests.requested - MAX_RESPONSES + 1)
    for serial in range(requests.requested, target_serial, -1):
        if requests.times[serial % MAX_RESPONSES] <= time - state.min_frame:
            target_serial = serial
            break
    response_serial = min(load_acquire(mailbox.last_response, v), target_serial)
    requests.late = requests.late + 1 if response_serial < target_serial else 0
    mailbox.late += requests.late > 0
    if response_serial <= requests.note_start:
        for k in range(1 + state.H + state.N):
            outputs[k] = np.float32(1 <= k <= state.H)  # no response yet: silence
        return
    responses = view_f4(mailbox.responses, (REMOTE_VOICES, MAX_RESPONSES, mailbox.heads))
    response = responses[v, response_serial % MAX_RESPONSES]
    gain = LATE_FRAME_GAIN ** np.float32(requests.late)
    for k in range(1 + state.H + state.N):
        outputs[k] = response[k] if 1 <= k <= state.H else gain * response[k]


@njit(cache=True, error_model="numpy")
def _send_request(mailbox, v, time, pitch, loudness):
    """Request the next frame of a voice, unless too many are pending."""
    requests = mailbox.voices[v]
    tail = mailbox.cursors[TAIL]
    full = tail - load_acquire(mailbox.cursors, HEAD) >= MAX_REQUESTS
    if full or requests.requested - load_acquire(mailbox.last_response, v) >= MAX_RESPONSES - 1:
        return
    requests.requested += 1
    requests.times[requests.requested % MAX_RESPONSES] = time
    request = mailbox.requests[tail % MAX_REQUESTS]
    request.voice, request.serial, request.first = v, requests.requested, requests.at_note_start
    request.pitch, request.loudness = pitch, loudness
    requests.at_note_start = 0
    store_release(mailbox.cursors, TAIL, tail + 1)
