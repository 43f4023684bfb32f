"""Notes in a file name: letters or syllables with an octave, in the spellings of several languages."""

import re
from dataclasses import dataclass
from enum import Enum

GREAT_OCTAVE, SMALL_OCTAVE = 2, 3
"""Octaves of Helmholtz's `C` and `c`; every comma lowers by one, every prime raises by one."""
MAX_TRUE_NEGATIVE_OCTAVE = 2
"""Lowest octave that a dash can mean: `B-2`; in `A-4` it separates."""

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11, "H": 11}
_SYLLABLES = {"do": "C", "ut": "C", "re": "D", "ré": "D", "mi": "E", "fa": "F", "sol": "G", "la": "A", "si": "B"}
ACCIDENTAL_WORDS = ("sharp", "flat")
_SHARPS, _FLATS = ("#", "♯", "sharp", "is"), ("b", "♭", "flat", "es")

_NOTE = r"(?P<letter>[A-Ha-h])(?P<accidental>[-_ ]?(?i:sharp|flat)[-_ ]?|#|♯|♭|is|es|s|b)?"
_OCTAVE = r"(?P<octave>-?\d)(?!\d)"
_ALONE = r"(?<![A-Za-z0-9])"
_AFTER = (
    r"(?=$|[^A-Za-z0-9♯#]|[vV](?:el)?[-_]?\d|v[LMH](?![A-Za-z])|[rR]{1,2}\d|(?i:p{1,4}|mp|mf|f{1,4})(?![A-Za-z])"
    r"|[LR](?![A-Za-z])|[A-Z][a-z])"
)


class Spelling(Enum):
    """How a note is spelled; its octave as a number if nothing else is said."""

    LETTER = re.compile(rf"(?:{_ALONE}|(?<=[a-z])(?=[A-H])){_NOTE}{_OCTAVE}{_AFTER}")
    SYLLABLE = re.compile(
        r"(?<![A-Za-zÀ-ÿ])(?P<letter>(?i:do|ut|r[eé]|mi|fa|sol|la|si))"
        rf"(?P<accidental>[-_ ]?(?i:sharp|flat)[-_ ]?|#|♯|♭|s|b)?[-_ ]?{_OCTAVE}(?![A-Za-z])"
    )
    PRIMES = re.compile(rf"{_ALONE}{_NOTE}(?P<primes>['’′´`]{{1,5}}|,{{1,3}}(?=$|[-_.]))")
    AFTER_LETTERS = re.compile(rf"(?<=[A-Za-z])(?P<letter>[A-Ga-g])(?P<accidental>#|♯|s|b)?{_OCTAVE}{_AFTER}")
    APART = re.compile(rf"{_ALONE}{_NOTE}[_ ](?P<octave>\d)(?![A-Za-z0-9])")
    BARE = re.compile(rf"{_ALONE}(?P<letter>[A-Ha-h])(?P<accidental>is|es|s)?(?![A-Za-z0-9'’#♯♭])")


WEAK_SPELLINGS = (Spelling.AFTER_LETTERS, Spelling.APART, Spelling.BARE)
"""Spellings that are believed only where they tell the names of a set apart."""


@dataclass(frozen=True)
class NoteToken:
    """A note in a text, from character `start` to `end`. letter: A…H. octave: where middle C is C4."""

    start: int
    end: int
    letter: str
    accidental: str
    octave: int
    has_dash: bool
    spelling: Spelling

    @property
    def is_german(self) -> bool:
        """Whether only German spells a note like this."""
        return self.letter == "H" or self.accidental in ("is", "es") or (self.letter, self.accidental) == ("E", "s")

    @property
    def is_dutch(self) -> bool:
        """Whether only Dutch spells a note like this: B flat as bes."""
        return (self.letter, self.accidental) == ("B", "es")

    @property
    def is_english(self) -> bool:
        """Whether German would spell it otherwise: B flat, and sharps as `#` or `s`."""
        is_flat_b = self.letter == "B" and self.accidental in _FLATS
        return (
            is_flat_b
            or self.accidental in ("#", "♯", "sharp")
            or (self.accidental == "s" and self.letter not in "AE")
        )

    def key(self, is_german: bool = False, is_dash_minus: bool = False) -> int:
        """MIDI key. is_german: B is B flat, As is A flat. is_dash_minus: the octave after a dash is negative."""
        step = _STEPS[self.letter] - (is_german and self.letter == "B" and not self.accidental)
        if self.accidental == "s":
            step += -1 if is_german and self.letter in "AE" else 1
        else:
            step += (self.accidental in _SHARPS) - (self.accidental in _FLATS)
        return step + 12 * ((-self.octave if self.has_dash and is_dash_minus else self.octave) + 1)


def find_notes(text: str, spelling: Spelling) -> list[NoteToken]:
    """All notes of a spelling in a text, from left to right; those without a number in Helmholtz's octaves."""
    return [_token(found, spelling) for found in spelling.value.finditer(text)]


def _token(found: re.Match[str], spelling: Spelling) -> NoteToken:
    parts = found.groupdict()
    letter = parts["letter"]
    octave = parts.get("octave") or ""
    if not octave:
        marks = parts.get("primes") or ""
        number = SMALL_OCTAVE if letter.islower() else GREAT_OCTAVE
        number = GREAT_OCTAVE - len(marks) if "," in marks else SMALL_OCTAVE + len(marks) if marks else number
    else:
        number = abs(int(octave))
    return NoteToken(
        found.start(),
        found.end(),
        _SYLLABLES.get(letter.lower(), letter.upper()),
        (parts["accidental"] or "").strip("-_ ").lower(),
        number,
        octave.startswith("-"),
        spelling,
    )
