"""Event scores: the events that a recording was decomposed into, as JSON, and their resynthesis.

A score holds events with time in s, key and strength, the room of the recording (gain of the dry sound, then of each
of the instrument's rooms), the context vector of all its events, and its gain. It may be edited by hand.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from engine.atomic_write import write_text
from engine.preset.preset_file import Preset

from .decoder import EventDecoder

FORMAT = "luthier events 1"
MAX_SECONDS = 7200.0  # seconds of a score
MAX_EVENTS = 1_000_000  # events of a score
BATCH_SIZE = 16  # events rendered at once


@dataclass(frozen=True)
class Event:
    """time: s. key: index of the event's embedding. strength: 0 or more."""

    time: float
    key: int
    strength: float


@dataclass(frozen=True)
class EventScore:
    """events in any order; seconds: duration; context: (M,); gains: (1 + rooms,); gain: of the whole."""

    events: list[Event]
    seconds: float
    context: np.ndarray
    gains: np.ndarray
    gain: float = 1.0
    instrument: str = ""

    def strongest(self, count: int) -> "EventScore":
        """The score with only its strongest events."""
        strongest = sorted(self.events, key=lambda event: -event.strength)[:count]
        return replace(self, events=sorted(strongest, key=lambda event: event.time))

    def permuted(self, keys: int, seed: int) -> "EventScore":
        """The score with its keys permuted."""
        permutation = np.random.default_rng(seed).permutation(keys)
        return replace(self, events=[replace(event, key=int(permutation[event.key])) for event in self.events])

    def randomized(self, keys: int, seed: int) -> "EventScore":
        """As many events with random times and keys; the strengths are permuted."""
        random = np.random.default_rng(seed)
        count = len(self.events)
        times = np.sort(random.uniform(0, self.seconds, count))
        chosen = random.integers(keys, size=count)
        strengths = random.permutation([event.strength for event in self.events])
        events = [Event(float(t), int(k), float(s)) for t, k, s in zip(times, chosen, strengths, strict=True)]
        return replace(self, events=events)

    def in_context_of(self, other: "EventScore") -> "EventScore":
        """The score with the room and the context of another one."""
        return replace(self, context=other.context, gains=other.gains)


def render(decoder: EventDecoder, score: EventScore) -> np.ndarray:
    """Render a score at the decoder's rate: (T,) float32, including the tail of its last event and of its room.

    ValueError when the score does not fit the decoder.
    """
    _check(decoder, score)
    taps = decoder.tensors["rooms"].shape[1]
    last = max([round(event.time * decoder.rate) for event in score.events], default=0)
    dry = np.zeros(max(round(score.seconds * decoder.rate), last + decoder.samples), np.float32)
    for first in range(0, len(score.events), BATCH_SIZE):
        batch = score.events[first : first + BATCH_SIZE]
        keys, strengths = np.array([event.key for event in batch]), np.array([event.strength for event in batch])
        for event, wave in zip(batch, decoder.render(keys, strengths, score.context), strict=True):
            start = round(event.time * decoder.rate)
            dry[start : start + decoder.samples] += wave
    response = score.gains[1:] @ decoder.tensors["rooms"]
    if not response.any():
        return np.float32(score.gain) * score.gains[0] * dry
    return np.float32(score.gain) * (score.gains[0] * np.pad(dry, (0, taps - 1)) + _convolve(dry, response))


def score_pitches(preset: Preset, score: EventScore) -> np.ndarray:
    """The pitch of each event of a score as learned, (n,) in Hz; 0 without one."""
    return np.asarray(preset.tensors["pitch"].astype(float)[[event.key for event in score.events]])


def read(path: str | PathLike[str]) -> EventScore:
    """Read a score from a file. ValueError (one line), OSError."""
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise ValueError(f"{path.name} is not a score of events: it is no JSON") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"{path.name} is not a score of events: its format is not {FORMAT!r}")
    try:
        return _parse(content)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path.name} is not a score of events: {_describe(error)}") from None


def write(path: str | PathLike[str], score: EventScore) -> None:
    """Write a score to a file, whole or not at all. OSError."""
    header = {
        "format": FORMAT,
        "instrument": score.instrument,
        "seconds": round(score.seconds, 6),
        "gain": round(score.gain, 6),
        "room": [round(float(x), 6) for x in score.gains],
        "context": [float(f"{x:.7g}") for x in score.context],
    }
    head = json.dumps(header, indent=1, ensure_ascii=False)[:-2]
    lines = [
        f'  {{"time": {event.time:.6f}, "key": {event.key}, "strength": {event.strength:.7g}}}'
        for event in score.events
    ]
    write_text(path, f'{head},\n "events": [\n' + ",\n".join(lines) + "\n ]\n}\n")


def _parse(content: dict[str, Any]) -> EventScore:
    events = [
        Event(_number(event["time"], "a time"), _key(event["key"]), _number(event["strength"], "a strength"))
        for event in _list(content["events"], MAX_EVENTS, "events")
    ]
    return EventScore(
        sorted(events, key=lambda event: event.time),
        _number(content["seconds"], "'seconds'"),
        _numbers(content["context"], "'context'"),
        _numbers(content["room"], "'room'"),
        _number(content.get("gain", 1.0), "'gain'"),
        str(content.get("instrument", "")),
    )


def _check(decoder: EventDecoder, score: EventScore) -> None:
    for what, found, expected in (
        ("context", score.context, decoder.tensors["context"]),
        ("room", score.gains, decoder.tensors["gains"]),
    ):
        if len(found) != len(expected):
            raise ValueError(f"the score has a {what} of {len(found)} numbers, this instrument needs {len(expected)}")
    if max((event.key for event in score.events), default=0) >= decoder.keys:
        raise ValueError(f"the score has a key that the instrument has not: it has {decoder.keys} keys")
    if max([score.seconds, *(event.time for event in score.events)]) > MAX_SECONDS:
        raise ValueError(f"the score is longer than {MAX_SECONDS:g} s")


def _convolve(sound: np.ndarray, response: np.ndarray) -> np.ndarray:
    """The full convolution, block by block."""
    block, taps = 1 << 16, len(response)
    size = block + taps
    spectrum = np.fft.rfft(response, size)
    out = np.zeros(len(sound) + size, np.float32)
    for first in range(0, len(sound), block):
        out[first : first + size] += np.fft.irfft(np.fft.rfft(sound[first : first + block], size) * spectrum, size)
    return out[: len(sound) + taps - 1]


def _number(value: Any, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ValueError(f"{what} is {value!r}; it must be a number from 0 on")
    return float(value)


def _numbers(values: Any, what: str) -> np.ndarray:
    found = _list(values, MAX_EVENTS, what)
    if not all(isinstance(x, int | float) and math.isfinite(x) and abs(x) < 1e6 for x in found):
        raise ValueError(f"{what} holds something that is no number")
    return np.array(list(found), np.float32)


def _key(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"a key is {value!r}; it must be a whole number from 0 on")
    return value


def _list(values: Any, max_count: int, what: str) -> Iterable[Any]:
    if not isinstance(values, list) or len(values) > max_count:
        raise ValueError(f"{what} must be a list of at most {max_count}")
    return values


def _describe(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
