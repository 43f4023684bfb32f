"""Offline rendering through the audio callback, to an array or to a file."""

from collections.abc import Iterator, Sequence
from itertools import cycle
from os import PathLike

import numpy as np

from engine.midi.midi_score import Score
from engine.sound_file.writer import sound_writer

from .block import MAX_BLOCK_EVENTS
from .events import EVENT
from .host import Host
from .portaudio_callback import callback

SILENCE_PEAK = 10 ** (-80 / 20)  # peak below which a tail has decayed
MAX_CALL_EVENTS = MAX_BLOCK_EVENTS // 2  # in one call: events that they cause have room as well
MIN_SILENCE_SECONDS = 0.5  # that a tail must stay below it, beside the pauses between echoes
MAX_TAIL_SECONDS = 30.0


def render(
    host: Host,
    score: Score | np.ndarray | None = None,
    seconds: float | None = None,
    block: int | Sequence[int] = 128,
    tail: float = MAX_TAIL_SECONDS,
) -> np.ndarray:
    """The sound (2, T) of a score, or of events whose frames count from now; arguments as `render_blocks`."""
    return np.concatenate([np.zeros((2, 0), np.float32), *render_blocks(host, score, seconds, block, tail)], axis=1)


def render_file(
    path: str | PathLike[str],
    host: Host,
    score: Score | np.ndarray | None,
    seconds: float | None = None,
    block: int | Sequence[int] = 128,
    float32: bool = False,
) -> tuple[float, float]:
    """Write the sound of a score to a file, whole or not at all; its length in seconds and its peak, linear.

    The latency of the chain is taken off.
    """
    frames, peak = 0, 0.0
    with sound_writer(path, host.rate, float32) as write:
        for audio in render_on_time(host, score, seconds, block):
            write(audio)
            frames += audio.shape[1]
            peak = max(peak, float(np.abs(audio).max(initial=0)))
    return frames / host.rate, peak


def render_on_time(
    host: Host,
    score: Score | np.ndarray | None = None,
    seconds: float | None = None,
    block: int | Sequence[int] = 128,
    tail: float = MAX_TAIL_SECONDS,
) -> Iterator[np.ndarray]:
    """As `render_blocks`, without the latency of the chain: what is played at a frame is heard there.

    The latency is that after the first block, which may switch effects on or off.
    """
    return _render(host, score, seconds, block, tail, is_on_time=True)


def render_blocks(
    host: Host,
    score: Score | np.ndarray | None = None,
    seconds: float | None = None,
    block: int | Sequence[int] = 128,
    tail: float = MAX_TAIL_SECONDS,
) -> Iterator[np.ndarray]:
    """The sound of a score block by block, (2, frames) each, through the callback that a device would call.

    block: frames, or sizes used in turn. seconds: length; without it until the sound after the last event has stayed
    below -80 dBFS for half a second and the pauses of all plugins, or `tail` seconds after it.
    """
    return _render(host, score, seconds, block, tail, is_on_time=False)


def _render(
    host: Host,
    score: Score | np.ndarray | None,
    seconds: float | None,
    block: int | Sequence[int],
    tail: float,
    is_on_time: bool,
) -> Iterator[np.ndarray]:
    """As `render_blocks`, or `render_on_time`."""
    events = _event_array(score, host.rate)
    total = None if seconds is None else round(seconds * host.rate)
    last = int(events["frame"][-1]) if len(events) else 0
    start, next_event, quiet, late = 0, 0, 0, 0
    for size in cycle([block] if isinstance(block, int) else block):
        frames = size if total is None else min(size, total - start)
        if frames <= 0 or (total is None and _has_ended(host, start - last, quiet, tail)):
            return
        frames, end = _split(events["frame"], next_event, start, frames)
        next_event = _push_events(host, events, next_event, end, host.frame - start)
        audio = render_frames(host, frames)
        if is_on_time and start == 0:
            late = host.latency
            total = None if total is None else total + late
        early = min(late, frames)
        start, late = start + frames, late - early
        quiet = quiet + frames if np.abs(audio).max() < SILENCE_PEAK else 0
        yield audio[:, early:]


def render_frames(host: Host, frames: int, microphone: np.ndarray | None = None) -> np.ndarray:
    """The next frames (2, frames), by calls of the callback, waiting for worker threads between them.

    microphone: (frames, inputs), silence unless given.
    """
    if microphone is None and host.memory["listens"][0]:
        microphone = np.zeros((frames, int(host.memory["inputs"][0])), np.float32)
    audio, step = np.zeros((frames, 2), np.float32), host.catch_up_frames
    for start in range(0, frames, step):
        part = audio[start : start + step]
        input_ = None if microphone is None else microphone[start : start + step].ctypes.data
        callback.ctypes(input_, part.ctypes.data, len(part), None, 0, host.memory.ctypes.data)
        host.catch_up()
    return audio.T


def _event_array(score: Score | np.ndarray | None, rate: float) -> np.ndarray:
    """Events in order of frame."""
    if score is None:
        return np.zeros(0, EVENT)
    if isinstance(score, Score):
        return score.events(rate)
    return score[np.argsort(score["frame"], kind="stable")]


def _has_ended(host: Host, since: int, quiet: int, tail: float) -> bool:
    """Whether the sound has decayed, `since` frames after the last event."""
    pause = sum(plugin.max_pause_seconds for plugin in host.chain)
    return since > tail * host.rate or min(since, quiet) > (MIN_SILENCE_SECONDS + pause) * host.rate


def _split(times: np.ndarray, first: int, start: int, frames: int) -> tuple[int, int]:
    """How many frames to render, and the end of their events: not more than one block can take.

    A device may change its block at any call, so a dense score is rendered in shorter ones.
    """
    limit = first + MAX_CALL_EVENTS
    if limit < len(times) and times[limit] < start + frames:
        frames = max(int(times[limit]) - start, 1)
    return frames, min(int(np.searchsorted(times, start + frames)), limit)


def _push_events(host: Host, events: np.ndarray, first: int, end: int, origin: int) -> int:
    """Push events first..end, their frames counted from `origin`; the index of the first that had no room."""
    for i in range(first, end):
        event = events[i]
        if not host.events.push(
            int(event["kind"]), int(event["key"]), float(event["value"]), frame=origin + int(event["frame"]),
            channel=int(event["channel"]), note=int(event["note"]), target=int(event["target"]),
        ):  # fmt: skip
            return i
    return end
