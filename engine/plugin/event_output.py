"""Events that a plugin emits to the plugins after it.

A plugin that emits has the fields of `EMITTING` in its record and calls `emit`, with frames counted from the start of
the run of samples it is in (0 in `handle`), as long as there is `room` in this block. The events it receives go on to
the next plugin as well.
"""

from engine.events import EVENT
from engine.kernel import njit
from engine.ring import copy

from .contract import BURST

EMITTING = [("received", EVENT, (BURST,)), ("out", EVENT, (BURST,)), ("emitted", "i8"), ("room", "i8")]


@njit(cache=True, error_model="numpy")
def emit(record, frame, kind, channel, note, key, value):
    """[audio thread] Emit an event to the plugins after this one; False when this block has no room for it."""
    if record.emitted >= record.room:
        return False
    event = record.out[record.emitted]
    event.frame = frame
    event.target = 0
    event.kind = kind
    event.channel = channel
    event.note = note
    event.key = key
    event.value = value
    record.emitted += 1
    return True


@njit(cache=True, error_model="numpy")
def append_event(event, queue, written):
    """[audio thread] Append an event to those for the next plugin; how many there are now."""
    if written == queue.shape[0]:
        return written
    copy(event, queue[written])
    return written + 1


@njit(cache=True, error_model="numpy")
def append_emitted(record, queue, written, start):
    """[audio thread] Append what a plugin emitted in the run that starts at `start`."""
    for i in range(record.emitted):
        record.out[i].frame += start
        written = append_event(record.out[i], queue, written)
    record.emitted = 0
    return written
