"""Decoder thread: runs a decoder and responds to the requests of the audio thread (decoder_requests.py).

The thread polls every millisecond and decodes the requests of all voices together. In offline rendering it is idle:
the driver calls `catch_up` between two blocks, so that the result does not depend on the speed of the machine.
"""

import threading
import time
import weakref
from typing import Any, Protocol

import numpy as np

from engine.dsp.decibels import MAX_SAMPLE
from engine.pitch_and_frequency import frequency_of, pitch_of
from engine.pointers import publish

from .decoder_requests import DECODER_REQUEST, MAILBOX, MAX_REQUESTS, MAX_RESPONSES, REMOTE_VOICES, drain_requests
from .initial_states import HOLD_FRAMES, LOUDNESS_LEVELS, key_range

POLL_SECONDS = 0.001
OFFLINE_TIMEOUT_SECONDS = 1.0  # after the last `catch_up` for which the thread stays idle
MAX_STEADY_KEYS = 40  # keys whose steady states are computed
MAX_STEADY_CALLS = 1500  # calls of the decoder for that


class FrameDecoder(Protocol):
    """A decoder of one frame for several voices.

    batch: number of voices of each call, None for any. units: size U of a voice's state.
    """

    batch: int | None
    units: int
    harmonics: int
    bands: int

    def decode(self, pitch: np.ndarray, loudness: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Heads (B, 1 + H + N) and the next state (B, U) for pitch (B,) Hz, loudness (B,) dB and state (B, U)."""


class DecoderThread:
    """Runs the decoder of one instrument until it is garbage-collected.

    header: of the preset; gives the range of pitch and loudness of the decoder.
    """

    def __init__(self, decoder: FrameDecoder, header: dict[str, Any]) -> None:
        self.harmonics, self.bands = decoder.harmonics, decoder.bands
        self._decoder, self._features = decoder, header["features"]
        self._responses = np.zeros((REMOTE_VOICES, MAX_RESPONSES, 1 + self.harmonics + self.bands), np.float32)
        self._states = np.zeros((REMOTE_VOICES, decoder.units), np.float32)
        self._buffer = np.zeros(MAX_REQUESTS, DECODER_REQUEST)
        self.mailbox = np.zeros(1, MAILBOX)
        self.mailbox["responses"], self.mailbox["heads"] = self._responses.ctypes.data, self._responses.shape[2]
        self.failure = ""  # why it has stopped, in one line
        self._lock = threading.Lock()
        self._last_catch_up = -OFFLINE_TIMEOUT_SECONDS
        self._first, self._step, self._steady = self._steady_states(header["pitch"])
        self._respond()  # without requests: compiles what it needs before the first note
        publish(self.mailbox[0]["last_response"], 0, 0)
        threading.Thread(target=_run, args=(weakref.ref(self),), name="luthier decoder").start()

    def catch_up(self) -> None:
        """[offline driver, between two blocks] Respond to all requests."""
        with self._lock:
            self._last_catch_up = time.monotonic()
            self._respond()

    def poll(self) -> None:
        """[decoder thread] Respond to all requests, unless an offline driver does."""
        with self._lock:
            if time.monotonic() - self._last_catch_up > OFFLINE_TIMEOUT_SECONDS:
                try:
                    self._respond()
                except Exception as error:  # whatever onnxruntime raises: notes are held and fade
                    self.failure = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"

    def _respond(self) -> None:
        """Respond to all pending requests, in each batch at most one of a voice."""
        pending = self._buffer[: drain_requests(self.mailbox[0], self._buffer)]
        while len(pending):
            _, first = np.unique(pending["voice"], return_index=True)
            selected = np.sort(first)
            self._respond_to(pending[selected])
            pending = np.delete(pending, selected)

    def _respond_to(self, requests: np.ndarray) -> None:
        voices, loudness = requests["voice"], requests["loudness"]
        starting = requests["first"] == 1
        self._states[voices[starting]] = self._initial_states(requests["pitch"][starting], loudness[starting])
        heads, states = self._decode(requests["pitch"], loudness, self._states[voices])
        self._states[voices] = np.where(np.isfinite(states).all(1, keepdims=True), states, 0)
        self._responses[voices, requests["serial"] % MAX_RESPONSES] = np.where(
            (heads >= 0) & (heads <= MAX_SAMPLE), heads, 0
        )
        for voice, serial in zip(voices.tolist(), requests["serial"].tolist(), strict=True):
            publish(self.mailbox[0]["last_response"], voice, serial)

    def _decode(self, pitch: np.ndarray, loudness: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Heads and next states for any number of voices; loudness in standard deviations."""
        size, count = self._decoder.batch or len(pitch), len(pitch)
        decibels = (self._features["mean"] + self._features["deviation"] * loudness).astype(np.float32)
        outputs = []
        for start in range(0, count, size):
            chosen = np.minimum(np.arange(start, start + size), count - 1)  # padded with the last one
            heads, states = self._decoder.decode(pitch[chosen], decibels[chosen], state[chosen])
            outputs.append((heads[: count - start], states[: count - start]))
        heads, states = (np.concatenate(parts) for parts in zip(*outputs, strict=True))
        return heads, states

    def _steady_states(self, pitch: dict[str, float]) -> tuple[int, int, np.ndarray]:
        """States of notes held for HOLD_FRAMES: first key, distance of keys, and states (keys, LOUDNESS_LEVELS, U).

        As `initial_states.steady_states`, for fewer keys where the decoder has a fixed batch.
        """
        first, count = key_range(pitch)
        batch = self._decoder.batch
        max_keys = MAX_STEADY_KEYS
        if batch is not None:
            max_keys = min(max(MAX_STEADY_CALLS * batch // (len(LOUDNESS_LEVELS) * HOLD_FRAMES), 1), MAX_STEADY_KEYS)
        step = -(-count // max_keys)
        keys = first + np.arange(0, count, step)
        frequency = np.repeat(frequency_of(keys), len(LOUDNESS_LEVELS)).astype(np.float32)
        state = np.zeros((len(frequency), self._decoder.units), np.float32)
        for _ in range(HOLD_FRAMES):
            _, state = self._decode(frequency, np.tile(LOUDNESS_LEVELS, len(keys)), state)
        return first, step, np.nan_to_num(state).reshape(len(keys), len(LOUDNESS_LEVELS), -1)

    def _initial_states(self, pitch: np.ndarray, loudness: np.ndarray) -> np.ndarray:
        """Initial states (B, U) of notes: of the nearest key, interpolated between the two nearest levels."""
        key = np.round((pitch_of(pitch) - self._first) / self._step).astype(int)
        states_of_key = self._steady[np.clip(key, 0, len(self._steady) - 1)]
        position = np.interp(loudness, LOUDNESS_LEVELS, np.arange(len(LOUDNESS_LEVELS)))
        below = np.minimum(position.astype(int), len(LOUDNESS_LEVELS) - 2)
        share = (position - below).astype(np.float32)[:, None]
        rows = np.arange(len(states_of_key))
        low: np.ndarray = states_of_key[rows, below]
        return low + share * (states_of_key[rows, below + 1] - low)


def _run(thread: "weakref.ref[DecoderThread]") -> None:
    """Poll until the thread object is collected, has failed, or the main thread ends."""
    while threading.main_thread().is_alive():
        target = thread()
        if target is None or target.failure:
            return
        target.poll()
        del target
        time.sleep(POLL_SECONDS)
