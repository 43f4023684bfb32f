"""A room around what is played: its response, learned or recorded, added to the dry sound without delay."""

import numpy as np
from numba import njit

from engine.dsp.convolution import END, HEAD, SHARE, clear, convolve
from engine.dsp.convolution_plan import lay_out
from engine.dsp.resample_ir import at_rate
from engine.events import ALL, Kind
from engine.memory import view_f4, view_i4
from engine.plugin import Param, entry, knob_fields, set_knobs, turned

GLIDE = 0.01  # seconds: no zipper noise
SILENT = -60.0  # dB: the lower end of the knob, which is no room at all
HUSH = 0.005  # seconds in which the room falls silent when everything shall
SWEPT = 512  # numbers of what it has heard that are then forgotten in each frame
LOUDEST = np.float32(1e4)  # a sample that is more, or no number, is silence: it would ring on for ever
PARAMS = (
    Param("level", "dB", SILENT, 12.0, 0.0, cc=91, help="how loud the room is around the dry sound"),
    Param("on", "", 0.0, 1.0, 1.0, help="off: no room at all"),
)
LEVEL, ON = range(len(PARAMS))
_TABLES = ("memory", "places", "levels", "jobs", "shares", "rooms")

ROOM = np.dtype(
    [
        *((name, "u8") for name in _TABLES),  # where they lie
        *((name + "_size", "i8") for name in _TABLES),
        ("position", "i8"),  # samples since it was silent
        ("hush", "i8"),  # frames that falling silent takes,
        ("hushing", "i8"),  # that are left of it,
        ("sweep", "i8"),  # frames that forgetting then takes, a multiple of HEAD,
        ("sweeping", "i8"),  # and that are left of it
        ("heard", "f4", (2, HEAD)),
        ("wet", "f4", (2, HEAD)),
        ("dry", "f4"),
        ("gain", "f4"),
        ("target", "f4"),
        ("glide", "f4"),
        *knob_fields(PARAMS),
    ],
    align=True,
)


class Room:
    """Adds what a room makes of the sound; `level` is that of the room alone, the dry sound stays as it is."""

    name = "room"
    params: tuple[Param, ...] = PARAMS

    def __init__(self, response: np.ndarray, learned: float, dry: float = 1.0) -> None:
        """response: (C, taps) at `learned` Hz, C = 1, or 2 for left and right. dry: gain of the sound as it comes."""
        self.state = np.zeros(1, ROOM)
        set_knobs(self.state, PARAMS)
        self.handle, self.process = handle, process
        self._response, self._learned = np.atleast_2d(response), learned
        self._arrays: dict[str, np.ndarray] = {}
        self.state["dry"] = dry

    def prepare(self, rate: float) -> None:
        """[main thread] Bring the response to a rate in Hz and be silent; the level stays."""
        layout = lay_out(at_rate(self._response, self._learned, rate))
        for name, array in zip(_TABLES, (*layout.arrays(), layout.rooms), strict=True):
            self._arrays[name] = array
            self.state[name], self.state[name + "_size"] = array.ctypes.data, len(array)
        self._silence = layout.memory.copy()
        self.state["hush"] = round(HUSH * rate)
        self.state["sweep"] = -(-int(layout.rooms[:, 1].sum()) // (SWEPT * HEAD)) * HEAD
        self.state["glide"] = 1 - np.exp(-1 / (GLIDE * rate))
        self.reset()

    def reset(self) -> None:
        """[main thread] Silence."""
        self._arrays["memory"][:] = self._silence
        self.state["position"] = self.state["hushing"] = self.state["sweeping"] = 0
        aim(self.state[0])
        self.state["gain"] = self.state["target"]


def compile_all() -> None:
    """[main thread] Compile all that the audio thread needs of a room."""
    room = Room(np.ones((1, 1)), 48_000.0)
    room.prepare(48_000.0)
    entry(room)


@njit(cache=True, error_model="numpy")
def aim(state):
    """Where the gain goes."""
    level = state.param[LEVEL] if state.param[ON] > 0.5 else np.float32(SILENT)
    state.target = np.float32(10) ** (level / np.float32(20)) if level > SILENT else np.float32(0)


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Aim at a new level, or fall silent."""
    if event.kind == Kind.CHOKE and event.note == ALL and state.hushing + state.sweeping == 0:
        state.hushing = state.hush
    if turned(state, event):
        aim(state)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add the room to audio (2, T), in place."""
    frames, t = audio.shape[1], 0
    while t < frames:
        count = min(frames - t, HEAD - state.position % HEAD)
        if state.hushing > 0:
            count = min(count, state.hushing)
        if state.sweeping > 0:
            count = min(frames - t, state.sweeping)
            _forget(state, audio[:, t : t + count])
        else:
            _play(state, audio[:, t : t + count])
            state.position += count
        t += count
        if state.hushing > 0:
            state.hushing -= count
            state.sweeping = state.sweep if state.hushing == 0 else 0


@njit(cache=True, error_model="numpy")
def _forget(state, audio):
    """[audio thread] Let the dry sound pass, and forget some of what was heard; when all is, begin anew."""
    for channel in range(2):
        for t in range(audio.shape[1]):
            audio[channel, t] *= state.dry
    begin = SWEPT * (state.sweep - state.sweeping)
    state.sweeping -= audio.shape[1]
    end = SWEPT * (state.sweep - state.sweeping)
    clear(view_f4(state.memory, state.memory_size), view_i4(state.rooms, (state.rooms_size, 2)), begin, end)
    if state.sweeping == 0:
        state.position, state.gain = 0, np.float32(0)


@njit(cache=True, error_model="numpy")
def _play(state, audio):
    """[audio thread] A run that crosses no multiple of HEAD samples."""
    count = audio.shape[1]
    for channel in range(2):
        for t in range(count):
            x = audio[channel, t]
            state.heard[channel, t] = x if abs(x) < LOUDEST else np.float32(0)
    convolve(
        view_f4(state.memory, state.memory_size),
        view_i4(state.places, state.places_size),
        view_i4(state.levels, (state.levels_size, SHARE + 1)),
        view_i4(state.jobs, (state.jobs_size, END + 1)),
        view_i4(state.shares, state.shares_size),
        state.position,
        state.heard[:, :count],
        state.wet[:, :count],
    )
    gain = state.gain
    for t in range(count):
        gain += state.glide * (state.target - gain)
        wet = gain * np.float32((state.hushing - t) / state.hush) if state.hushing > 0 else gain
        audio[0, t] = state.dry * audio[0, t] + wet * state.wet[0, t]
        audio[1, t] = state.dry * audio[1, t] + wet * state.wet[1, t]
    state.gain = gain
