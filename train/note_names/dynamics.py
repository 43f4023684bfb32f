"""Dynamics of a set of names: words, velocities, or ranks; what tells the names apart counts."""

import functools
import operator
from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from . import vocabulary
from .name_text import NameText, Number

MAX_RANK = 16
"""Of a dynamic that is numbered from soft to loud, at most; a higher number is a MIDI velocity."""
MIN_TOP_VELOCITY = 80
"""Of velocities that no word announces, the highest is at least this."""
MAX_VELOCITIES = 16
"""Number of different velocities that no word announces, at most."""

Named = TypeVar("Named")


def velocity_label(velocity: float) -> str:
    """Name of a dynamic that is known by its MIDI velocity alone: `velocity 64`."""
    return f"velocity {min(max(round(velocity), 1), 127)}"


def find_dynamics(texts: Sequence[NameText], notes: Sequence[int | None]) -> list[str | None]:
    """The dynamic of each name: one of `vocabulary.DYNAMIC_WORDS`, `velocity 64`, or None.

    notes: position of each note, None where there is none. Of several columns the one with most dynamics is taken.
    """
    columns = [_words(texts, notes), _velocities(texts), _ranks(texts), _bare_velocities(texts)]
    return max(columns, key=lambda column: len({*column} - {None}))


def _words(texts: Sequence[NameText], notes: Sequence[int | None]) -> list[str | None]:
    """Dynamics by words. A single letter needs a note beside it; a word that all names have comes last."""
    scale = (*vocabulary.REGISTER_WORDS, *vocabulary.SCALE_WORDS)
    registers = {word for text in texts for word, _ in text.words if word in scale}
    candidates = []
    for text, note in zip(texts, notes, strict=True):
        found = [(word, position) for word, position in text.words if _is_dynamic(word, position, note)]
        if not found and len(registers) > 1:
            found = [(word, position) for word, position in text.words if word in vocabulary.REGISTER_WORDS]
        candidates.append(found)
    known = {**vocabulary.REGISTER_WORDS, **vocabulary.DYNAMIC_WORDS}
    constant = functools.reduce(operator.and_, (Counter(word for word, _ in found) for found in candidates))
    varying = [_without(found, constant) for found in candidates]
    is_varied = len({_label(words, known) for words in varying}) > 1
    rows: list[str | None] = []
    for text, note, found, words in zip(texts, notes, candidates, varying, strict=True):
        words = words or found
        others = [one for one in words if one[0] != vocabulary.INSTRUMENT_WORD]
        if others:
            words = [one for one in others if one[0] not in vocabulary.ENGLISH_WORDS] or others
        elif not is_varied or words is found:
            words = [one for one in words if _follows_instrument(text, note, one[1])]
        rows.append(_label(words, known))
    return rows


def _without(found: Sequence[tuple[str, int]], constant: Counter[str]) -> list[tuple[str, int]]:
    """Words with their positions, without the first ones of those that all names have."""
    left = Counter(constant)
    kept = []
    for word, position in found:
        if left[word] > 0:
            left[word] -= 1
        else:
            kept.append((word, position))
    return kept


def _label(words: Sequence[tuple[str, int]], known: dict[str, str]) -> str | None:
    """The dynamic of the last of some words."""
    return known[words[-1][0]] if words else None


def _is_dynamic(word: str, position: int, note: int | None) -> bool:
    """Whether a word is a dynamic; one letter only behind something else, and beside a note."""
    return word in vocabulary.DYNAMIC_WORDS and (len(word) > 1 or (note is not None and position > 0))


def _follows_instrument(text: NameText, note: int | None, position: int) -> bool:
    """Whether "piano" is a dynamic: behind the note, with another word before that."""
    return note is not None and position > note and any(place < note for _, place in text.words)


def _velocities(texts: Sequence[NameText]) -> list[str | None]:
    """Velocities, or ranks, behind a `v`."""
    numbers = [_tagged(text, vocabulary.VELOCITY_TAGS) for text in texts]
    if max((number.value for number in numbers if number), default=0) <= MAX_RANK:
        return _by_rank(numbers)
    is_velocity = [number is not None and number.value <= 127 for number in numbers]
    return [
        velocity_label(number.value) if number and valid else None
        for number, valid in zip(numbers, is_velocity, strict=True)
    ]


def _ranks(texts: Sequence[NameText]) -> list[str | None]:
    """Ranks behind a word such as `layer`."""
    return _by_rank([_tagged(text, vocabulary.LAYER_TAGS) for text in texts])


def _by_rank(numbers: Sequence[Number | None]) -> list[str | None]:
    """Velocities by ranks from 0 or 1 to the highest; none where there is only one."""
    values = {number.value for number in numbers if number}
    if len(values) < 2 or max(values) > 127:
        return [None] * len(numbers)
    first = min(min(values), 1)
    count = max(values) - first + 1
    return [velocity_label(127 * (number.value - first + 1) / count) if number else None for number in numbers]


def _bare_velocities(texts: Sequence[NameText]) -> list[str | None]:
    """Velocities that no word announces: a column of a few numbers up to about 127, each of them several times."""
    for column in number_columns(texts):
        values = [number.value for number in column if number]
        kinds = set(values)
        if None in column or not 2 <= len(kinds) <= MAX_VELOCITIES or max(values) > 127 or min(values) < 1:
            continue
        is_repeated = len(values) >= 2 * len(kinds) or max(values) == 127
        if max(values) >= MIN_TOP_VELOCITY and is_repeated and _have_one_format(column):
            return [velocity_label(value) for value in values]
    if len(texts) == 1 and [number.value for number in texts[0].numbers if not number.tag] == [127]:
        return [velocity_label(127)]
    return [None] * len(texts)


def number_columns(texts: Sequence[NameText], tags: Sequence[str] = ()) -> list[list[Number | None]]:
    """The numbers that no word announces, or one of `tags`, by their place from the left and the right."""
    rows = [[number for number in text.numbers if not number.tag or number.tag in tags] for text in texts]
    longest = max((len(row) for row in rows), default=0)
    places = [*range(longest), *range(-1, -longest - 1, -1)]
    return [[row[place] if -len(row) <= place < len(row) else None for row in rows] for place in places]


def _have_one_format(column: Sequence[Number | None]) -> bool:
    """Whether all numbers of a column have leading zeros to one length, or none has any."""
    texts = [number.text for number in column if number]
    return len({len(text) for text in texts}) == 1 or not any(text.startswith("0") for text in texts)


def _tagged(text: NameText, tags: Sequence[str]) -> Number | None:
    """The last number behind one of some words."""
    return next((number for number in reversed(text.numbers) if number.tag in tags), None)
