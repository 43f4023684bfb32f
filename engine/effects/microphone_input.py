"""The microphone, kept until somebody writes it to a file; nothing of it is heard."""

import numpy as np
from numba import njit

from .capture import TAPE, Tape, handle, keep


class Microphone(Tape):
    """At the head of the row: a tape of what the device hears, and silence for the plugins after it."""

    name = "microphone"
    listens = True

    def __init__(self) -> None:
        super().__init__()
        self.state = np.zeros(1, TAPE)
        self.handle, self.process = attend, process


@njit(cache=True, error_model="numpy")
def attend(state, event):
    """[audio thread] Nothing to be told."""
    handle(state, event)


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Keep audio (2, T), and let none of it pass."""
    keep(state, audio)
    for t in range(audio.shape[1]):
        audio[0, t] = 0
        audio[1, t] = 0
