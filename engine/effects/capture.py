"""What was played, kept until somebody writes it to a file."""

import numpy as np
from numba import njit

from engine.memory import load_acquire, publish, store_release
from engine.plugin import Param

LENGTH = 1 << 19  # frames that may wait to be taken: 10 s at 48 kHz
WRITTEN, TAKEN = 0, 8  # positions, each on a cache line of its own

TAPE = np.dtype(
    [
        ("sound", "f4", (2, LENGTH)),
        ("cursors", "i8", (16,)),
        ("running", "i8"),
        ("lost", "i8"),  # frames that found no room
    ],
    align=True,
)


class Tape:
    """Lets the sound pass and, while it runs, keeps a copy for the main thread."""

    name = "tape"
    params: tuple[Param, ...] = ()

    def __init__(self) -> None:
        self.state = np.zeros(1, TAPE)
        self.handle, self.process = handle, process

    def prepare(self, rate: float) -> None:
        """[main thread] Nothing depends on the rate."""

    def reset(self) -> None:
        """[main thread] What waits stays until it is taken."""

    def run(self, running: bool = True) -> None:
        """[main thread] Begin to record, or stop; what was recorded can still be taken."""
        self.state["running"] = running

    @property
    def lost(self) -> int:
        """Frames that were played while the tape was full."""
        return int(self.state["lost"][0])

    def take(self) -> np.ndarray:
        """[main thread] All that was recorded since the last call, (2, T); to be called every second or so."""
        record = self.state[0]
        first, last = int(record["cursors"][TAKEN]), int(_written(record["cursors"]))
        sound = np.take(record["sound"], np.arange(first, last), axis=1, mode="wrap")
        publish(record["cursors"], TAKEN, last)
        return sound


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Nothing to be told."""


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Copy audio (2, T)."""
    keep(state, audio)


@njit(cache=True, error_model="numpy")
def keep(state, audio):
    """[audio thread] Copy audio (2, T) while the tape runs."""
    if not state.running:
        return
    frames = audio.shape[1]
    written = state.cursors[WRITTEN]
    if written + frames - load_acquire(state.cursors, TAKEN) > LENGTH:
        state.lost += frames
        return
    for t in range(frames):
        state.sound[0, (written + t) % LENGTH] = audio[0, t]
        state.sound[1, (written + t) % LENGTH] = audio[1, t]
    store_release(state.cursors, WRITTEN, written + frames)


@njit(cache=True, error_model="numpy")
def _written(cursors):
    return load_acquire(cursors, WRITTEN)
