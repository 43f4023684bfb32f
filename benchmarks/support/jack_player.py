"""A second JACK client that plays MIDI messages when it is told to, compiled: it holds up nobody."""

import jack
import numpy as np
from numba import carray, cfunc, types

from engine.devices.jack_callback import address, bind, port_get_buffer
from engine.memory import view_u1

ROOM = 64  # messages that may wait

HANDS = np.dtype([("keys", "u8"), ("messages", "i8", (ROOM,)), ("asked", "i8"), ("sent", "i8")], align=True)

_clear_buffer = bind("jack_midi_clear_buffer", types.void, types.uintp)
_event_reserve = bind("jack_midi_event_reserve", types.uintp, types.uintp, types.uint32, types.uint64)


@cfunc(types.intc(types.uint32, types.voidptr), cache=True, error_model="numpy")
def process(frames, user):
    """Send all that waits."""
    my = carray(user, 1, HANDS)[0]
    keys = port_get_buffer(my.keys, frames)
    _clear_buffer(keys)
    while my.sent < my.asked:
        place = _event_reserve(keys, types.uint32(0), types.uint64(3))
        if not place:
            break
        message, view = my.messages[my.sent % ROOM], view_u1(place, 3)
        view[0], view[1], view[2] = message & 0xFF, message >> 8 & 0xFF, message >> 16 & 0xFF
        my.sent += 1
    return 0


class Hands:
    """Plays the midi_in of a client."""

    def __init__(self, client: str) -> None:
        self._client = jack.Client("hands", no_start_server=True)
        self._record = np.zeros(1, HANDS)
        keys = self._client.midi_outports.register("keys")
        self._record["keys"] = address(keys._ptr)
        user = jack._ffi.cast("void*", self._record.ctypes.data)
        hook = jack._ffi.cast("JackProcessCallback", process.address)
        jack._lib.jack_set_process_callback(self._client._ptr, hook, user)
        self._client.activate()
        self._client.connect(keys, f"{client}:midi_in")

    def __enter__(self) -> "Hands":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def send(self, status: int, first: int, second: int) -> None:
        """Send a MIDI message."""
        record = self._record[0]
        record["messages"][int(record["asked"]) % ROOM] = status | first << 8 | second << 16
        record["asked"] += 1
