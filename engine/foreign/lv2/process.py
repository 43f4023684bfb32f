"""[audio thread] An LV2 plugin as one C_PROCESS: a compiled function for all plugins there are.

A control is one number for a whole run, so the block is cut where a parameter changes: at the frame of the change,
but not before GRAIN_FRAMES have passed since the last cut, as a run may have a high price of its own. Where the
block begins does not matter for that.
"""

import numpy as np

from engine.events import EVENT, Kind
from engine.foreign.audio_io import add_outlets, fill_inlets
from engine.foreign.byte_ring import NO_MESSAGE, pop_bytes, push_bytes
from engine.foreign.gate import enter, leave
from engine.foreign.lv2.sequence import append_midi, clear_input, clear_outputs
from engine.foreign.lv2.state import LV2_STATE, MAX_PENDING, WORK
from engine.foreign.midi import encode, is_meant
from engine.kernel import carray, cfunc, njit
from engine.plugin import BURST, clamp
from engine.pointers import C_PROCESS, address_of, make_call, view_f4, view_i4, view_u1

GRAIN_FRAMES = 32
SUCCESS, NO_SPACE = 0, 3  # of LV2_Worker_Status
call_run = make_call("void", "voidptr", "uint32")
call_work_response = make_call("int32", "voidptr", "uint32", "voidptr")
call_end_run = make_call("int32", "voidptr")


@cfunc(C_PROCESS, cache=True, error_model="numpy")
def process(state, audio, frames, events, count):
    """Play a block; while the main thread keeps the gate closed it passes unchanged."""
    record = carray(state, 1, LV2_STATE)[0]
    if enter(record.gate):
        play_block(record, carray(audio, (2, frames)), carray(events, BURST, EVENT), count, address_of(state))
        leave(record.gate)
    return count


@njit(cache=True, error_model="numpy")
def play_block(state, block, queue, count, own_address):
    """Play a block (2, T) with its events."""
    frames, start, first = block.shape[1], 0, 0  # the first frame and event that have not been played
    for i in range(count):
        event = queue[i]
        if not is_meant(event, own_address):
            continue
        frame = min(max(event.frame, start), frames)
        if is_due(state, frame):
            end = min(max(state.last_cut + GRAIN_FRAMES - state.clock, start), frame)
            play_run(state, block, queue[first:i], own_address, start, end)
            start, first = end, i
            apply_pending(state, start)
        if event.kind == Kind.PARAM:
            if state.io.replaces and event.key == state.io.switch:
                view_f4(state.live, (state.param_count + 1,))[event.key] = event.value >= np.float32(0.5)
            if is_change(state, event):
                if state.clock + frame - state.last_cut >= GRAIN_FRAMES or state.pending == MAX_PENDING:
                    play_run(state, block, queue[first:i], own_address, start, frame)
                    start, first = frame, i
                    apply_pending(state, start)
                    set_value(state, event.key, event.value)
                elif state.clock + frame == state.last_cut:
                    set_value(state, event.key, event.value)
                else:
                    add_pending(state, event)
        else:
            for k in range(encode(state.midi, event)):
                append_midi(state, frame - start, state.midi.messages[k])
    if is_due(state, frames - 1):
        end = max(state.last_cut + GRAIN_FRAMES - state.clock, start)
        play_run(state, block, queue[first:count], own_address, start, end)
        start, first = end, count
        apply_pending(state, start)
    play_run(state, block, queue[first:count], own_address, start, frames)
    state.clock += frames


@njit(cache=True, error_model="numpy")
def is_due(state, frame):
    """Whether values wait for a frame of the block up to this one."""
    return state.pending > 0 and state.last_cut + GRAIN_FRAMES <= state.clock + frame


@njit(cache=True, error_model="numpy")
def is_change(state, event):
    """Whether an event sets a parameter to what it is not, or will not be."""
    if not 0 <= event.key < state.param_count:
        return False
    for i in range(state.pending):
        if state.pending_params[i] == event.key:
            return True
    port = view_i4(state.param_ports, (state.param_count,))[event.key]
    return event.value != view_f4(state.values, (port + 1,))[port]


@njit(cache=True, error_model="numpy")
def add_pending(state, event):
    """Let a value wait until GRAIN_FRAMES have passed since the last cut."""
    for i in range(state.pending):
        if state.pending_params[i] == event.key:
            state.pending_values[i] = event.value
            return
    state.pending_params[state.pending] = event.key
    state.pending_values[state.pending] = event.value
    state.pending += 1


@njit(cache=True, error_model="numpy")
def apply_pending(state, frame):
    """Set the values that wait, at a frame of the block where a run begins."""
    for i in range(state.pending):
        set_value(state, state.pending_params[i], state.pending_values[i])
    state.pending = 0
    state.last_cut = state.clock + frame


@njit(cache=True, error_model="numpy")
def set_value(state, param, value):
    """Set the control of a parameter, within its range."""
    low = view_f4(state.least, (state.param_count,))[param]
    high = view_f4(state.most, (state.param_count,))[param]
    port = view_i4(state.param_ports, (state.param_count,))[param]
    limited = clamp(value, low, high)
    view_f4(state.values, (port + 1,))[port] = limited
    view_f4(state.live, (state.param_count,))[param] = limited


@njit(cache=True, error_model="numpy")
def play_run(state, block, events, own_address, start, end):
    """Let the plugin play the frames start..end of a block, with those of its events that set the volume."""
    if start >= end:
        return
    part = block[:, start:end]
    fill_inlets(state.io, part, events, events.shape[0], own_address, start)
    clear_outputs(state)
    for twin in range(state.twin_count):
        call_run(state.run, state.handles[twin], np.uint32(end - start))
        if state.work_response != 0:
            deliver_responses(state, state.work[twin], state.handles[twin])
        if state.end_run != 0:
            call_end_run(state.end_run, state.handles[twin])
    clear_input(state)
    add_outlets(state.io, part, events, events.shape[0], own_address, start)


@njit(cache=True, error_model="numpy")
def deliver_responses(state, work, handle):
    """Give a plugin what its work on the worker thread has to say."""
    size = pop_bytes(work.responses, work.response_cursors, work.message)
    while size != NO_MESSAGE:
        call_work_response(state.work_response, handle, np.uint32(size), work.message.ctypes.data)
        size = pop_bytes(work.responses, work.response_cursors, work.message)


@cfunc("int32(voidptr, uint32, voidptr)", cache=True, error_model="numpy")
def schedule_work(handle, size, data):
    """`schedule_work` of LV2's worker:schedule; handle: a WORK record."""
    work = carray(handle, 1, WORK)[0]
    message = view_u1(address_of(data), (size,))
    return np.int32(SUCCESS if push_bytes(work.requests, work.request_cursors, message) else NO_SPACE)


@cfunc("int32(voidptr, uint32, voidptr)", cache=True, error_model="numpy")
def respond(handle, size, data):
    """[worker thread] The function that LV2's `work` responds by; handle: a WORK record."""
    work = carray(handle, 1, WORK)[0]
    message = view_u1(address_of(data), (size,))
    return np.int32(SUCCESS if push_bytes(work.responses, work.response_cursors, message) else NO_SPACE)


@cfunc("int32(voidptr, uint32, voidptr)", cache=True, error_model="numpy")
def ignore_log(handle, kind, text):
    """[any thread] `printf` and `vprintf` of LV2's log:log, which writes nothing."""
    return np.int32(0)
