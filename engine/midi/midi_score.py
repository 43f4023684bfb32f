"""MIDI scores: read from MIDI files, and the phrase that loudness is measured with."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from os import PathLike
from pathlib import Path

import numpy as np

from engine.events import ALL, EVENT, Kind, midi

from .channel_masks import DRUM_CHANNEL, MPE_RPN
from .midi_file_reader import MICROSECONDS_OF_A_QUARTER, MidiFile, MidiFileError, read_midi_file

PHRASE = (60, 64, 67, 72)  # keys that every instrument plays to be compared
VELOCITY = 90
NOTE_SECONDS = 0.5  # of the phrase
MAX_SECONDS = 1e6  # of a score: a later message means a damaged file
MAX_PAUSE_SECONDS = 3600.0  # between two messages: a longer one means a damaged file


class ScoreError(ValueError):
    """A score that cannot be read; the message is one line."""


@dataclass(frozen=True)
class Score:
    """MIDI messages and their times in seconds, in order."""

    times: np.ndarray  # (N,) float64
    messages: np.ndarray  # (N,) int32: status | first << 8 | second << 16
    faults: tuple[str, ...] = ()  # what of its file cannot be played, a line each

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
    """The channel messages of all tracks of a MIDI file. Raises ScoreError when it cannot be read.

    Of a damaged file what is there, and its `faults`.
    """
    if not Path(path).is_file():
        raise ScoreError(f"no such score: {path}")
    try:
        file = read_midi_file(Path(path).read_bytes())
    except (MidiFileError, OSError) as error:
        raise ScoreError(f"not a MIDI file that can be read: {path} ({error})") from None
    score = _score_of(file)
    if score.faults and not len(score.messages):
        raise ScoreError(f"not a MIDI file that can be read: {path} ({score.faults[0]})")
    return score


def _score_of(file: MidiFile) -> Score:
    """The tracks of a file as one score: together, or in format 2 one after the other."""
    numbered = list(enumerate(file.tracks, 1))
    groups = [[each] for each in numbered] if file.kind == 2 else [numbered]
    pairs: list[tuple[float, int]] = []
    faults: list[str] = []
    start = 0.0
    for group in groups:
        tempos = _TempoMap(file.division, [change for _, track in group for change in track.tempos])
        for number, track in group:
            pairs += [(start + tempos.seconds(tick), message) for tick, message in track.messages]
            if track.fault:
                time = _format_time(start + tempos.seconds(track.ticks))
                faults.append(f"track {number} can be read up to {time} only: {track.fault}")
        start += max(tempos.seconds(track.ticks) for _, track in group)
    pairs.sort(key=lambda pair: pair[0])
    times = np.array([0.0, *(time for time, _ in pairs)])
    pauses = np.flatnonzero((np.diff(times) > MAX_PAUSE_SECONDS) | (times[1:] > MAX_SECONDS))
    if len(pauses):
        first = int(pauses[0])
        pause = _format_time(float(times[first + 1] - times[first]))
        faults.append(
            f"it ends at {_format_time(float(times[first]))}: a pause of {pause} follows, as in damaged files"
        )
        pairs = pairs[:first]
    return _score(pairs, tuple(faults))


class _TempoMap:
    """The time of each tick. changes: (tick, microseconds of a quarter note) of all tracks."""

    def __init__(self, division: int, changes: list[tuple[int, int]]) -> None:
        tick, seconds, tempo = 0, 0.0, MICROSECONDS_OF_A_QUARTER
        self._ticks, self._seconds, self._tick_seconds = [0], [0.0], [_tick_seconds(division, tempo)]
        for at, tempo in sorted(changes, key=lambda change: change[0]):
            seconds += (at - tick) * self._tick_seconds[-1]
            tick = at
            self._ticks.append(tick)
            self._seconds.append(seconds)
            self._tick_seconds.append(_tick_seconds(division, tempo))

    def seconds(self, tick: int) -> float:
        """The time of a tick."""
        i = bisect_right(self._ticks, tick) - 1
        return self._seconds[i] + (tick - self._ticks[i]) * self._tick_seconds[i]


def _format_time(seconds: float) -> str:
    """0:07.5, or 77 hours."""
    return f"{seconds / 3600:.3g} hours" if seconds >= 3600 else f"{int(seconds / 60)}:{seconds % 60:04.1f}"


def without_drums(score: Score) -> Score:
    """A score without the messages of the channel of the drums, where that channel is not one of an MPE zone."""
    if _is_mpe(score):
        return score
    is_drum = (score.messages & 0xFF < 0xF0) & (score.messages & 0x0F == DRUM_CHANNEL - 1)
    return replace(score, times=score.times[~is_drum], messages=score.messages[~is_drum])


def _is_mpe(score: Score) -> bool:
    """Whether a score makes the channel of the drums a member of an MPE zone."""
    selected: dict[int, int] = {}
    for message in score.messages.tolist():
        channel, controller, value = message & 0x0F, message >> 8 & 0x7F, message >> 16 & 0x7F
        if message & 0xF0 == 0xB0 and controller in (100, 101):
            selected[channel] = selected.get(channel, 0) & (0x7F if controller == 101 else 0x3F80) | (
                value << 7 if controller == 101 else value
            )
        elif message & 0xF0 == 0xB0 and controller == 6 and selected.get(channel) == MPE_RPN:
            first, last = (2, 1 + value) if channel == 0 else (16 - value, 15)
            if channel in (0, 15) and first <= DRUM_CHANNEL <= last:
                return True
    return False


def make_score(timed: Iterable[tuple[float, Iterable[int]]]) -> Score:
    """A score of (seconds, bytes of one message), sorted; a note ends before the next note of its key."""
    return _score(sorted(((time, midi(*message)) for time, message in timed), key=lambda pair: pair[0]))


def _score(pairs: list[tuple[float, int]], faults: tuple[str, ...] = ()) -> Score:
    """A score of (seconds, message), in order of time."""
    pairs = _order_note_ends(pairs)
    times, messages = [time for time, _ in pairs], [message for _, message in pairs]
    return Score(np.array(times, np.float64), np.array(messages, np.int32), faults)


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


def _tick_seconds(division: int, tempo: int) -> float:
    """Seconds of a tick: a fraction of a quarter note, or of a film frame when negative (SMPTE)."""
    if division > 0:
        return 1e-6 * tempo / division
    frames, parts = -(division >> 8), division & 0xFF
    return 1 / ((30000 / 1001 if frames == 29 else frames) * parts)
