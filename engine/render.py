"""The same callback without a device, as fast as it can: to an array or to a file."""

import ctypes
from collections.abc import Iterator, Sequence
from itertools import cycle
from os import PathLike
from typing import Any

import numpy as np

from engine.midi.midi_file import Score

from .block import TAKEN
from .callback import callback
from .events import EVENT
from .host import Host
from .sound_file import writing

SILENCE = 10 ** (-80 / 20)  # peak below which a tail has died away
DENSE = TAKEN // 2  # events in one call, at most: what they lead to has room as well
HUSH = 0.5  # seconds that it must stay there
TAIL = 30.0  # seconds that a tail may take, at most


def render(
    host: Host,
    score: Score | np.ndarray | None = None,
    seconds: float | None = None,
    block: int | Sequence[int] = 128,
    tail: float = TAIL,
) -> np.ndarray:
    """The sound (2, T) of a score, or of events whose frames count from now; arguments as `play`."""
    return np.concatenate([np.zeros((2, 0), np.float32), *play(host, score, seconds, block, tail)], axis=1)


def render_to(
    path: str | PathLike[str],
    host: Host,
    score: Score | np.ndarray | None,
    seconds: float | None = None,
    block: int | Sequence[int] = 128,
    float32: bool = False,
) -> tuple[float, float]:
    """Write the sound of a score to a file, whole or not at all; its length in seconds and its peak, linear."""
    frames, peak = 0, 0.0
    with writing(path, host.rate, float32) as write:
        for audio in play(host, score, seconds, block):
            write(audio)
            frames += audio.shape[1]
            peak = max(peak, float(np.abs(audio).max(initial=0)))
    return frames / host.rate, peak


def play(
    host: Host,
    score: Score | np.ndarray | None = None,
    seconds: float | None = None,
    block: int | Sequence[int] = 128,
    tail: float = TAIL,
) -> Iterator[np.ndarray]:
    """The sound of a score block by block, (2, frames) each, through the callback that a device would call.

    block: frames, or sizes that are used in turn. seconds: how long; without it until half a second after the
    last event stayed below -80 dBFS, or `tail` seconds after it.
    """
    events = _events(score, host.rate)
    total = None if seconds is None else round(seconds * host.rate)
    last = int(events["frame"][-1]) if len(events) else 0
    start, next_event, quiet = 0, 0, 0
    for size in cycle([block] if isinstance(block, int) else block):
        frames = size if total is None else min(size, total - start)
        if frames <= 0 or (total is None and _over(host, start - last, quiet, tail)):
            return
        frames, end = _portion(events["frame"], next_event, start, frames)
        next_event = _feed(host, events, next_event, end, host.frame - start)
        audio = through(host, frames)
        start += frames
        quiet = quiet + frames if np.abs(audio).max() < SILENCE else 0
        yield audio


def through(host: Host, frames: int, heard: np.ndarray | None = None) -> np.ndarray:
    """The next frames (2, frames), by calls of the callback; what has to be waited for is waited for between them.

    heard: (frames, inputs) at the microphone.
    """
    audio, step = np.zeros((frames, 2), np.float32), host.catch_up_frames
    for start in range(0, frames, step):
        part = audio[start : start + step]
        microphone = None if heard is None else _samples(heard[start : start + step])
        callback.ctypes(microphone, _samples(part), len(part), None, 0, host.memory.ctypes.data)
        host.catch_up()
    return audio.T


def _samples(array: np.ndarray) -> Any:
    """A float32 array as C has it."""
    return ctypes.cast(array.ctypes.data, ctypes.POINTER(ctypes.c_float))


def _events(score: Score | np.ndarray | None, rate: float) -> np.ndarray:
    """Events in order of frame."""
    if score is None:
        return np.zeros(0, EVENT)
    if isinstance(score, Score):
        return score.events(rate)
    return score[np.argsort(score["frame"], kind="stable")]


def _over(host: Host, since: int, quiet: int, tail: float) -> bool:
    """Whether the sound has died away `since` frames after the last event."""
    return since > tail * host.rate or min(since, quiet) > HUSH * host.rate


def _portion(times: np.ndarray, first: int, start: int, frames: int) -> tuple[int, int]:
    """How many frames to ask for, and the end of their events: not more than one block can take.

    A device may change its block at any call, so a dense score is played in shorter ones.
    """
    most = first + DENSE
    if most < len(times) and times[most] < start + frames:
        frames = max(int(times[most]) - start, 1)
    return frames, min(int(np.searchsorted(times, start + frames)), most)


def _feed(host: Host, events: np.ndarray, first: int, end: int, origin: int) -> int:
    """Push events first..end, their frames counted from `origin`; the first that found no room."""
    for i in range(first, end):
        event = events[i]
        if not host.events.push(
            int(event["kind"]), int(event["key"]), float(event["value"]), frame=origin + int(event["frame"]),
            channel=int(event["channel"]), note=int(event["note"]), target=int(event["target"]),
        ):  # fmt: skip
            return i
    return end
