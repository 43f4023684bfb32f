"""The end of a bus where instruments of different latencies meet: the earlier one is delayed, so that both fit.

It stands after instrument, send and second instrument, in place of a return. Another delay, after a plugin has
changed its latency, is crossfaded, and not before the line holds enough of the sound: what sounds has no gap.
"""

import math
from collections.abc import Iterator

import numpy as np

from engine.kernel import carray, njit
from engine.plugin import MAX_BLOCK_FRAMES, KeptArray, Param, Plugin
from engine.pointers import pointer, view_f4

from .send_return import SEND, BusSend, handle

MAX_SECONDS = 2.0  # of a difference that grows while it plays; one that is there at the start may be longer
CROSSFADE_SECONDS = 0.01
SIDES, PATHS = 2, 2  # the paths: the first instrument, by the bus, and the second one

STATE = np.dtype(
    [
        ("send", "u8"),  # address of the record of the send
        ("line", "u8"),  # address of the delay lines (PATHS * SIDES, line_size)
        ("line_size", "i8"),  # a power of two
        ("position", "i8"),  # frames since it was made, as of the send
        ("filled", "i8"),  # frames in the lines; what is older counts as 0
        ("delay", "i8", (PATHS,)),  # frames; the one that is faded out; and the one that follows
        ("last_delay", "i8", (PATHS,)),
        ("next_delay", "i8", (PATHS,)),
        ("fade_frames", "i8"),  # length of a crossfade, and what is left of it
        ("fade_left", "i8", (PATHS,)),
    ],
    align=True,
)


class LatencyAlignment(Plugin):
    """Adds what its send moved to the bus in the same block; of both, what is earlier is delayed."""

    name = "back"
    params: tuple[Param, ...] = ()

    def __init__(self, send: BusSend, first: Plugin, second: Plugin) -> None:
        """first, second: the instruments before and after the send."""
        self.state = np.zeros(1, STATE)
        self.state["send"], self.state["line_size"] = send.state.ctypes.data, 1
        self.handle, self.process = handle, process
        self._send = send  # keeps its record alive
        self._instruments = first, second
        self._line = np.zeros((PATHS * SIDES, 1), np.float32)
        self._is_on, self._fades_in = True, False

    @property
    def delays(self) -> tuple[int, int]:
        """Frames by which the first and the second instrument are delayed, or are about to be."""
        first, second = self.state["next_delay"][0].tolist()
        return first, second

    def fade_in(self) -> None:
        """[main thread, before it plays] Begin without a delay: of a chain that sounds already."""
        self._fades_in = True

    def fade_out(self) -> bool:
        """[main thread] Leave out the delays, as a chain without it does; whether there are any."""
        self._is_on, has_delays = False, any(self.delays)
        self.poll()
        return has_delays

    def prepare(self, rate: float) -> None:
        """[main thread] Make the lines for a rate in Hz."""
        frames = max(MAX_SECONDS * rate, *(plugin.latency for plugin in self._instruments))
        size = 1 << math.ceil(math.log2(frames + 1))
        self._line = np.zeros((PATHS * SIDES, size), np.float32)
        self.state["line"], self.state["line_size"] = self._line.ctypes.data, size
        self.state["fade_frames"] = round(CROSSFADE_SECONDS * rate)
        self.reset()

    def arrays(self) -> Iterator[KeptArray]:
        """The delay lines."""
        yield KeptArray("line", self._line, True)

    def reset(self) -> None:
        """[main thread] Silence."""
        self._line[:] = 0
        self.state["filled"] = self.state["fade_left"] = 0
        self.poll()
        self.state["delay"] = 0 if self._fades_in else self.state["next_delay"]
        self._fades_in = False

    def poll(self) -> None:
        """[main thread] Take the latencies that the instruments tell."""
        latencies = [plugin.latency if self._is_on else 0 for plugin in self._instruments]
        longest = int(self.state["line_size"][0]) - 1
        self.state["next_delay"] = [min(max(latencies) - each, longest) for each in latencies]

    def catch_up(self) -> None:
        """[offline driver, between two blocks] As `poll`."""
        self.poll()


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add the bus to audio (2, T), each of them with its delay."""
    bus = carray(pointer(state.send), 1, SEND)[0]
    line = view_f4(state.line, (PATHS * SIDES, state.line_size))
    for t in range(audio.shape[1]):
        place, slot = state.position & (state.line_size - 1), state.position % MAX_BLOCK_FRAMES
        for side in range(SIDES):
            line[side, place] = bus.sound[side, slot]
            line[SIDES + side, place] = audio[side, t]
        for path in range(PATHS):
            _start_crossfade(state, path)
        for side in range(SIDES):
            audio[side, t] = _read(state, line, 0, side) + _read(state, line, 1, side)
        _count(state)


@njit(cache=True, error_model="numpy")
def _start_crossfade(state, path):
    """Go to another delay, if there is one, once the line holds so much."""
    following = state.next_delay[path]
    if state.fade_left[path] == 0 and following != state.delay[path] and following <= state.filled:
        state.last_delay[path], state.delay[path] = state.delay[path], following
        state.fade_left[path] = state.fade_frames


@njit(cache=True, error_model="numpy")
def _read(state, line, path, side):
    """The delayed sample of a path; during a crossfade a part of it from its last place."""
    row = path * SIDES + side
    now = _at(state, line, row, state.delay[path])
    if state.fade_left[path] == 0:
        return now
    share = np.float32(state.fade_left[path]) / np.float32(state.fade_frames)
    return now + share * (_at(state, line, row, state.last_delay[path]) - now)


@njit(cache=True, error_model="numpy")
def _at(state, line, row, delay):
    """The sample that was written so many frames ago."""
    return line[row, (state.position - delay) & (state.line_size - 1)] if delay <= state.filled else np.float32(0)


@njit(cache=True, error_model="numpy")
def _count(state):
    """Go on by a frame."""
    state.position += 1
    state.filled += 1
    for path in range(PATHS):
        state.fade_left[path] = max(state.fade_left[path] - 1, 0)
