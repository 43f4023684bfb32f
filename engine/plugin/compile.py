"""Compile a plugin to one C function, which divides each block at its events.

numba caches no closure over compiled functions. So `_run` is written once over placeholder names, and each plugin
class gets a copy of it that belongs to the plugin's own file and has the plugin's functions as globals.
"""

import inspect
from types import FunctionType
from typing import Any

from engine.events import EVENT
from engine.kernel import carray, njit
from engine.pointers import C_PROCESS, address_of
from engine.ring import copy

from .callback import compile_callback
from .contract import BURST, Plugin
from .event_output import append_emitted, append_event

# Placeholders for the globals that `_compile` gives to each copy of `_run`.
DTYPE = EVENT
handle = process = preprocess = None

_entries: dict[tuple[Any, Any], Any] = {}


def entry(plugin: Plugin) -> Any:
    """The one C function of a plugin, with its `address`: compiled once for each class.

    The block is divided at its events here, so that no plugin has to read the frame of an event.
    """
    if plugin.address:
        return plugin
    key = plugin.handle, plugin.process
    if key not in _entries:
        _entries[key] = _compile(plugin)
    return _entries[key]


def _compile(plugin: Plugin) -> Any:
    """Compile `_run` for one plugin, and keep it in numba's cache beside the plugin's own functions."""
    handle = plugin.handle
    dtype = plugin.state.dtype
    template = _run_and_emit if "emitted" in (dtype.names or ()) else _run
    source = inspect.getfile(handle.py_func)
    name = f"{type(plugin).__qualname__}.entry"
    code = template.__code__.replace(co_filename=source, co_name="entry", co_qualname=name)
    preprocess = plugin.preprocess or _ignore
    names = {"handle": handle, "process": plugin.process, "preprocess": preprocess, "DTYPE": dtype}
    run = FunctionType(code, {**globals(), **names}, name)
    run.__module__, run.__qualname__ = handle.py_func.__module__, name
    given = (each.py_func.__module__ for each in (handle, plugin.process, preprocess))
    return compile_callback(run, C_PROCESS, plugin.name, {__name__, type(plugin).__module__, *given})


@njit(cache=True, error_model="numpy")
def _ignore(record, queue, count, own_address):
    """[audio thread] The `preprocess` of a plugin that defines none."""


def _run(state, audio, frames, events, count):
    record = carray(state, 1, DTYPE)[0]
    block = carray(audio, (2, frames))
    queue = carray(events, BURST, EVENT)
    own_address = address_of(state)
    preprocess(record, queue, count, own_address)
    start = 0
    for i in range(count):
        event = queue[i]
        if event.target == 0 or event.target == own_address:
            frame = min(max(event.frame, start), frames)
            if frame > start:
                process(record, block[:, start:frame])
                start = frame
            handle(record, event)
    if start < frames:
        process(record, block[:, start:])
    return count


def _run_and_emit(state, audio, frames, events, count):
    record = carray(state, 1, DTYPE)[0]
    block = carray(audio, (2, frames))
    queue = carray(events, BURST, EVENT)
    own_address = address_of(state)
    for i in range(count):
        copy(queue[i], record.received[i])
    start, written = 0, 0
    for i in range(count):
        event = record.received[i]
        is_addressed = event.target == 0 or event.target == own_address
        frame = min(max(event.frame, start), frames)
        if is_addressed and frame > start:
            record.room = BURST - written - (count - i)  # the events not yet passed on keep their room
            process(record, block[:, start:frame])
            written = append_emitted(record, queue, written, start)
            start = frame
        written = append_event(event, queue, written)
        if is_addressed:
            record.room = BURST - written - (count - i - 1)
            handle(record, event)
            written = append_emitted(record, queue, written, start)
    if start < frames:
        record.room = BURST - written
        process(record, block[:, start:])
        written = append_emitted(record, queue, written, start)
    return written
