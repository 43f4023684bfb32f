"""A second JACK client that plays a program and records it: MIDI out, a voice out, and two sound inputs.

Its process callback is compiled, so that Python neither delays messages nor changes measured times.
"""

import time
from collections.abc import Callable

import jack
import numpy as np

from benchmarks.support.jack_server import MAX_WAIT_SECONDS
from engine.devices.jack_callback import address, bind, last_frame_time, port_get_buffer
from engine.kernel import carray, cfunc, njit, types
from engine.pointers import view_f4, view_u1

RECORDED_FRAMES = 48_000 * 60  # of the ring that the sound is recorded to
MAX_SONG_FRAMES = 48_000 * 12  # that the voice output can play
MAX_MESSAGES = 64  # that may wait
MAX_NOTES = 4096  # of one `play_notes`

NEVER = -1  # the note was not heard
UNKNOWN = -2  # the server's own time jumped between the note and its sound

CLIENT = np.dtype(
    [
        ("client", "u8"),
        ("left", "u8"),  # ports
        ("right", "u8"),
        ("midi", "u8"),
        ("voice", "u8"),
        ("sound", "f4", (2, RECORDED_FRAMES)),
        ("recorded", "i8"),  # frames
        ("messages", "i8", (MAX_MESSAGES,)),
        ("requested", "i8"),  # messages
        ("sent", "i8"),
        ("song", "f4", (MAX_SONG_FRAMES,)),
        ("song_length", "i8"),
        ("song_frame", "i8"),
        ("next_cycle", "i8"),  # the frame that should come next, by JACK's counter
        ("steady", "i8"),  # whether JACK's time has been continuous since the last note
        ("note_interval", "i8"),  # frames
        ("notes_wanted", "i8"),
        ("notes_played", "i8"),
        ("note_sent", "i8", (MAX_NOTES,)),  # the frame of each, by JACK's counter
        ("note_heard", "i8", (MAX_NOTES,)),  # the first frame that sounded after it, or NEVER or UNKNOWN
    ],
    align=True,
)

_clear_buffer = bind("jack_midi_clear_buffer", "void(uintp)")
_event_reserve = bind("jack_midi_event_reserve", "uintp(uintp, uint32, uint64)")


@njit(cache=True, error_model="numpy")
def write_message(buffer, offset, message):
    """Write a MIDI message of three bytes at a frame of this block; False where it has no room."""
    place = _event_reserve(buffer, types.uint32(offset), types.uint64(3))
    if not place:
        return False
    data = view_u1(place, 3)
    data[0], data[1], data[2] = message & 0xFF, message >> 8 & 0xFF, message >> 16 & 0xFF
    return True


@njit(cache=True, error_model="numpy")
def record(state, left, right):
    """Record a block of sound."""
    for t in range(left.shape[0]):
        state.sound[0, (state.recorded + t) % RECORDED_FRAMES] = left[t]
        state.sound[1, (state.recorded + t) % RECORDED_FRAMES] = right[t]
    state.recorded += left.shape[0]


@njit(cache=True, error_model="numpy")
def play_voice(state, voice):
    """Write a block of the song, silence after its end."""
    for t in range(voice.shape[0]):
        voice[t] = state.song[state.song_frame] if state.song_frame < state.song_length else 0.0
        state.song_frame += state.song_frame < state.song_length


@njit(cache=True, error_model="numpy")
def find_onset(state, sound, now):
    """Find the first frame at which the last note sounds."""
    last = state.notes_played - 1
    if last >= 0 and state.note_heard[last] == NEVER:
        for t in range(sound.shape[0]):
            if sound[t] != 0:
                state.note_heard[last] = now + t if state.steady else UNKNOWN
                break


@njit(cache=True, error_model="numpy")
def play_note(state, buffer, frames, now):
    """Play the next note when it is due, each at another offset into its block."""
    played = state.notes_played
    if played < state.notes_wanted and (played == 0 or now - state.note_sent[played - 1] >= state.note_interval):
        offset = played * 37 % frames
        if write_message(buffer, offset, 0x90 | 60 << 8 | 127 << 16):
            state.note_sent[played] = now + offset
            state.note_heard[played] = NEVER
            state.steady = 1
            state.notes_played += 1


@cfunc("intc(uint32, voidptr)", cache=True, error_model="numpy")
def process(frames, user):
    """Record a block, and send a message if one waits."""
    state = carray(user, 1, CLIENT)[0]
    now = types.int64(last_frame_time(state.client))
    left = view_f4(port_get_buffer(state.left, frames), types.intp(frames))
    right = view_f4(port_get_buffer(state.right, frames), types.intp(frames))
    state.steady &= now == state.next_cycle
    state.next_cycle = now + frames & 0xFFFFFFFF
    record(state, left, right)
    play_voice(state, view_f4(port_get_buffer(state.voice, frames), types.intp(frames)))
    find_onset(state, left, now)
    buffer = port_get_buffer(state.midi, frames)
    _clear_buffer(buffer)
    play_note(state, buffer, frames, now)
    if state.sent < state.requested and write_message(buffer, 0, state.messages[state.sent % MAX_MESSAGES]):
        state.sent += 1
    return 0


