"""Capture of what is played, or of the microphone, into a ring that the main thread drains into a file."""

import numpy as np

from engine.kernel import Signature, njit
from engine.plugin import Param, Plugin
from engine.pointers import load_acquire, publish, store_release

RING_FRAMES = 1 << 19  # that may wait to be drained: 10 s at 48 kHz
WRITTEN, DRAINED = 0, 8  # positions, each on a cache line of its own

STATE = np.dtype(
    [
        ("sound", "f4", (2, RING_FRAMES)),
        ("cursors", "i8", (16,)),
        ("running", "i8"),
        ("lost", "i8"),  # frames that had no room in the ring
    ],
    align=True,
)


class Capture(Plugin):
    """Lets the sound pass and, while started, copies it to the ring."""

    name = "tape"
    params: tuple[Param, ...] = ()

    def __init__(self) -> None:
        self.state = np.zeros(1, STATE)
        self.handle, self.process = handle, process

    def prepare(self, rate: float) -> None:
        """[main thread] Nothing depends on the rate."""

    def reset(self) -> None:
        """[main thread] The ring keeps its frames until they are drained."""

    def start(self) -> None:
        """[main thread] Start to record."""
        self.state["running"] = True

    def stop(self) -> None:
        """[main thread] Stop; what was recorded can still be drained."""
        self.state["running"] = False

    @property
    def lost(self) -> int:
        """Frames that were played while the ring was full."""
        return int(self.state["lost"][0])

    def drain(self) -> np.ndarray:
        """[main thread] All that was recorded since the last call, (2, T); to be called every second or so."""
        record = self.state[0]
        first, last = int(record["cursors"][DRAINED]), int(_written(record["cursors"]))
        sound = np.take(record["sound"], np.arange(first, last), axis=1, mode="wrap")
        publish(record["cursors"], DRAINED, last)
        return sound


class MicrophoneCapture(Capture):
    """At the head of the chain: captures the input of the device, and passes silence to the plugins after it."""

    name = "microphone"
    listens = True

    def __init__(self) -> None:
        super().__init__()
        self.process = process_microphone


@njit(cache=True, error_model="numpy")
def handle(state, event):
    """[audio thread] Ignore all events."""


@njit(cache=True, error_model="numpy")
def process(state, audio):
    """[audio thread] Copy audio (2, T)."""
    copy_to_ring(state, audio)


@njit(cache=True, error_model="numpy")
def process_microphone(state, audio):
    """[audio thread] Copy audio (2, T), then silence it."""
    copy_to_ring(state, audio)
    for t in range(audio.shape[1]):
        audio[0, t] = 0
        audio[1, t] = 0


@njit(cache=True, error_model="numpy")
def copy_to_ring(state, audio):
    """[audio thread] Copy audio (2, T) to the ring while the capture runs."""
    if not state.running:
        return
    frames = audio.shape[1]
    written = state.cursors[WRITTEN]
    if written + frames - load_acquire(state.cursors, DRAINED) > RING_FRAMES:
        state.lost += frames
        return
    for t in range(frames):
        state.sound[0, (written + t) % RING_FRAMES] = audio[0, t]
        state.sound[1, (written + t) % RING_FRAMES] = audio[1, t]
    store_release(state.cursors, WRITTEN, written + frames)


@njit(cache=True, error_model="numpy", exported=Signature("i8", ("i8", 1)))
def _written(cursors):
    return load_acquire(cursors, WRITTEN)
