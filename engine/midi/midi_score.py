"""MIDI scores: read from MIDI files, and the phrase that loudness is measured with."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from os import PathLike
from pathlib import Path

import numpy as np

from engine.events import ALL, EVENT, Kind, midi

PHRASE = (60, 64, 67, 72)  # keys that every instrument plays to be compared
VELOCITY = 90
NOTE_SECONDS = 0.5  # of the phrase
MAX_SECONDS = 1e9  # of a score: a later message means a damaged file, and its frame may overflow
_TEMPO = 500_000  # microseconds of a quarter note, unless the file sets another


class ScoreError(ValueError):
    """A score that cannot be read; the message is one line."""


@dataclass(frozen=True)
class Score:
    """MIDI messages and their times in seconds, in order."""

    times: np.ndarray  # (N,) float64
    messages: np.ndarray  # (N,) int32: status | first << 8 | second << 16

    @property
    def seconds(self) -> float:
        """The time of the last message."""
        return float(self.times[-1]) if len(self.times) else 0.0

    @property
    def channels(self) -> set[int]:
        """The channels that have notes, counted from 1."""
        return {(int(message) & 0x0F) + 1 for message in self.messages if _note_change(int(message))[0] > 0}

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
        score = make_score(_timed(mido.merge_tracks(file.tracks), file.ticks_per_beat))
        if score.seconds > MAX_SECONDS:
            raise ValueError(f"its last message is at {score.seconds:.3g} s")
        return score
    except Exception as error:  # the parser raises any exception for a damaged file
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise ScoreError(f"not a MIDI file that can be read: {path} ({reason})") from None


def make_score(timed: Iterable[tuple[float, Iterable[int]]]) -> Score:
    """A score of (seconds, bytes of one message), sorted; a note ends before the next note of its key."""
    pairs = _order_note_ends(sorted(((time, midi(*message)) for time, message in timed), key=lambda pair: pair[0]))
    return Score(np.array([time for time, _ in pairs], np.float64), np.array([key for _, key in pairs], np.int32))


def loudness_phrase(low: int = 0, high: int = 127) -> Score:
    """PHRASE, each note moved to the nearest key in low..high, and two seconds of silence."""
    notes = [min(max(note, low), high) for note in PHRASE]
    starts = [(NOTE_SECONDS * i, (0x90, note, VELOCITY)) for i, note in enumerate(notes)]
    ends = [(NOTE_SECONDS * (i + 1), (0x80, note, 0)) for i, note in enumerate(notes)]
    return make_score([*sorted(ends + starts), (NOTE_SECONDS * len(notes) + 2, (0xFE,))])  # active sensing: silent


def _order_note_ends(pairs: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Of messages at one time, the end of a note before the next note of its key: two hands may share a key."""
    ordered: list[tuple[float, int]] = []
    sounding: set[tuple[int, int]] = set()
    for _, moment in groupby(pairs, key=lambda pair: pair[0]):
        waiting = [(pair, *_note_change(pair[1])) for pair in moment]
        while waiting:
            pair, change, key = waiting.pop(0)
            ends = [i for i, (_, other, same) in enumerate(waiting) if other < 0 and same == key]
            if change > 0 and key in sounding and ends:
                ordered.append(waiting.pop(ends[0])[0])
            ordered.append(pair)
            (sounding.add if change > 0 else sounding.discard)(key)
    return ordered


def _note_change(message: int) -> tuple[int, tuple[int, int]]:
    """Whether a message starts a note (1), ends one (-1) or neither (0); its channel and key."""
    status, key, velocity = message & 0xF0, message >> 8 & 0x7F, message >> 16 & 0x7F
    change = 1 if status == 0x90 and velocity else -1 if status in (0x80, 0x90) else 0
    return change, (message & 0x0F, key if change else -1)


def _timed(messages, division):
    """(seconds, bytes) of each channel message; `division` as the header has it."""
    seconds, tempo = 0.0, _TEMPO
    for message in messages:
        seconds += message.time * _tick_seconds(division, tempo)
        if message.type == "set_tempo":
            tempo = message.tempo
        elif not message.is_meta and message.type != "sysex":
            yield seconds, message.bytes()


def _tick_seconds(division, tempo):
    """Seconds of a tick: a fraction of a quarter note, or of a film frame when negative (SMPTE)."""
    if division > 0:
        return 1e-6 * tempo / division
    frames, parts = -(division >> 8), division & 0xFF
    return 1 / ((30000 / 1001 if frames == 29 else frames) * parts)
