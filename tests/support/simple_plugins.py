"""Plugins for tests: one that logs its events, one that adds a signal, one that adds sines."""

from collections.abc import Iterable

import numpy as np
from numba import njit

from engine.events import EVENT, Kind
from engine.plugin import Param, Plugin
from engine.ring import copy
from tests.support.host_callback import MAX_FRAMES

LISTENER = np.dtype([("log", EVENT, (MAX_FRAMES,)), ("count", "i8"), ("time", "i8")], align=True)


class Listener(Plugin):
    """Logs every event that it receives, with the absolute frame at which it was handled."""

    name = "listener"

    def __init__(self, params: Iterable[Param] = ()) -> None:
        self.params = tuple(params)
        self.state = np.zeros(1, LISTENER)
        self.handle, self.process = _log, _count_time

    def prepare(self, rate: float) -> None:
        """Clear the log."""
        self.reset()

    def reset(self) -> None:
        """Clear the log."""
        self.state["count"] = 0

    def heard(self, *kinds: Kind) -> np.ndarray:
        """The events of these kinds so far: (N,) EVENT."""
        log = self.state["log"][0][: int(self.state["count"][0])]
        return log[np.isin(log["kind"], kinds)].copy() if kinds else log.copy()


@njit(cache=True, error_model="numpy")
def _log(state, event):
    if state.count < MAX_FRAMES:
        copy(event, state.log[state.count])
        state.log[state.count].frame = state.time
        state.count += 1


@njit(cache=True, error_model="numpy")
def _count_time(state, audio):
    state.time += audio.shape[1]


SIGNAL = np.dtype([("audio", "f4", (2, MAX_FRAMES)), ("time", "i8")], align=True)


class Signal(Plugin):
    """Adds a given signal, (2, T) or one number, from the first frame on."""

    name = "signal"
    params: tuple[Param, ...] = ()

    def __init__(self, audio: np.ndarray | float) -> None:
        self.state = np.zeros(1, SIGNAL)
        audio = np.broadcast_to(np.float32(audio), (2, MAX_FRAMES)) if np.isscalar(audio) else np.asarray(audio)
        self.state["audio"][0, :, : audio.shape[1]] = audio
        self.handle, self.process = _ignore, _add_signal

    def prepare(self, rate: float) -> None:
        """Start from the first frame."""
        self.reset()

    def reset(self) -> None:
        """Start from the first frame."""
        self.state["time"] = 0


@njit(cache=True, error_model="numpy")
def _ignore(state, event):
    pass


@njit(cache=True, error_model="numpy")
def _add_signal(state, audio):
    for t in range(audio.shape[1]):
        if state.time < MAX_FRAMES:
            audio[0, t] += state.audio[0, state.time]
            audio[1, t] += state.audio[1, state.time]
        state.time += 1


ORGAN = np.dtype(
    [("gain", "f4", (2048,)), ("target", "f4", (2048,)), ("phase", "f4", (2048,)), ("glide", "f4"), ("cycle", "f4")],
    align=True,
)


class Organ(Plugin):
    """A pulse wave for every note id that sounds until it is damped: a stuck note sounds for ever."""

    name = "organ"
    params = (Param("level", "", 0.0, 1.0, 0.5, cc=74),)

    def __init__(self) -> None:
        self.state = np.zeros(1, ORGAN)
        self.handle, self.process = _handle_keys, _add_tones

    def prepare(self, rate: float) -> None:
        """Set the rate in Hz."""
        self.state["glide"] = 1 - np.exp(-1 / (0.005 * rate))
        self.state["cycle"] = 8.1758 / rate

    def reset(self) -> None:
        """Silence."""
        self.state["gain"] = self.state["target"] = 0


@njit(cache=True, error_model="numpy")
def _handle_keys(state, event):
    if event.kind == Kind.NOTE_ON:
        state.target[event.note] = np.float32(0.01) * event.value
    elif event.kind == Kind.NOTE_OFF:
        if event.value == 1:
            state.target[event.note] = 0
    elif event.kind == Kind.CHOKE:
        for i in range(2048):
            if event.note == i or (event.note < 0 and event.channel == i >> 7):
                state.target[i] = 0


@njit(cache=True, error_model="numpy")
def _add_tones(state, audio):
    for i in range(2048):
        if state.target[i] > 0 or state.gain[i] > 0:
            step = state.cycle * np.float32(2) ** (np.float32(i & 127) / np.float32(12))
            for t in range(audio.shape[1]):
                state.gain[i] += state.glide * (state.target[i] - state.gain[i])
                state.phase[i] += step
                state.phase[i] -= np.floor(state.phase[i])
                x = state.gain[i] * (np.float32(1) if state.phase[i] < np.float32(0.5) else np.float32(-1))
                audio[0, t] += x
                audio[1, t] += x
            if state.gain[i] < np.float32(1e-8) and state.target[i] == 0:
                state.gain[i] = 0
