"""Convolution reverb: the impulse response of a room, learned or recorded, added to the dry sound without delay."""

from collections.abc import Iterator

import numpy as np

from engine.dsp.convolution import END, FIRST_SLICE, HEAD_SIZE, clear, convolve
from engine.dsp.convolution_plan import plan_convolution
from engine.dsp.decibels import MAX_SAMPLE, gain_of
from engine.dsp.resample_ir import resample_impulse_response
from engine.events import ALL, Kind
from engine.kernel import Signature, njit
from engine.plugin import KeptArray, Param, entry, param_changed, param_fields
from engine.pointers import view_f4, view_i4

from .effect import Effect

SMOOTHING_SECONDS = 0.01
MIN_LEVEL_DB = -60.0  # the lower end of the parameter, where the room is silent
CHOKE_FADE_SECONDS = 0.005
CLEARED_PER_FRAME = 512  # numbers of the convolver's memory that are zeroed in each frame after a choke
PARAMS = (
    Param("level", "dB", MIN_LEVEL_DB, 12.0, 0.0, cc=91, help="how loud the room is around the dry sound"),
    Param("on", "", 0.0, 1.0, 1.0, help="off: no room at all"),
)
LEVEL, ON = range(len(PARAMS))
_TABLES = ("memory", "offsets", "stages", "jobs", "slices", "regions")  # of the plan of the convolution

STATE = np.dtype(
    [
        *((name, "u8") for name in _TABLES),  # addresses
        *((name + "_size", "i8") for name in _TABLES),
        ("position", "i8"),  # samples since it was silent
        ("fade_frames", "i8"),  # length of the fade-out of a choke,
        ("fade_left", "i8"),  # and what is left of it
        ("clear_frames", "i8"),  # frames over which the memory is then cleared, a multiple of HEAD_SIZE,
        ("clear_left", "i8"),  # and those left
        ("input", "f4", (2, HEAD_SIZE)),
        ("wet", "f4", (2, HEAD_SIZE)),
        ("dry", "f4"),
        ("gain", "f4"),
        ("target", "f4"),
        ("smoothing", "f4"),
        *param_fields(PARAMS),
    ],
    align=True,
)


class ConvolutionReverb(Effect):
    """Adds the convolved sound; `level` is that of the room alone, the dry sound keeps its gain."""

    name = "room"
    title = "Room"
    help = "adds the impulse response of a room"
    params = PARAMS

    def __init__(self, response: np.ndarray, response_rate: float, dry: float = 1.0) -> None:
        """response: (C, taps) at `response_rate` Hz, as of an `ImpulseResponse`. dry: gain of the dry sound."""
        super().__init__(STATE, handle, process)
        self._response, self._response_rate = np.atleast_2d(response), response_rate
        self._arrays: dict[str, np.ndarray] = {}
        self.state["dry"] = dry

    def prepare(self, rate: float) -> None:
        """[main thread] Resample the response to a rate in Hz and clear the memory; the parameters stay."""
        plan = plan_convolution(resample_impulse_response(self._response, self._response_rate, rate))
        for name, array in zip(_TABLES, (*plan.arrays(), plan.regions), strict=True):
            self._arrays[name] = array
            self.state[name], self.state[name + "_size"] = array.ctypes.data, len(array)
        self._initial_memory = plan.memory.copy()
        self.state["fade_frames"] = round(CHOKE_FADE_SECONDS * rate)
        self.state["clear_frames"] = -(-int(plan.regions[:, 1].sum()) // (CLEARED_PER_FRAME * HEAD_SIZE)) * HEAD_SIZE
        self.state["smoothing"] = 1 - np.exp(-1 / (SMOOTHING_SECONDS * rate))
        self.reset()

    def arrays(self) -> Iterator[KeptArray]:
        """The plan of the convolution, and its memory."""
        for name, array in self._arrays.items():
            yield KeptArray(name, array, name == "memory")

    def reset(self) -> None:
        """[main thread] Silence."""
        self._arrays["memory"][:] = self._initial_memory
        self.state["position"] = self.state["fade_left"] = self.state["clear_left"] = 0
        update_target(self.state[0])
        self.state["gain"] = self.state["target"]


def compile_all() -> None:
    """[main thread] Compile all that the audio thread needs of a room."""
    room = ConvolutionReverb(np.ones((1, 1)), 48_000.0)
    room.prepare(48_000.0)
    entry(room)


@njit(cache=True, error_model="numpy", exported=Signature("", STATE))
def update_target(state):
    """Set the target of the gain."""
    level = state.param[LEVEL] if state.param[ON] > 0.5 else np.float32(MIN_LEVEL_DB)
    state.target = gain_of(level) if level > MIN_LEVEL_DB else np.float32(0)


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Set a parameter, or fade out and clear the memory at a choke of all notes."""
    if event.kind == Kind.CHOKE and event.note == ALL and state.fade_left + state.clear_left == 0:
        state.fade_left = state.fade_frames
    if param_changed(state, event):
        update_target(state)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add the room to audio (2, T), in place."""
    frames, t = audio.shape[1], 0
    while t < frames:
        count = min(frames - t, HEAD_SIZE - state.position % HEAD_SIZE)
        if state.fade_left > 0:
            count = min(count, state.fade_left)
        if state.clear_left > 0:
            count = min(frames - t, state.clear_left)
            _clear_part(state, audio[:, t : t + count])
        else:
            _convolve(state, audio[:, t : t + count])
            state.position += count
        t += count
        if state.fade_left > 0:
            state.fade_left -= count
            state.clear_left = state.clear_frames if state.fade_left == 0 else 0


@njit(cache=True, error_model="numpy")
def _clear_part(state, audio):
    """[audio thread] Pass the dry sound and clear a part of the memory; start from silence once all is cleared."""
    for channel in range(2):
        for t in range(audio.shape[1]):
            audio[channel, t] *= state.dry
    start = CLEARED_PER_FRAME * (state.clear_frames - state.clear_left)
    state.clear_left -= audio.shape[1]
    end = CLEARED_PER_FRAME * (state.clear_frames - state.clear_left)
    clear(view_f4(state.memory, state.memory_size), view_i4(state.regions, (state.regions_size, 2)), start, end)
    if state.clear_left == 0:
        state.position, state.gain = 0, np.float32(0)


@njit(cache=True, error_model="numpy")
def _convolve(state, audio):
    """[audio thread] Process audio (2, T) that crosses no multiple of HEAD_SIZE samples."""
    count = audio.shape[1]
    for channel in range(2):
        for t in range(count):
            x = audio[channel, t]
            state.input[channel, t] = x if abs(x) < MAX_SAMPLE else np.float32(0)
    convolve(
        view_f4(state.memory, state.memory_size),
        view_i4(state.offsets, state.offsets_size),
        view_i4(state.stages, (state.stages_size, FIRST_SLICE + 1)),
        view_i4(state.jobs, (state.jobs_size, END + 1)),
        view_i4(state.slices, state.slices_size),
        state.position,
        state.input[:, :count],
        state.wet[:, :count],
    )
    gain = state.gain
    for t in range(count):
        gain += state.smoothing * (state.target - gain)
        wet = gain * np.float32((state.fade_left - t) / state.fade_frames) if state.fade_left > 0 else gain
        audio[0, t] = state.dry * audio[0, t] + wet * state.wet[0, t]
        audio[1, t] = state.dry * audio[1, t] + wet * state.wet[1, t]
    state.gain = gain
