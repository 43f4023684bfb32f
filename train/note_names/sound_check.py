"""The sound's last word on the keys that names or a mapping give: for a whole set, then for single recordings."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.pitch_and_frequency import cents_of, frequency_of, note_name, pitch_of

from .name_reader import NamedNote

MAX_DEVIATION_SEMITONES = 0.5
"""Deviation of a pitch from its key."""
MIN_NAME_CLARITY_RATIO = 0.7
"""Minimum harmonicity of the key in the name, relative to the best pitch, at which the name overrides the pitch."""
MIN_CERTAIN_CLARITY = 0.4
"""Minimum clarity of a pitch that overrides a name."""
MIN_TRUSTED_SHARE, MIN_TRUSTED_COUNT = 0.8, 3
"""Share of a set, and number of recordings, whose names must be right for the others to be believed if unclear."""
MIN_OCTAVE_SHARE, MIN_SHIFT_SHARE = 0.6, 0.8
"""Share of a set that must be off by the same octaves, or other interval, for the whole set to be moved."""
MIN_OCTAVE_COUNT, MIN_SHIFT_COUNT = 2, 3
"""Recordings of which this is the share, at least."""
MIN_VOTE_HZ = 60.0
"""Lowest pitch that is heard well enough to tell octaves apart."""
MAX_HIDDEN_PARTIAL = 8
"""Highest partial that may be taken for the pitch of a note below MIN_VOTE_HZ."""
OCTAVE_SHIFTS = (0, 12, -12, 24, -24)
"""Semitones by which names may be off that are checked in the sound."""


@dataclass(frozen=True)
class HeardPitch:
    """Pitch in Hz of a recording, with its clarity 0…1. support: clarity that other keys (MIDI) would have."""

    frequency: float
    clarity: float
    is_reliable: bool
    support: Mapping[int, float] = field(default_factory=dict)

    @property
    def key(self) -> int:
        """The nearest MIDI key."""
        return round(pitch_of(self.frequency))

    def is_near(self, key: int) -> bool:
        """Whether this is the pitch of a key."""
        return abs(pitch_of(self.frequency) - key) <= MAX_DEVIATION_SEMITONES

    def supports(self, key: int) -> bool:
        """Whether the sound has a key about as clearly as the pitch itself."""
        return self.support.get(key, 0.0) >= MIN_NAME_CLARITY_RATIO * self.clarity

    def fits(self, key: int) -> bool:
        """Whether the sound supports a key, or its pitch is a partial of a very low one, which cannot be heard."""
        ratio = round(self.frequency / frequency_of(key))
        is_partial = (
            1 < ratio <= MAX_HIDDEN_PARTIAL and abs(cents_of(self.frequency / frequency_of(key) / ratio)) <= 50
        )
        return self.supports(key) or (frequency_of(key) < MIN_VOTE_HZ and is_partial)


@dataclass(frozen=True)
class CheckedKey:
    """The MIDI key of a recording, None if it cannot be told. message: for the user, empty if there is none."""

    key: int | None
    message: str = ""


def candidate_keys(note: NamedNote) -> list[int]:
    """The keys whose clarity in the sound `check_keys` wants to know."""
    keys = [key + shift for key in note.keys if key is not None for shift in OCTAVE_SHIFTS]
    return [key for key in dict.fromkeys(keys) if 0 <= key <= 127]


def check_keys(notes: Sequence[NamedNote], heard: Sequence[HeardPitch | None]) -> tuple[list[CheckedKey], list[str]]:
    """The key of each recording of a set, by what it is named and what is heard in it, and messages on the whole set.

    heard: None where nothing can be heard.
    """
    reading = _common_reading(notes, heard)
    messages = [_shift_message(notes, heard, reading)] if reading.shift else []
    return [_check(note, pitch, reading) for note, pitch in zip(notes, heard, strict=True)], messages


@dataclass(frozen=True)
class _Reading:
    """The way in which to read a set, and the semitones by which the sound is above its names.

    count: recordings that say so, of `total` that say something.
    """

    way: int = 0
    shift: int = 0
    count: int = 0
    total: int = 0

    @property
    def is_trusted(self) -> bool:
        """Whether the set is right so often that its unclear recordings will be, too."""
        return self.count >= max(MIN_TRUSTED_COUNT, MIN_TRUSTED_SHARE * self.total)


def _common_reading(notes: Sequence[NamedNote], heard: Sequence[HeardPitch | None]) -> _Reading:
    """The reading that most recordings of a set agree with."""
    best = _Reading()
    for way in range(max((len(note.keys) for note in notes), default=0)):
        votes = [
            _vote(note.keys[way], pitch) for note, pitch in zip(notes, heard, strict=True) if way < len(note.keys)
        ]
        counts = Counter(vote for vote in votes if vote is not None)
        shift, count = counts.most_common(1)[0] if counts else (0, 0)
        if not _is_common(shift, count, counts.total(), any(note.is_number for note in notes)):
            shift, count = 0, counts[0]
        if (count, shift == 0) > (best.count, best.shift == 0):
            best = _Reading(way, shift, count, counts.total())
    return best


def _vote(key: int | None, pitch: HeardPitch | None) -> int | None:
    """Semitones from a named key to what is heard, 0 where the name fits too; None if it is not heard clearly."""
    if key is None or pitch is None or not pitch.is_reliable or pitch.frequency < MIN_VOTE_HZ:
        return None
    return 0 if pitch.is_near(key) or pitch.fits(key) else pitch.key - key


def _is_common(shift: int, count: int, total: int, is_number: bool) -> bool:
    """Whether enough of the votes are for a shift."""
    if shift % 12 == 0 or is_number:
        return count >= max(MIN_OCTAVE_COUNT, MIN_OCTAVE_SHARE * total)
    return count >= max(MIN_SHIFT_COUNT, MIN_SHIFT_SHARE * total)


def _shift_message(notes: Sequence[NamedNote], heard: Sequence[HeardPitch | None], reading: _Reading) -> str:
    """The message that a whole set is named otherwise than it sounds."""
    shift = reading.shift
    named = [(note, note.key_by(reading.way)) for note in notes]
    example, key = next(
        (note, key)
        for (note, key), pitch in zip(named, heard, strict=True)
        if key is not None and _vote(key, pitch) == shift
    )
    by = {12: "an octave", 24: "two octaves"}.get(abs(shift), f"{abs(shift)} semitones")
    side = "lower" if shift > 0 else "higher"
    said = f"{note_name(key)} by {example.source}" if not example.is_number else f"number {key}"
    return (
        f"The recordings are named {by} {side} than they sound ({Path(example.path).name}, {said}, sounds like "
        f"{note_name(key + shift)}; {reading.count} agree): all are learned as they sound."
    )


def _check(note: NamedNote, pitch: HeardPitch | None, reading: _Reading) -> CheckedKey:
    """The key of one recording of a set."""
    named = note.key_by(reading.way)
    if pitch is None:
        return CheckedKey(None)
    if named is None:
        return CheckedKey(pitch.key if pitch.is_reliable else None)
    expected = named + reading.shift
    others = [key + reading.shift for key in note.keys if key is not None]
    near = next((key for key in (expected, *others) if pitch.is_near(key)), None)
    if near is not None:
        return CheckedKey(near)
    if note.is_number:
        return CheckedKey(expected if pitch.supports(expected) else pitch.key if pitch.is_reliable else None)
    return _disputed(note, pitch, expected, reading.is_trusted)


def _disputed(note: NamedNote, pitch: HeardPitch, expected: int, is_trusted: bool) -> CheckedKey:
    """The key of a recording that sounds otherwise than expected, with a message."""
    message = f"{Path(note.path).name} sounds like {note_name(pitch.key)} ({pitch.frequency:.1f} Hz)"
    if pitch.fits(expected):
        is_too_low = frequency_of(expected) < MIN_VOTE_HZ and pitch.frequency > frequency_of(expected)
        words = f"{message} but its partials fit {note_name(expected)} too: {note.source} is believed."
        return CheckedKey(expected, "" if is_too_low else words)
    message = f"{message}, not like {note_name(expected)} as {note.source} says"
    if pitch.clarity >= MIN_CERTAIN_CLARITY:
        return CheckedKey(pitch.key, f"{message}: it is learned as it sounds.")
    if is_trusted:
        return CheckedKey(expected, f"{message}, but not clearly: {note.source} is believed, as of the others.")
    return CheckedKey(None, f"{message}, and not clearly: it is left out.")
