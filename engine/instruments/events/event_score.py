"""Scores of events: what a recording was taken apart into, and what sounds when it is put together again.

A score is JSON: events with time in s, key and strength, the room of the recording (how much is heard dry, then of
each of the instrument's rooms), the context that colours all its events, and its gain. It may be edited by hand.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from .decoder import Decoder

FORMAT = "luthier events 1"
LONGEST = 7200.0  # seconds of a score
MOST = 1_000_000  # events of a score
TOGETHER = 16  # events that are sounded at once


@dataclass(frozen=True)
class Event:
    """time: s. key: which kind of event. strength: how strong it is, 0 or more."""

    time: float
    key: int
    strength: float


@dataclass(frozen=True)
class Score:
    """events in any order; seconds: how long it lasts; context (M,), gains (1 + rooms,), gain of the whole."""

    events: list[Event]
    seconds: float
    context: np.ndarray
    gains: np.ndarray
    gain: float = 1.0
    instrument: str = ""

    def kept(self, count: int) -> "Score":
        """Only its strongest events."""
        strongest = sorted(self.events, key=lambda event: -event.strength)[:count]
        return replace(self, events=sorted(strongest, key=lambda event: event.time))

    def permuted(self, keys: int, seed: int) -> "Score":
        """The same with its keys exchanged."""
        other = np.random.default_rng(seed).permutation(keys)
        return replace(self, events=[replace(event, key=int(other[event.key])) for event in self.events])

    def drawn(self, keys: int, seed: int) -> "Score":
        """As many events at any time, of any key, as strong as one of its own."""
        random = np.random.default_rng(seed)
        count = len(self.events)
        times = np.sort(random.uniform(0, self.seconds, count))
        which = random.integers(keys, size=count)
        strengths = random.permutation([event.strength for event in self.events])
        drawn = [Event(float(t), int(k), float(s)) for t, k, s in zip(times, which, strengths, strict=True)]
        return replace(self, events=drawn)

    def in_the_place_of(self, other: "Score") -> "Score":
        """Its events in the room and the context of another score."""
        return replace(self, context=other.context, gains=other.gains)


def sound(decoder: Decoder, score: Score) -> np.ndarray:
    """What a score sounds like at the decoder's rate, (T,) float32, with the end of its last event and its room.

    ValueError when the score does not fit the decoder.
    """
    _check(decoder, score)
    taps = decoder.tensors["rooms"].shape[1]
    last = max([round(event.time * decoder.rate) for event in score.events], default=0)
    dry = np.zeros(max(round(score.seconds * decoder.rate), last + decoder.samples), np.float32)
    for first in range(0, len(score.events), TOGETHER):
        some = score.events[first : first + TOGETHER]
        keys, strengths = np.array([event.key for event in some]), np.array([event.strength for event in some])
        for event, heard in zip(some, decoder.sound(keys, strengths, score.context), strict=True):
            place = round(event.time * decoder.rate)
            dry[place : place + decoder.samples] += heard
    response = score.gains[1:] @ decoder.tensors["rooms"]
    if not response.any():
        return np.float32(score.gain) * score.gains[0] * dry
    return np.float32(score.gain) * (score.gains[0] * np.pad(dry, (0, taps - 1)) + _convolved(dry, response))


def read(path: str | PathLike[str]) -> Score:
    """A score from a file; ValueError or OSError say in one line what is wrong."""
    path = Path(path)
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise ValueError(f"{path.name} is not a score of events: it is no JSON") from None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise ValueError(f"{path.name} is not a score of events: its format is not {FORMAT!r}")
    try:
        return _score(told)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path.name} is not a score of events: {_words(error)}") from None


def write(path: str | PathLike[str], score: Score) -> None:
    """Put a score into a file, whole or not at all."""
    told = {
        "format": FORMAT,
        "instrument": score.instrument,
        "seconds": round(score.seconds, 6),
        "gain": round(score.gain, 6),
        "room": [round(float(x), 6) for x in score.gains],
        "context": [float(f"{x:.7g}") for x in score.context],
    }
    head = json.dumps(told, indent=1, ensure_ascii=False)[:-2]
    lines = [
        f'  {{"time": {event.time:.6f}, "key": {event.key}, "strength": {event.strength:.7g}}}'
        for event in score.events
    ]
    part = Path(path).with_name(f".{Path(path).name}.part")
    part.write_text(f'{head},\n "events": [\n' + ",\n".join(lines) + "\n ]\n}\n", encoding="utf-8")
    part.replace(path)


def _score(told: dict[str, Any]) -> Score:
    events = [
        Event(_number(one["time"], "a time"), _key(one["key"]), _number(one["strength"], "a strength"))
        for one in _list(told["events"], MOST, "events")
    ]
    return Score(
        sorted(events, key=lambda event: event.time),
        _number(told["seconds"], "'seconds'"),
        _numbers(told["context"], "'context'"),
        _numbers(told["room"], "'room'"),
        _number(told.get("gain", 1.0), "'gain'"),
        str(told.get("instrument", "")),
    )


def _check(decoder: Decoder, score: Score) -> None:
    for what, found, wanted in (
        ("context", score.context, decoder.tensors["context"]),
        ("room", score.gains, decoder.tensors["gains"]),
    ):
        if len(found) != len(wanted):
            raise ValueError(f"the score has a {what} of {len(found)} numbers, this instrument needs {len(wanted)}")
    if max((event.key for event in score.events), default=0) >= decoder.keys:
        raise ValueError(f"the score has a key that the instrument has not: it has {decoder.keys}")
    if max([score.seconds, *(event.time for event in score.events)]) > LONGEST:
        raise ValueError(f"the score is longer than {LONGEST:g} s")


def _convolved(sound: np.ndarray, response: np.ndarray) -> np.ndarray:
    """The whole convolution, block by block."""
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
    found = _list(values, MOST, what)
    if not all(isinstance(x, int | float) and math.isfinite(x) and abs(x) < 1e6 for x in found):
        raise ValueError(f"{what} holds something that is no number")
    return np.array(list(found), np.float32)


def _key(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"a key is {value!r}; it must be a whole number from 0 on")
    return value


def _list(values: Any, most: int, what: str) -> Iterable[Any]:
    if not isinstance(values, list) or len(values) > most:
        raise ValueError(f"{what} must be a list of at most {most}")
    return values


def _words(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
