"""A decoder on a thread of its own, that answers what the audio thread asks (instruments/ddsp/asking.py).

The thread looks every millisecond whether there are questions, and decodes those of all voices together. In file
time it keeps still: who drives the rendering waits for the answers between two blocks, so that they never depend on
how quick a machine is.
"""

import threading
import time
import weakref
from typing import Any, Protocol

import numpy as np

from engine.memory import publish

from .decoder_requests import DEEP, LANES, POST, QUESTION, WAITING, take_questions
from .initial_states import HELD, LEVELS, keyboard

LOOK = 0.001  # seconds between two looks for questions
DRIVEN = 1.0  # seconds for which a driver of file time counts as there
LOUDEST = 1e4  # what a decoder says beyond it, or what is no number, is taken for nothing
KEYS = 40  # whose memories are prepared, at most,
STEPS = 1500  # and calls of the decoder that this may take


class Frame(Protocol):
    """A decoder of one frame for several voices.

    batch: how many voices a call must have, None for any number. units: U numbers of memory for each voice.
    """

    batch: int | None
    units: int
    harmonics: int
    bands: int

    def decode(self, pitch: np.ndarray, loudness: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Heads (B, 1 + H + N) and the next state (B, U), of pitch (B,) Hz, loudness (B,) dB and state (B, U)."""


class Answering:
    """Answers for one instrument, until nobody holds it any more.

    header: of the preset, or of something like it: the range of pitches and loudness that the decoder knows.
    """

    def __init__(self, decoder: Frame, header: dict[str, Any]) -> None:
        self.harmonics, self.bands = decoder.harmonics, decoder.bands
        self._decoder, self._features = decoder, header["features"]
        self._answers = np.zeros((LANES, DEEP, 1 + self.harmonics + self.bands), np.float32)
        self._states = np.zeros((LANES, decoder.units), np.float32)
        self._questions = np.zeros(WAITING, QUESTION)
        self.post = np.zeros(1, POST)
        self.post["answers"], self.post["heads"] = self._answers.ctypes.data, self._answers.shape[2]
        self.failure = ""  # why it answers no more, in one line
        self._turn = threading.Lock()
        self._driven = -DRIVEN
        self._first, self._step, self._settled = self._settle(header["pitch"])
        self._answer()  # nothing is asked yet; what answering needs is compiled here rather than at the first note
        publish(self.post[0]["answered"], 0, 0)
        threading.Thread(target=_keep_answering, args=(weakref.ref(self),), name="luthier decoder").start()

    def catch_up(self) -> None:
        """[driver of file time, between two blocks] Answer all that was asked."""
        with self._turn:
            self._driven = time.monotonic()
            self._answer()

    def look(self) -> None:
        """[decoder's thread] Answer what was asked, unless somebody drives."""
        with self._turn:
            if time.monotonic() - self._driven > DRIVEN:
                try:
                    self._answer()
                except Exception as error:  # whatever onnxruntime raises: what sounded is held and fades
                    self.failure = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"

    def _answer(self) -> None:
        """Answer all questions that wait: in each round at most one of each voice."""
        waiting = self._questions[: take_questions(self.post[0], self._questions)]
        while len(waiting):
            _, first = np.unique(waiting["lane"], return_index=True)
            now = np.sort(first)
            self._answer_round(waiting[now])
            waiting = np.delete(waiting, now)

    def _answer_round(self, questions: np.ndarray) -> None:
        lanes, loudness = questions["lane"], questions["loudness"]
        begins = questions["first"] == 1
        self._states[lanes[begins]] = self._recall(questions["pitch"][begins], loudness[begins])
        heads, states = self._decode(questions["pitch"], loudness, self._states[lanes])
        self._states[lanes] = np.where(np.isfinite(states).all(1, keepdims=True), states, 0)
        self._answers[lanes, questions["serial"] % DEEP] = np.where((heads >= 0) & (heads <= LOUDEST), heads, 0)
        for lane, serial in zip(lanes.tolist(), questions["serial"].tolist(), strict=True):
            publish(self.post[0]["answered"], lane, serial)

    def _decode(self, pitch: np.ndarray, loudness: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Heads and next states of any number of voices; loudness in deviations."""
        size, count = self._decoder.batch or len(pitch), len(pitch)
        decibels = (self._features["mean"] + self._features["deviation"] * loudness).astype(np.float32)
        said = []
        for start in range(0, count, size):
            chosen = np.minimum(np.arange(start, start + size), count - 1)  # the last one fills what is left over
            heads, states = self._decoder.decode(pitch[chosen], decibels[chosen], state[chosen])
            said.append((heads[: count - start], states[: count - start]))
        heads, states = (np.concatenate(parts) for parts in zip(*said, strict=True))
        return heads, states

    def _settle(self, pitch: dict[str, float]) -> tuple[int, int, np.ndarray]:
        """What its memory holds in notes that were held for HELD frames: the first key, how many lie between two.

        And (keys, LEVELS, U): as `settled` has it for our own decoder, of fewer keys where that would take long.
        """
        first, count = keyboard(pitch)
        batch = self._decoder.batch
        most = KEYS if batch is None else min(max(STEPS * batch // (len(LEVELS) * HELD), 1), KEYS)
        step = -(-count // most)
        keys = first + np.arange(0, count, step)
        hertz = np.repeat(440 * 2 ** ((keys - 69) / 12), len(LEVELS)).astype(np.float32)
        state = np.zeros((len(hertz), self._decoder.units), np.float32)
        for _ in range(HELD):
            _, state = self._decode(hertz, np.tile(LEVELS, len(keys)), state)
        return first, step, np.nan_to_num(state).reshape(len(keys), len(LEVELS), -1)

    def _recall(self, pitch: np.ndarray, loudness: np.ndarray) -> np.ndarray:
        """Memories (B, U) of notes that begin: of the nearest key, between the two nearest levels."""
        key = np.round((69 + 12 * np.log2(pitch / 440) - self._first) / self._step).astype(int)
        held = self._settled[np.clip(key, 0, len(self._settled) - 1)]
        place = np.interp(loudness, LEVELS, np.arange(len(LEVELS)))
        below = np.minimum(place.astype(int), len(LEVELS) - 2)
        share = (place - below).astype(np.float32)[:, None]
        at = np.arange(len(held))
        low: np.ndarray = held[at, below]
        return low + share * (held[at, below + 1] - low)


def _keep_answering(answering: "weakref.ref[Answering]") -> None:
    """Look for questions for as long as there is who answers, and the program lasts."""
    while threading.main_thread().is_alive():
        who = answering()
        if who is None or who.failure:
            return
        who.look()
        del who
        time.sleep(LOOK)
