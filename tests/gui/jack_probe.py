"""Listens to a program at its JACK ports, and plays it: compiled, so that Python's hurry is never heard."""

import time
from collections.abc import Callable

import jack
import numpy as np
from numba import carray, cfunc, types

from benchmarks.support.jack_server import Server
from engine.devices.jack_callback import address, bind, port_get_buffer
from engine.memory import view_f4, view_u1
from tests.support.wait import PATIENCE

ROOM = 48_000 * 20  # frames that are remembered
MESSAGES = 64
LONGEST = 48_000 * 12  # frames that are sung

EAR = np.dtype(
    [
        ("left", "u8"),
        ("right", "u8"),
        ("keys", "u8"),
        ("sound", "f4", (2, ROOM)),
        ("heard", "i8"),
        ("messages", "i8", (MESSAGES,)),
        ("asked", "i8"),
        ("sent", "i8"),
        ("voice", "u8"),
        ("song", "f4", (LONGEST,)),
        ("length", "i8"),
        ("sung", "i8"),
    ],
    align=True,
)

_clear_buffer = bind("jack_midi_clear_buffer", types.void, types.uintp)
_event_reserve = bind("jack_midi_event_reserve", types.uintp, types.uintp, types.uint32, types.uint64)


@cfunc(types.intc(types.uint32, types.voidptr), cache=True, error_model="numpy")
def process(frames, user):
    """Write down a block, and send a message if one waits."""
    my = carray(user, 1, EAR)[0]
    left = view_f4(port_get_buffer(my.left, frames), types.intp(frames))
    right = view_f4(port_get_buffer(my.right, frames), types.intp(frames))
    for t in range(left.shape[0]):
        my.sound[0, (my.heard + t) % ROOM] = left[t]
        my.sound[1, (my.heard + t) % ROOM] = right[t]
    my.heard += left.shape[0]
    voice = view_f4(port_get_buffer(my.voice, frames), types.intp(frames))
    for t in range(voice.shape[0]):
        voice[t] = my.song[my.sung] if my.sung < my.length else 0.0
        my.sung += my.sung < my.length
    keys = port_get_buffer(my.keys, frames)
    _clear_buffer(keys)
    if my.sent < my.asked:
        place = _event_reserve(keys, types.uint32(0), types.uint64(3))
        if place:
            message, view = my.messages[my.sent % MESSAGES], view_u1(place, 3)
            view[0], view[1], view[2] = message & 0xFF, message >> 8 & 0xFF, message >> 16 & 0xFF
            my.sent += 1
    return 0


class Ear:
    """A client of a server, connected to another one's outputs and keyboard input once `attend` is called."""

    def __init__(self, server: Server) -> None:
        self._client = server.client("ear")
        self._record = np.zeros(1, EAR)
        ports = [self._client.inports.register(name) for name in ("left", "right")]
        ports.append(self._client.midi_outports.register("keys"))
        ports.append(self._client.outports.register("voice"))
        self._ports = ports
        for name, port in zip(("left", "right", "keys", "voice"), ports, strict=True):
            self._record[name] = address(port._ptr)
        user = jack._ffi.cast("void*", self._record.ctypes.data)
        hook = jack._ffi.cast("JackProcessCallback", process.address)
        jack._lib.jack_set_process_callback(self._client._ptr, hook, user)
        self._client.activate()

    def attend(self, name: str) -> None:
        """Listen to a client and play it, and no other one."""
        for mine in self._ports:
            for theirs in self._client.get_all_connections(mine):
                self._client.disconnect(*((theirs, mine) if mine.is_input else (mine, theirs)))
        for other, port in (("out_1", self._ports[0]), ("out_2", self._ports[1])):
            self._connect(f"{name}:{other}", port)
        self._connect(self._ports[2], f"{name}:midi_in")

    def _connect(self, source: "str | jack.Port", destination: "str | jack.Port") -> None:
        """Connect two ports once both are there: a device may just be opened anew."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self._client.connect(source, destination)
            except jack.JackError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)

    def sing(self, name: str, song: np.ndarray) -> None:
        """Sing (T,) into the microphone of a client; nothing ends what is being sung."""
        record, port = self._record[0], f"{name}:in_1"
        if not self._client.get_all_connections(self._ports[3]):
            self._client.connect(self._ports[3], port)
        record["length"] = 0
        record["song"][: len(song)] = song
        record["sung"] = 0
        record["length"] = len(song)

    def players(self) -> set[str]:
        """The names of all clients that can be played."""
        return {str(port.name).split(":")[0] for port in self._client.get_ports(r":midi_in$")}

    def close(self) -> None:
        """Leave the server."""
        self._client.close()

    def send(self, status: int, first: int, second: int) -> None:
        """Send a MIDI message."""
        record = self._record[0]
        record["messages"][int(record["asked"]) % MESSAGES] = status | first << 8 | second << 16
        record["asked"] += 1

    def since(self, frame: int) -> np.ndarray:
        """The sound (2, T) from a frame on, of those heard so far."""
        return np.take(self._record["sound"][0], np.arange(frame, self._record["heard"][0]), axis=1, mode="wrap")

    def listen(self, seconds: float, wait: Callable[[int], object]) -> np.ndarray:
        """The sound (2, T) of the next seconds; `wait` passes milliseconds."""
        start = int(self._record["heard"][0])
        frames = round(48_000 * seconds)
        until = time.monotonic() + 15
        while self._record["heard"][0] < start + frames and time.monotonic() < until:
            wait(10)
        return np.take(self._record["sound"][0], np.arange(start, start + frames), axis=1, mode="wrap")


def level(sound: np.ndarray) -> float:
    """dB, root mean square."""
    return float(10 * np.log10(np.mean(sound**2) + 1e-20))


def pitch(sound: np.ndarray, low: float = 60.0, high: float = 1500.0) -> float:
    """The fundamental in Hz that explains most of a sound: of its spectrum, by the sum over eight harmonics."""
    mono = sound.mean(axis=0) * np.hanning(sound.shape[1])
    size = 1 << 18
    spectrum = np.log1p(1e3 * np.abs(np.fft.rfft(mono, size)))
    candidates = np.geomspace(low, high, 2000)
    places = np.outer(np.arange(1, 9), candidates) * size / 48_000
    between = np.round(places - np.outer(np.arange(1, 9), candidates) / 2 * size / 48_000 / np.arange(1, 9)[:, None])
    score = spectrum[np.round(places).astype(int)].sum(axis=0) - spectrum[between.astype(int)].sum(axis=0)
    return float(candidates[score.argmax()])
