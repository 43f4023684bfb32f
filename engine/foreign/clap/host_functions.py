"""What a CLAP plugin may call while it plays, compiled: its host, the host's extensions, and the lists of events.

A request only sets a word of the record; the main thread looks at it (`ClapPlugin.poll`).
"""

import sys
from typing import Any

import numpy as np

from engine.foreign.byte_ring import push_bytes
from engine.kernel import ExternalFunction, carray, cfunc, njit
from engine.pointers import address_of, pointer, pointer_i4, view_u1

from .abi import CLAP_DIALECT, MIDI_DIALECT
from .preset_abi import LOAD_IDS
from .state import (
    AUDIO,
    CALLBACK,
    CORE_SPACE,
    EVENT_HEADER,
    EXTENSION,
    EXTENSION_NAME_BYTES,
    HOST_HEAD,
    LATENCY,
    MAIN,
    MAX_TIMERS,
    OUTPUT_LIST,
    PARAM_EVENT,
    PARAM_VALUE,
    RESCAN,
    RESTART,
    SLOT_BYTES,
    STATE,
)

_ON_HOST = "void(voidptr)"
_PARAM_EVENT_BYTES = PARAM_EVENT.itemsize
_DIALECTS = CLAP_DIALECT | MIDI_DIALECT

if sys.platform == "win32":
    thread_id = ExternalFunction("GetCurrentThreadId", "uint32()")
else:
    thread_id = ExternalFunction("pthread_self", "uintp()")


@njit(cache=True, error_model="numpy")
def record_of(host):
    """The record of a plugin, by the clap_host that it was given."""
    return carray(pointer(carray(host, 1, HOST_HEAD)[0].data), 1, STATE)[0]


@cfunc("uintp(voidptr, voidptr)", cache=True, error_model="numpy")
def get_extension(host, name):
    """The table of an extension of the host, by its name; 0: there is none."""
    record = record_of(host)
    wanted = view_u1(address_of(name), (EXTENSION_NAME_BYTES,))
    rows = carray(pointer(record.extensions), record.extension_count, EXTENSION)
    for i in range(record.extension_count):
        for k in range(EXTENSION_NAME_BYTES):
            if wanted[k] != rows[i].name[k]:
                break
            if wanted[k] == 0:
                return rows[i].table
    return np.uint64(0)


@cfunc(_ON_HOST, cache=True, error_model="numpy")
def request_callback(host):
    """Ask for a call of on_main_thread."""
    record_of(host).requests[CALLBACK] = 1


@cfunc(_ON_HOST, cache=True, error_model="numpy")
def request_restart(host):
    """Ask to be deactivated and activated anew."""
    record_of(host).requests[RESTART] = 1


@cfunc("void(voidptr, uint32)", cache=True, error_model="numpy")
def rescan(host, _flags):
    """Parameters or ports have changed: their values are read again."""
    record_of(host).requests[RESCAN] = 1


@cfunc(_ON_HOST, cache=True, error_model="numpy")
def report_latency(host):
    """The latency has changed."""
    record_of(host).requests[LATENCY] = 1


@cfunc(_ON_HOST, cache=True, error_model="numpy")
def ignore(_host):
    """Do nothing; any further arguments are left unread."""


@cfunc("boolean(voidptr, uint32)", cache=True, error_model="numpy")
def refuse(_host, _flag):
    """False: ports cannot be changed in this way."""
    return False


@cfunc("uint32(voidptr)", cache=True, error_model="numpy")
def note_dialects(_host):
    """The dialects of notes that the host speaks, a bit each."""
    return np.uint32(_DIALECTS)


@cfunc("boolean(voidptr)", cache=True, error_model="numpy")
def is_main_thread(host):
    """Whether this is the thread that makes, opens and closes plugins."""
    return np.uint64(thread_id()) == record_of(host).threads[MAIN]