class JackClient:
    """A client of a server, the default one unless named; connect it to another client by the `connect` methods."""

    def __init__(self, name: str, server: str | None = None) -> None:
        self._client = jack.Client(name, no_start_server=True, servername=server)
        self._left, self._right = (self._client.inports.register(side) for side in ("left", "right"))
        self._midi = self._client.midi_outports.register("midi")
        self._voice = self._client.outports.register("voice")
        self._memory = np.zeros(1, CLIENT)
        self._record = self._memory[0]
        self._record["client"] = address(self._client._ptr)
        ports = {"left": self._left, "right": self._right, "midi": self._midi, "voice": self._voice}
        for key, port in ports.items():
            self._record[key] = address(port._ptr)
        user = jack._ffi.cast("void*", self._memory.ctypes.data)
        hook = jack._ffi.cast("JackProcessCallback", process.address)
        jack._lib.jack_set_process_callback(self._client._ptr, hook, user)
        self._client.activate()

    def __enter__(self) -> "JackClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the server."""
        self._client.close()

    @property
    def recorded(self) -> int:
        """Frames of sound recorded so far."""
        return int(self._record["recorded"])

    def players(self) -> set[str]:
        """The names of all clients that can be played by MIDI."""
        return {str(port.name).split(":")[0] for port in self._client.get_ports(r":midi_in$")}

    def has_port(self, name: str) -> bool:
        """Whether the server has a port of this name."""
        return any(port.name == name for port in self._client.get_ports())

    def connect(self, name: str) -> None:
        """Record a client and play it by MIDI, and no other one."""
        for own_port in (self._left, self._right, self._midi, self._voice):
            self._disconnect(own_port)
        self.connect_sound(name)
        self.connect_midi(f"{name}:midi_in")

    def connect_sound(self, name: str) -> None:
        """Record the outputs of a client."""
        self._connect(f"{name}:out_1", self._left)
        self._connect(f"{name}:out_2", self._right)

    def connect_midi(self, port: str) -> None:
        """Play a MIDI port."""
        self._connect(self._midi, port)

    def send(self, status: int, first: int, second: int) -> None:
        """Send a MIDI message, one a block."""
        self._record["messages"][int(self._record["requested"]) % MAX_MESSAGES] = status | first << 8 | second << 16
        self._record["requested"] += 1

    def sing(self, name: str, song: np.ndarray) -> None:
        """Play (T,) into the microphone of a client; a song that still plays is replaced."""
        if not self._client.get_all_connections(self._voice):
            self._client.connect(self._voice, f"{name}:in_1")
        self._record["song_length"] = 0
        self._record["song"][: len(song)] = song
        self._record["song_frame"] = 0
        self._record["song_length"] = len(song)

    def since(self, frame: int) -> np.ndarray:
        """The sound (2, T) from a recorded frame to the last; ValueError when it was recorded over."""
        return self._sound(frame, self.recorded)

    def listen(self, seconds: float, wait: Callable[[int], object]) -> np.ndarray:
        """Record the sound (2, T) of the next seconds at 48 kHz; `wait` passes milliseconds.

        The seconds are counted in frames, however late they come; TimeoutError when none come any more.
        """
        start = self.recorded
        end = start + round(48_000 * seconds)
        until = time.monotonic() + MAX_WAIT_SECONDS
        while self.recorded < end:
            if time.monotonic() > until:
                raise TimeoutError(
                    f"{self.recorded - start} of {end - start} frames came within {MAX_WAIT_SECONDS:g} s"
                )
            wait(10)
        return self._sound(start, end)

    def play_notes(self, count: int, interval: int = 2000) -> None:
        """Play so many notes, `interval` frames apart, and find when each is heard; once for each client."""
        if count > MAX_NOTES:
            raise ValueError(f"{count} notes, at most {MAX_NOTES}")
        self._record["note_interval"] = interval
        self._record["notes_wanted"] = count

    def delays(self, seconds: float) -> np.ndarray:
        """Frames from each of `play_notes` to its sound, or NEVER or UNKNOWN; waits for the last so many seconds."""
        state = self._record
        until = time.monotonic() + seconds
        while time.monotonic() < until and (
            state["notes_played"] < state["notes_wanted"] or state["note_heard"][state["notes_played"] - 1] == NEVER
        ):
            time.sleep(0.05)
        played = int(state["notes_played"])
        sent, heard = state["note_sent"][:played], state["note_heard"][:played]
        return np.where(heard < 0, heard, heard - sent)

    def _disconnect(self, port: jack.OwnPort) -> None:
        """Take all connections off a port; those of a client that is just leaving go by themselves."""
        end = time.monotonic() + MAX_WAIT_SECONDS
        while connected := self._client.get_all_connections(port):
            for other in connected:
                try:
                    self._client.disconnect(*((other, port) if port.is_input else (port, other)))
                except jack.JackError:
                    if time.monotonic() > end:
                        raise
                    time.sleep(0.01)

    def _connect(self, source: "str | jack.Port", destination: "str | jack.Port") -> None:
        """Connect two ports once both are there: a device may just be opened anew."""
        end = time.monotonic() + MAX_WAIT_SECONDS
        while True:
            try:
                return self._client.connect(source, destination)
            except jack.JackError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)

    def _sound(self, start: int, end: int) -> np.ndarray:
        if self.recorded - start > RECORDED_FRAMES:
            raise ValueError(f"{self.recorded - start} frames, of which only {RECORDED_FRAMES} are kept")
        return np.take(self._record["sound"], np.arange(start, end), axis=1, mode="wrap")


def note_delays(client: str, notes: int, seconds: float, interval: int = 2000, port: str | None = None) -> np.ndarray:
    """The `delays` of notes played to a client, at its MIDI input or at the port that is named."""
    with JackClient("delays") as listener:
        listener.connect_sound(client)
        listener.connect_midi(port or f"{client}:midi_in")
        time.sleep(0.1)
        listener.play_notes(notes, interval)
        return listener.delays(seconds)
