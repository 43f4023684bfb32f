"""Scores: MIDI files, and the phrase by which loudness is measured."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from os import PathLike
from pathlib import Path

import numpy as np

from engine.events import ALL, EVENT, Kind, midi

PHRASE = (60, 64, 67, 72)  # what every instrument plays to be compared
VELOCITY = 90
BEAT = 0.5  # seconds a note
_TEMPO = 500_000  # microseconds a quarter note, until the file says otherwise


class ScoreError(ValueError):
    """A score that cannot be read; the message is one line."""


@dataclass(frozen=True)
class Score:
    """MIDI messages and when they come, in seconds, in order."""

    times: np.ndarray  # (N,) float64
    messages: np.ndarray  # (N,) int32: status | first << 8 | second << 16

    @property
    def seconds(self) -> float:
        """When the last message comes."""
        return float(self.times[-1]) if len(self.times) else 0.0

    @property
    def channels(self) -> set[int]:
        """The channels that have notes, counted from 1."""
        return {(int(message) & 0x0F) + 1 for message in self.messages if _note(int(message))[0] > 0}

    def events(self, rate: float) -> np.ndarray:
        """As events at a rate in Hz, frames counted from the beginning: (N,) EVENT."""
        events = np.zeros(len(self.times), EVENT)
        events["frame"] = np.round(self.times * rate)
        events["kind"] = Kind.MIDI
        events["note"] = ALL
        events["key"] = self.messages
        return events


def read(path: str | PathLike[str]) -> Score:
    """The channel messages of all tracks of a MIDI file. Raises ScoreError when it cannot be read."""
    import mido

    if not Path(path).is_file():
        raise ScoreError(f"no such score: {path}")
    try:
        file = mido.MidiFile(path, clip=True)
        return score(_timed(mido.merge_tracks(file.tracks), file.ticks_per_beat))
    except Exception as error:  # a damaged file makes the parser stumble in any way
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise ScoreError(f"not a MIDI file that can be read: {path} ({reason})") from None


def score(timed: Iterable[tuple[float, Iterable[int]]]) -> Score:
    """A score of (seconds, bytes of one message), sorted by time; a key is let go before it is struck again."""
    pairs = _let_go_first(sorted(((time, midi(*message)) for time, message in timed), key=lambda pair: pair[0]))
    return Score(np.array([time for time, _ in pairs], np.float64), np.array([key for _, key in pairs], np.int32))


def phrase(low: int = 0, high: int = 127) -> Score:
    """The nominal phrase, each note moved to the nearest key in low..high, and two seconds after it."""
    notes = [min(max(note, low), high) for note in PHRASE]
    begins = [(BEAT * i, (0x90, note, VELOCITY)) for i, note in enumerate(notes)]
    ends = [(BEAT * (i + 1), (0x80, note, 0)) for i, note in enumerate(notes)]
    return score([*sorted(ends + begins), (BEAT * len(notes) + 2, (0xFE,))])  # active sensing: nothing is heard


def _let_go_first(pairs: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Of the messages of one moment, the end of a note before the next one of its key: two hands may share it."""
    ordered: list[tuple[float, int]] = []
    sounding: set[tuple[int, int]] = set()
    for _, moment in groupby(pairs, key=lambda pair: pair[0]):
        waiting = [(pair, *_note(pair[1])) for pair in moment]
        while waiting:
            pair, change, key = waiting.pop(0)
            ends = [i for i, (_, other, same) in enumerate(waiting) if other < 0 and same == key]
            if change > 0 and key in sounding and ends:
                ordered.append(waiting.pop(ends[0])[0])
            ordered.append(pair)
            (sounding.add if change > 0 else sounding.discard)(key)
    return ordered


def _note(message: int) -> tuple[int, tuple[int, int]]:
    """Whether a message begins a note (1), ends one (-1) or neither (0); its channel and key."""
    status, key, velocity = message & 0xF0, message >> 8 & 0x7F, message >> 16 & 0x7F
    change = 1 if status == 0x90 and velocity else -1 if status in (0x80, 0x90) else 0
    return change, (message & 0x0F, key if change else -1)


def _timed(messages, division):
    """(seconds, bytes) of each channel message; `division` as the header has it."""
    seconds, tempo = 0.0, _TEMPO
    for message in messages:
        seconds += message.time * _tick(division, tempo)
        if message.type == "set_tempo":
            tempo = message.tempo
        elif not message.is_meta and message.type != "sysex":
            yield seconds, message.bytes()


def _tick(division, tempo):
    """Seconds of a tick: a part of a quarter note, or of a film frame when negative (SMPTE)."""
    if division > 0:
        return 1e-6 * tempo / division
    frames, parts = -(division >> 8), division & 0xFF
    return 1 / ((30000 / 1001 if frames == 29 else frames) * parts)
