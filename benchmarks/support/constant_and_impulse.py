"""A minimal instrument: a note-on starts a constant, a note-off stops it, a MIDI note-on makes an impulse."""

import numpy as np
from numba import njit

from engine.events import Kind
from engine.plugin import Param, Plugin

STATE = np.dtype([("level", "f4"), ("impulse", "f4")], align=True)


class ConstantTone(Plugin):
    """A constant while a note is held, and an impulse of one sample for each MIDI note-on."""

    name = "tone"
    params: tuple[Param, ...] = ()

    def __init__(self, listens: bool = False) -> None:
        self.state = np.zeros(1, STATE)
        self.handle, self.process = handle, process
        self.listens = listens

    def prepare(self, rate: float) -> None:
        """Do nothing: the sound does not depend on the rate."""

    def reset(self) -> None:
        """Silence the constant."""
        self.state["level"] = 0


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Handle a note or a MIDI message."""
    if event.kind == Kind.NOTE_ON:
        state.level = event.value
    elif event.kind == Kind.NOTE_OFF:
        state.level = 0
    elif event.kind == Kind.MIDI and event.key & 0xF0 == 0x90:
        state.impulse = np.float32(event.key >> 16) / np.float32(127)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Add the constant, and the impulse to the first frame of this run."""
    for t in range(audio.shape[1]):
        for c in range(2):
            audio[c, t] += state.level
    for c in range(2):
        audio[c, 0] += state.impulse
    state.impulse = np.float32(0)
