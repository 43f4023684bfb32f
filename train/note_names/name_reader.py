"""What the name of a single-note recording says, read together with the names beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import vocabulary
from .dynamics import find_dynamics
from .keys import find_notes_of_set, numbered_keys, readings
from .name_text import NameText, texts_of


@dataclass(frozen=True)
class NamedNote:
    """A name. keys: MIDI key by every way in which the set can be read, the likeliest first; empty if none is there.

    dynamic: its name, or `velocity 64`. is_number: whether the key is a number that may count from elsewhere.
    source: what says all this, the file's name or a mapping.
    """

    path: str
    keys: tuple[int | None, ...] = ()
    dynamic: str | None = None
    microphone: str | None = None
    is_release: bool = False
    is_number: bool = False
    source: str = "its name"

    @property
    def key(self) -> int | None:
        """The likeliest MIDI key."""
        return self.key_by(0)

    def key_by(self, way: int) -> int | None:
        """The MIDI key by one of the ways."""
        return self.keys[way] if way < len(self.keys) else None


def read_names(paths: Sequence[str | Path]) -> list[NamedNote]:
    """Read the names of all files of a set together: what each part means shows in how it differs between them."""
    if not paths:
        return []
    texts = texts_of(paths)
    notes = find_notes_of_set(texts)
    for text, note in zip(texts, notes, strict=True):
        if note:
            text.without(note.start, note.end)
    ways, is_number = readings(notes, texts), False
    if not any(notes):
        keys, is_sure = numbered_keys(texts)
        ways, is_number = [keys], not is_sure
    positions = [
        note.start if note else (0 if key is not None else None) for note, key in zip(notes, ways[0], strict=True)
    ]
    dynamics = find_dynamics(texts, positions)
    return [
        NamedNote(
            str(path),
            tuple(way[i] for way in ways) if any(way[i] is not None for way in ways) else (),
            dynamics[i],
            _microphone(texts[i]),
            any(word in vocabulary.RELEASE_WORDS for word, _ in texts[i].words),
            is_number,
        )
        for i, path in enumerate(paths)
    ]


def key_in_name(path: str | Path) -> int | None:
    """MIDI key in a file name by itself (`guitar_As3_forte.mp3`: A♯3, middle C = C4 = 60), or None."""
    return read_names([Path(path).name])[0].key


def dynamic_in_name(path: str | Path) -> str | None:
    """Dynamic in a file name by itself, `pianissimo` … `fortissimo`, or None."""
    return read_names([Path(path).name])[0].dynamic


def _microphone(text: NameText) -> str | None:
    """The position of a microphone, or a channel."""
    number = next((number for number in text.numbers if number.tag in vocabulary.MICROPHONE_TAGS), None)
    if number:
        return f"mic {number.value}"
    return next((word for word, _ in text.words if word in vocabulary.MICROPHONE_WORDS), None)
