"""The text of a name that is read, and its words and numbers."""

import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import vocabulary


@dataclass(frozen=True)
class Number:
    """A number in a name. tag: the word before it, if that says what it is. text: with its leading zeros."""

    value: int
    text: str
    tag: str
    position: int


@dataclass
class NameText:
    """A name without its suffix, with those of the folders in which a set of files differs.

    words, numbers: outside the note, which `without` takes out; words in lower case with their positions.
    """

    text: str
    words: list[tuple[str, int]] = field(init=False)
    numbers: list[Number] = field(init=False)

    def __post_init__(self) -> None:
        self.read(self.text)

    def without(self, start: int, end: int) -> None:
        """Leave the characters of a note out of words and numbers."""
        self.read(self.text[:start] + " " * (end - start) + self.text[end:])

    def read(self, text: str) -> None:
        """Find words and numbers in a text."""
        self.words, self.numbers = [], []
        last_word, last_end = "", -1
        for part, position in vocabulary.split_parts(text):
            if not part.isdigit():
                self.words.append((part, position))
                last_word, last_end = part, position + len(part)
                continue
            gap = text[last_end:position] if last_word else "none"
            is_tagged = gap == "" or (len(part) < 4 and gap in tuple(" _-.=") and last_word in _SPACED_TAGS)
            tag = UNIT if _has_unit(text[position + len(part) :]) else last_word if is_tagged else ""
            self.numbers.append(Number(int(part[:9]), part, tag, position))
            last_word = ""


_PART = re.compile(r"@\d+(\.\d+)?-\d+(\.\d+)?$")
"""The times of a part of a recording."""
UNIT = "unit"
"""Tag of a number with letters behind it, such as `440Hz`."""
_LETTERS = re.compile(r"[^\W\d_]+")
_SPACED_TAGS = (
    *(tag for tag in (*vocabulary.VELOCITY_TAGS, *vocabulary.LAYER_TAGS, *vocabulary.KEY_TAGS) if len(tag) > 1),
    *(tag for tag in (*vocabulary.TAKE_TAGS, *vocabulary.MICROPHONE_TAGS) if len(tag) > 1),
)
"""Words that tell what a number is even across a space."""


def _has_unit(text: str) -> bool:
    """Whether what follows a number is a unit: letters that tell of no other number, as those of `60v127` do."""
    letters = _LETTERS.match(text)
    is_tag = letters is not None and letters[0].lower() in vocabulary.NUMBER_TAGS
    return letters is not None and not (is_tag and text[letters.end() :][:1].isdigit())


def texts_of(paths: Sequence[str | Path]) -> list[NameText]:
    """The texts of a set of names: the stems, with the folders below the one that holds all files."""
    whole = [Path(os.path.abspath(path)) for path in paths]
    parents = [str(path.parent) for path in whole]
    shared = _shared_folder(parents)
    texts = ["/".join((*path.parent.parts[shared:], _PART.sub("", path.stem))) for path in whole]
    return [NameText(unicodedata.normalize("NFC", text)) for text in texts]


def _shared_folder(parents: Sequence[str]) -> int:
    """Number of parts of the folder that holds all others; 1 where they are on several drives."""
    try:
        return len(Path(os.path.commonpath(parents)).parts)
    except ValueError:
        return 1
