"""Keys of a set of names, in each way in which the set can be read."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from . import vocabulary
from .dynamics import number_columns
from .name_text import UNIT, NameText, Number
from .note_token import ACCIDENTAL_WORDS, MAX_TRUE_NEGATIVE_OCTAVE, WEAK_SPELLINGS, NoteToken, Spelling, find_notes

MIN_WEAK_SHARE = 0.8
"""Share of the names that must have a note of a weak spelling for it to be believed."""
MIN_KEY_NUMBER, MAX_KEY_NUMBER = 12, 120
"""Range of numbers that are taken for MIDI keys without a word that says so."""
MIN_LONE_NUMBER, MAX_LONE_NUMBER = 21, 108
"""The same where all names have one number."""
PIANO_KEY_OFFSET, MIN_PIANO_KEYS, MAX_PIANO_KEYS = 20, 24, 88
"""MIDI key of a piano's key 0; numbers from 1 on are its keys where a set has at least so many."""

Keys = list[int | None]


def find_notes_of_set(texts: Sequence[NameText]) -> list[NoteToken | None]:
    """The note in each name; of several in a name, the one in whose place most notes of the set stand."""
    strong = [_best_place([find_notes(text.text, spelling) for text in texts]) for spelling in _strong_spellings()]
    chosen = max(strong, key=lambda column: (_count(column), len(_steps(column))))
    chosen = [next((column[i] for column in (chosen, *strong) if column[i]), None) for i in range(len(texts))]
    if any(note and note.is_dutch for note in chosen):
        chosen = [
            note and (replace(note, letter="H") if (note.letter, note.accidental) == ("B", "") else note)
            for note in chosen
        ]
    if any(note and note.spelling == Spelling.PRIMES for note in chosen):
        return _filled(chosen, texts, Spelling.BARE)
    if any(note and note.accidental in ACCIDENTAL_WORDS for note in chosen):
        return _filled(chosen, texts, Spelling.APART)
    if _count(chosen) > 0:
        return chosen
    for spelling in WEAK_SPELLINGS:
        column = _best_place([find_notes(text.text, spelling) for text in texts])
        if _is_believable(column, spelling):
            return column
    return [None] * len(texts)


def _filled(
    notes: Sequence[NoteToken | None], texts: Sequence[NameText], spelling: Spelling
) -> list[NoteToken | None]:
    """The notes of a set, where there is none that of another spelling, which goes with theirs."""
    others = _best_place([find_notes(text.text, spelling) for text in texts])
    return [note or other for note, other in zip(notes, others, strict=True)]


def readings(notes: Sequence[NoteToken | None], texts: Sequence[NameText]) -> list[Keys]:
    """MIDI keys by every way of reading the notes of a set, the likeliest first; the names' own MIDI keys decide."""
    ways = product(_german_ways(notes), _dash_ways(notes))
    rows = [[note.key(german, minus) if note else None for note in notes] for german, minus in ways]
    for row in rows:
        shift = _shift_to_numbers(row, texts)
        if shift is not None:
            return [[None if key is None else key + shift for key in row]]
    unique = list(dict.fromkeys(tuple(row) for row in rows))
    return [[key if key is not None and 0 <= key <= 127 else None for key in row] for row in unique]


def numbered_keys(texts: Sequence[NameText]) -> tuple[Keys, bool]:
    """MIDI keys by numbers, of names without notes, and whether a word says that they are keys."""
    tagged = [
        next((n for n in text.numbers if n.tag in vocabulary.KEY_TAGS and MIN_KEY_NUMBER <= n.value <= 127), None)
        for text in texts
    ]
    values = [number.value if number else None for number in tagged]
    if len({*values} - {None}) > 1 or (len(texts) == 1 and values[0] is not None):
        return values, True
    best = _best_column(number_columns(texts), len(texts))
    if not any(best):
        words = {number.tag for text in texts for number in text.numbers} - {*vocabulary.NUMBER_TAGS, UNIT}
        best = _best_column(number_columns(texts, sorted(words)), len(texts), min_different=2)
    return best, False


