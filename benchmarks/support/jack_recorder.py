"""A second JACK client that plays notes at known frames and listens when they sound, in JACK's own time.

Its process callback is compiled too: what it finds is never blurred by Python.
"""

import time

import jack
import numpy as np
from numba import carray, cfunc, types

from engine.devices.jack_callback import address, bind, last_frame_time, port_get_buffer
from engine.memory import view_f4, view_u1

ROOM = 4096  # notes that one witness can play
NEVER = -1  # it was not heard
UNKNOWN = -2  # the server's own time jumped between the note and its sound

WITNESS = np.dtype(
    [
        ("client", "u8"),
        ("keys", "u8"),  # ports
        ("ear", "u8"),
        ("next", "i8"),  # the frame that should come next, by JACK's counter
        ("even", "i8"),  # whether JACK's time went on evenly since the last note
        ("every", "i8"),  # frames between two notes
        ("wanted", "i8"),  # notes to be played
        ("played", "i8"),  # notes so far
        ("sent", "i8", (ROOM,)),  # the frame of each, by JACK's counter
        ("heard", "i8", (ROOM,)),  # the first frame at which something sounded after it, or NEVER or UNKNOWN
    ],
    align=True,
)

_clear_buffer = bind("jack_midi_clear_buffer", types.void, types.uintp)
_event_reserve = bind("jack_midi_event_reserve", types.uintp, types.uintp, types.uint32, types.uint64)


@cfunc(types.intc(types.uint32, types.voidptr), cache=True, error_model="numpy")
def process(frames, user):
    """Play a note when it is time, each at another place of its block, and note when it is heard."""
    my = carray(user, 1, WITNESS)[0]
    now = types.int64(last_frame_time(my.client))
    keys = port_get_buffer(my.keys, frames)
    ear = view_f4(port_get_buffer(my.ear, frames), types.intp(frames))
    _clear_buffer(keys)
    my.even &= now == my.next
    my.next = now + frames & 0xFFFFFFFF
    if my.played and my.heard[my.played - 1] == NEVER:
        for t in range(ear.shape[0]):
            if ear[t] != 0:
                my.heard[my.played - 1] = now + t if my.even else UNKNOWN
                break
    if my.played < my.wanted and (my.played == 0 or now - my.sent[my.played - 1] >= my.every):
        offset = my.played * 37 % frames
        place = _event_reserve(keys, types.uint32(offset), types.uint64(3))
        if place:
            message = view_u1(place, 3)
            message[0], message[1], message[2] = 0x90, 60, 127
            my.sent[my.played] = now + offset
            my.heard[my.played] = NEVER
            my.even = 1
            my.played += 1
    return 0


class Witness:
    """Plays `notes` notes to a client's midi_in, or to the port that is named, and listens to its out_1."""

    def __init__(self, client: str, notes: int, every: int = 2000, port: str | None = None) -> None:
        if notes > ROOM:
            raise ValueError(f"{notes} notes, at most {ROOM}")
        self._client = jack.Client("witness", no_start_server=True)
        self._record = np.zeros(1, WITNESS)
        keys = self._client.midi_outports.register("keys")
        ear = self._client.inports.register("ear")
        record = self._record[0]
        record["client"], record["keys"], record["ear"] = map(address, (self._client._ptr, keys._ptr, ear._ptr))
        record["every"] = every
        user = jack._ffi.cast("void*", self._record.ctypes.data)
        hook = jack._ffi.cast("JackProcessCallback", process.address)
        jack._lib.jack_set_process_callback(self._client._ptr, hook, user)
        self._client.activate()
        self._client.connect(f"{client}:out_1", ear)
        self._client.connect(keys, port or f"{client}:midi_in")
        time.sleep(0.1)
        record["wanted"] = notes

    def __enter__(self) -> "Witness":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def delays(self, seconds: float) -> np.ndarray:
        """Frames from each note to its sound, or NEVER or UNKNOWN; once all were played, or after so many seconds."""
        record = self._record[0]
        until = time.monotonic() + seconds
        while time.monotonic() < until and (
            record["played"] < record["wanted"] or record["heard"][record["played"] - 1] == NEVER
        ):
            time.sleep(0.05)
        played = int(record["played"])
        sent, heard = record["sent"][:played], record["heard"][:played]
        return np.where(heard < 0, heard, heard - sent)
