"""What an instrument or an effect is: a record, and four verbs.

    prepare  [main thread, not playing]  size and tune the record to a sample rate
    reset    [main thread, not playing]  silence: forget all that rings
    handle   [audio thread]              take one event
    process  [audio thread]              make or change a run of samples

An instrument adds its sound to `audio`, an effect changes it in place; what comes in at the head
of the row is silence, or the microphone when a plugin of the row listens.

A plugin that *emits* events for the plugins after it has the fields of `EMITTING` in its record: it
says them with `emit`, with frames counted from the run of samples it is in (0 in `handle`), as long as
there is `room` in this block. All that it heard goes on to the next plugin as well.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numba import carray, cfunc, njit

from .events import EVENT
from .memory import C_PROCESS, address_of
from .ring import copy

BURST = 1024  # events that one block may bring to a plugin
EMITTING = [("heard", EVENT, (BURST,)), ("out", EVENT, (BURST,)), ("emitted", "i8"), ("room", "i8")]


@dataclass(frozen=True)
class Param:
    """A knob: its name, its unit, its range in that unit, and the MIDI controller that moves it."""

    name: str
    unit: str
    low: float
    high: float
    default: float
    cc: int | None = None
    help: str = ""


@runtime_checkable
class Plugin(Protocol):
    """Anything the host can hold in a slot."""

    name: str
    params: tuple[Param, ...]
    state: np.ndarray  # one record of the plugin's own dtype, at an address that never changes

    def prepare(self, rate: float) -> None:
        """[main thread, not playing] Size and tune the record to a rate in Hz."""

    def reset(self) -> None:
        """[main thread, not playing] Silence: forget all that rings."""


class Compiled(Plugin, Protocol):
    """A plugin in Python: its audio side is two numba functions."""

    handle: Callable[..., Any]  # njit (state, event)
    process: Callable[..., Any]  # njit (state, audio (2, T))


class Native(Plugin, Protocol):
    """A plugin from elsewhere: its audio side is one C function of the signature C_PROCESS."""

    address: int


def entry(plugin: Plugin) -> Any:
    """The one C function of a plugin, with its `address`: compiled once for each kind of plugin.

    The block is cut at its events here, once and for all, so that no plugin
    ever reads the time of an event.
    """
    if hasattr(plugin, "address"):
        return plugin
    handle, process = plugin.handle, plugin.process  # type: ignore[attr-defined]
    if (handle, process) not in _entries:
        _entries[handle, process] = _compile(plugin, handle, process)
    return _entries[handle, process]


def address(plugin: Plugin) -> int:
    """Where a plugin's record lies: the target of an event meant for it alone."""
    return int(plugin.state.ctypes.data)


# Stand-ins for the names that `_compile` gives to each copy of `_run`.
DTYPE = EVENT
handle = process = None

_entries: dict[tuple[Any, Any], Any] = {}


def _compile(plugin, handle, process):
    """Compile `_run` for one plugin, and keep it in numba's cache beside the plugin's own functions.

    numba caches no closure over compiled functions, so `_run` gets them as globals of a copy that belongs to
    the plugin's file.
    """
    dtype = plugin.state.dtype
    template = _run_and_emit if "emitted" in (dtype.names or ()) else _run
    source = inspect.getfile(handle.py_func)
    name = f"{type(plugin).__qualname__}.entry"
    code = template.__code__.replace(co_filename=source, co_name="entry", co_qualname=name)
    run = FunctionType(code, {**globals(), "handle": handle, "process": process, "DTYPE": dtype}, name)
    run.__module__, run.__qualname__ = handle.py_func.__module__, name
    return cfunc(C_PROCESS, cache=True, error_model="numpy")(run)


def _run(state, audio, frames, events, count):
    record = carray(state, 1, DTYPE)[0]
    block = carray(audio, (2, frames))
    queue = carray(events, BURST, EVENT)
    me = address_of(state)
    start = 0
    for i in range(count):
        event = queue[i]
        if event.target == 0 or event.target == me:
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
    me = address_of(state)
    for i in range(count):
        copy(queue[i], record.heard[i])
    start, told = 0, 0
    for i in range(count):
        event = record.heard[i]
        mine = event.target == 0 or event.target == me
        frame = min(max(event.frame, start), frames)
        if mine and frame > start:
            record.room = BURST - told - (count - i)  # what is still to be passed on has its place
            process(record, block[:, start:frame])
            told = tell(record, queue, told, start)
            start = frame
        told = pass_on(event, queue, told)
        if mine:
            record.room = BURST - told - (count - i - 1)
            handle(record, event)
            told = tell(record, queue, told, start)
    if start < frames:
        record.room = BURST - told
        process(record, block[:, start:])
        told = tell(record, queue, told, start)
    return told


@njit(cache=True, error_model="numpy")
def pass_on(event, queue, told):
    """[audio thread] Append an event to those for the next plugin; how many there are now."""
    if told == queue.shape[0]:
        return told
    copy(event, queue[told])
    return told + 1


@njit(cache=True, error_model="numpy")
def tell(record, queue, told, start):
    """[audio thread] Append what a plugin emitted in the run that began at `start`."""
    for i in range(record.emitted):
        record.out[i].frame += start
        told = pass_on(record.out[i], queue, told)
    record.emitted = 0
    return told


@njit(cache=True, error_model="numpy")
def emit(record, frame, kind, channel, note, key, value):
    """[audio thread] Say an event to the plugins after this one; False when this block has no room for it."""
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