@cfunc("boolean(voidptr)", cache=True, error_model="numpy")
def is_audio_thread(host):
    """Whether this is the thread that plays; the main thread is in its place while none does."""
    return np.uint64(thread_id()) == record_of(host).threads[AUDIO]


@cfunc("boolean(voidptr, uint32, voidptr)", cache=True, error_model="numpy")
def register_timer(host, period, number):
    """Start a timer of a period in ms; its number is written."""
    record = record_of(host)
    for i in range(MAX_TIMERS):
        timer = record.timers[i]
        if timer.id == 0:
            record.last_timer += 1
            timer.id, timer.period, timer.due = record.last_timer, max(np.int64(period), 1), 0.0
            timer.host = address_of(host)
            carray(pointer_i4(address_of(number)), 1)[0] = np.int32(timer.id)
            return True
    return False


@cfunc("boolean(voidptr, uint32)", cache=True, error_model="numpy")
def unregister_timer(host, number):
    """Stop a timer."""
    record = record_of(host)
    for i in range(MAX_TIMERS):
        if record.timers[i].id == number and number != 0:
            record.timers[i].id = 0
            return True
    return False


@cfunc("uint32(voidptr)", cache=True, error_model="numpy")
def event_count(events):
    """The events of this block; the list is the first field of the record."""
    return np.uint32(carray(events, 1, STATE)[0].event_count)


@cfunc("uintp(voidptr, uint32)", cache=True, error_model="numpy")
def event_at(events, index):
    """The address of an event of this block; 0: there are fewer."""
    record = carray(events, 1, STATE)[0]
    if np.int64(index) >= record.event_count:
        return np.uint64(0)
    return record.slots_address + np.uint64(index) * np.uint64(SLOT_BYTES)


@cfunc("boolean(voidptr, voidptr)", cache=True, error_model="numpy")
def push_event(events, event):
    """Take an event of the plugin: the value of a parameter that it set itself; False when there is no room."""
    header = carray(event, 1, EVENT_HEADER)[0]
    if header.space != CORE_SPACE or header.type != PARAM_VALUE or header.size < _PARAM_EVENT_BYTES:
        return True  # what nobody here listens to
    record = carray(pointer(carray(events, 1, OUTPUT_LIST)[0].context), 1, STATE)[0]
    message = view_u1(address_of(event), (_PARAM_EVENT_BYTES,))
    return push_bytes(record.changes, record.change_cursors, message)


@cfunc("boolean(voidptr, voidptr)", cache=True, error_model="numpy")
def drop_event(_events, _event):
    """Take an event of the second instance: it turns as the first one does."""
    return True


_EXTENSIONS: dict[str, list[Any]] = {
    "clap.log": [ignore],
    "clap.thread-check": [is_main_thread, is_audio_thread],
    "clap.params": [rescan, ignore, ignore],
    "clap.state": [ignore],
    "clap.latency": [report_latency],
    "clap.tail": [ignore],
    "clap.audio-ports": [refuse, rescan],
    "clap.note-ports": [note_dialects, rescan],
    "clap.note-name": [ignore],
    "clap.voice-info": [ignore],
    "clap.timer-support": [register_timer, unregister_timer],
    **{name: [ignore, ignore] for name in LOAD_IDS},
}  # in the order of the specification


class ExtensionTables:
    """The tables of the host's extensions, made once for all plugins, and the rows that tell their addresses."""

    _made: "ExtensionTables | None" = None

    def __init__(self) -> None:
        self.rows = np.zeros(len(_EXTENSIONS), EXTENSION)
        self._tables: list[np.ndarray] = []
        for row, (name, functions) in zip(self.rows, _EXTENSIONS.items(), strict=True):
            table = np.array([function.address for function in functions], np.uint64)
            self._tables.append(table)
            raw = name.encode()
            row["name"][: len(raw)] = np.frombuffer(raw, np.uint8)
            row["table"] = table.ctypes.data

    @classmethod
    def shared(cls) -> "ExtensionTables":
        """The one of this process."""
        if cls._made is None:
            cls._made = cls()
        return cls._made