def _best_column(columns: Sequence[Sequence[Number | None]], count: int, min_different: int = 1) -> Keys:
    """MIDI keys of so many names, by the column of numbers that has most different ones; min_different: at least."""
    best: Keys = [None] * count
    for column in columns:
        numbers = [number.value for number in column if number]
        if len(numbers) < max(MIN_WEAK_SHARE * count, 1) or max(numbers) > MAX_KEY_NUMBER:
            continue
        if len(set(numbers)) < min_different:
            continue
        offset = _offset(numbers)
        if offset is not None and len(set(numbers)) > len({*best} - {None}):
            best = [number.value + offset if number else None for number in column]
    return best


def _offset(numbers: Sequence[int]) -> int | None:
    """What must be added to numbers that are keys, or None if they are none."""
    if len(set(numbers)) == 1:
        return 0 if MIN_LONE_NUMBER <= numbers[0] <= MAX_LONE_NUMBER else None
    if min(numbers) >= MIN_KEY_NUMBER:
        return 0
    is_piano = len(set(numbers)) >= MIN_PIANO_KEYS and min(numbers) >= 1 and max(numbers) <= MAX_PIANO_KEYS
    return PIANO_KEY_OFFSET if is_piano else None


def _strong_spellings() -> list[Spelling]:
    return [spelling for spelling in Spelling if spelling not in WEAK_SPELLINGS]


def _best_place(rows: Sequence[Sequence[NoteToken]]) -> list[NoteToken | None]:
    """The notes at the place, counted from the right or the left, where most names have one, and different ones."""
    longest = max((len(row) for row in rows), default=0)
    columns = [
        [row[place] if -len(row) <= place < len(row) else None for row in rows]
        for place in [place for depth in range(longest) for place in (-1 - depth, depth)]
    ]
    return max(columns, key=lambda column: (_count(column), len(_steps(column))), default=[None] * len(rows))


def _count(column: Sequence[NoteToken | None]) -> int:
    return sum(note is not None for note in column)


def _steps(column: Sequence[NoteToken | None]) -> set[int]:
    """The different keys of a column."""
    return {note.key() for note in column if note}


def _is_believable(column: Sequence[NoteToken | None], spelling: Spelling) -> bool:
    """Whether notes of a weak spelling tell a set of names apart."""
    letters = {note.letter for note in column if note}
    if spelling == Spelling.BARE and not any(note and note.is_german for note in column):
        return False
    return len(letters) > 1 and _count(column) >= MIN_WEAK_SHARE * len(column)


def _german_ways(notes: Sequence[NoteToken | None]) -> list[bool]:
    """Whether the notes may be German, the likelier first: H, cis and es say so; As and B may be both."""
    present = [note for note in notes if note and note.spelling != Spelling.SYLLABLE]
    if any(note.is_german for note in present):
        return [True]
    is_english = any(note.is_english for note in present)
    has_natural = any(note.letter == "B" and not note.accidental for note in present)
    return [False, True] if has_natural and not is_english else [False]


def _dash_ways(notes: Sequence[NoteToken | None]) -> list[bool]:
    """Whether a dash before an octave may be a minus, the likelier first."""
    octaves = {note.octave for note in notes if note and note.has_dash}
    if not octaves or max(octaves) > MAX_TRUE_NEGATIVE_OCTAVE or 0 in octaves:
        return [False]
    return [True, False]


def _shift_to_numbers(keys: Keys, texts: Sequence[NameText]) -> int | None:
    """Semitones by which the numbers beside the notes are above them, if they are MIDI keys; whole octaves."""
    for column in number_columns(texts, vocabulary.KEY_TAGS):
        pairs = [(number.value, key) for number, key in zip(column, keys, strict=True) if number and key is not None]
        shifts = {value - key for value, key in pairs}
        if len(shifts) != 1 or len(pairs) < sum(key is not None for key in keys):
            continue
        shift = shifts.pop()
        is_clear = len(set(pairs)) > 1 or (abs(shift) <= 12 and pairs[0][0] >= MIN_LONE_NUMBER)
        if shift % 12 == 0 and is_clear:
            return shift
    return None
