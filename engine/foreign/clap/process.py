"""[audio thread] The C function that the callback calls for every CLAP plugin."""

from engine.events import EVENT
from engine.foreign.audio_io import add_outlets, fill_inlets
from engine.foreign.gate import enter, leave
from engine.kernel import carray, cfunc, njit
from engine.plugin import BURST
from engine.pointers import C_PROCESS, address_of, make_call

from .event_list import write_events
from .host_functions import thread_id
from .state import AUDIO, PROCESS_ERROR, STATE

call_process = make_call("int32", "voidptr", "voidptr")


@cfunc(C_PROCESS, cache=True, error_model="numpy")
def process(state, audio, frames, events, count):
    """Let a plugin play a block; the sound passes unchanged while its gate is closed, and after errors of its own."""
    record = carray(state, 1, STATE)[0]
    if not enter(record.gate):
        record.missed = 1
        return count
    if record.is_active:
        play(record, carray(audio, (2, frames)), carray(events, BURST, EVENT), count, address_of(state))
    leave(record.gate)
    return count


@njit(cache=True, error_model="numpy")
def play(record, block, queue, count, own_address):
    """Play a block (2, T)."""
    frames = block.shape[1]
    record.threads[AUDIO] = thread_id()
    write_events(record, queue, count, frames, own_address)
    fill_inlets(record.io, block, queue, count, own_address)
    if run_instances(record, frames):
        add_outlets(record.io, block, queue, count, own_address)


@njit(cache=True, error_model="numpy")
def run_instances(record, frames):
    """Let every instance process a block; whether none of them gave it up."""
    is_good = True
    for i in range(record.instance_count):
        called = record.processes[i]
        called.frames = frames
        status = call_process(record.functions[i], record.instances[i], record.process_addresses[i])
        called.steady_time += frames
        is_good &= status != PROCESS_ERROR
    record.failed += not is_good
    record.event_count = 0
    return is_good
