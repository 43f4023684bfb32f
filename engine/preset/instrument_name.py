"""Names of instruments and patches: the one rule that decides what a name may be, wherever one is given.

A name becomes that of a file in one folder, with accented letters as one character each (NFC). Whatever the
system can store is allowed, what Windows reserves too where the system is another one, as long as it is a visible
name and no path.
"""

import os
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from .preset_file import SUFFIX, PresetError

MAX_FILE_NAME_BYTES = 255  # of the usual file systems, where the system does not tell
ON_WINDOWS = os.name == "nt"
MAX_SHOWN_CHARACTERS = 40  # of a name in an error
OTHER_SUFFIXES = (".wav", ".flac", ".mp3", ".ogg", ".mid", ".json", ".onnx", ".safetensors")  # of other files
SEPARATORS = "/\\"  # of folders, here or on other systems
INVISIBLE_CATEGORIES = ("Cc", "Cs", "Zl", "Zp")  # of Unicode: control characters, half characters, line ends
BLANK_CATEGORIES = ("Cf", "Zs")  # of characters that show nothing by themselves
WINDOWS_CHARACTERS = '<>:"|?*'
WINDOWS_PORTS = [f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)]
WINDOWS_NAMES = ("con", "prn", "aux", "nul", *WINDOWS_PORTS)

NAME_EMPTY = "The name '{0}' is empty"
NAME_HIDDEN = "{0}: a name may not begin with a dot, which hides files"
NAME_IS_PATH = "{0}: a name may not contain {1}, which separates folders"
NAME_INVISIBLE = "{0}: a name may not contain line ends or control characters"
NAME_OF_OTHER_FILE = "{0}: a name may not end in {1}, as files of another kind do"
NAME_TOO_LONG = "{0}: the name is {1} bytes too long for a file"
NAME_RESERVED = "{0}: Windows allows no file of this name"
TEMPLATES = (
    NAME_EMPTY, NAME_HIDDEN, NAME_IS_PATH, NAME_INVISIBLE, NAME_OF_OTHER_FILE, NAME_TOO_LONG, NAME_RESERVED,
)  # fmt: skip


class InvalidName(PresetError):
    """What was given is no name. template, values: the reason, with placeholders {0}, {1} to be translated."""

    def __init__(self, template: str, *values: object) -> None:
        super().__init__(template.format(*values))
        self.template, self.values = template, values


def check_name(
    text: str, folder: Path, suffix: str = SUFFIX, file_suffixes: tuple[str, ...] = (), windows: bool = ON_WINDOWS
) -> str:
    """The name in a text, without blanks around it or its file's suffix. InvalidName says why it is none.

    folder: of the file, which may not exist. file_suffixes: of other files that must be possible beside it.
    """
    name = unicodedata.normalize("NFC", text.strip())
    name = name[: -len(suffix)].rstrip() if name.lower().endswith(suffix) else name
    is_blank = all(unicodedata.category(character) in BLANK_CATEGORIES for character in name)
    name = "" if is_blank else name
    for template, *values in _faults(name, suffix, windows):
        raise InvalidName(template, _shown(name), *values)
    longest = max((suffix, *file_suffixes), key=len)
    excess = len(os.fsencode(name + longest)) - _max_bytes(folder)
    if excess > 0:
        raise InvalidName(NAME_TOO_LONG, _shown(name), excess)
    return name


def matching_name(name: str, known: Iterable[str]) -> str | None:
    """The one of some names that is the same, be letters with accents written as one character or as two."""
    known = list(known)
    if name in known:
        return name
    form = unicodedata.normalize("NFC", name)
    return next((each for each in known if unicodedata.normalize("NFC", each) == form), None)


def similar_names(name: str, known: Iterable[str]) -> list[str]:
    """Up to three of some names that may have been meant, whatever their case."""
    import difflib  # only for errors

    by_letters = {each.casefold(): each for each in known}
    return [by_letters[each] for each in difflib.get_close_matches(name.casefold(), by_letters, n=3)]


def shorten(name: str, max_bytes: int) -> str:
    """A name cut to at most so many bytes, between two characters."""
    return os.fsencode(name)[:max_bytes].decode(errors="ignore").rstrip()


def _faults(name: str, suffix: str, windows: bool) -> Iterator[tuple[str, ...]]:
    """The templates of the rules that a name breaks, the first one first, each with its values after the name."""
    if not name:
        yield (NAME_EMPTY,)
    if any(unicodedata.category(character) in INVISIBLE_CATEGORIES for character in name):
        yield (NAME_INVISIBLE,)
    for separator in SEPARATORS:
        if separator in name:
            yield NAME_IS_PATH, separator
    if name.startswith("."):
        yield (NAME_HIDDEN,)
    ending = Path(name).suffix.lower()
    if ending in (*OTHER_SUFFIXES, SUFFIX):
        yield NAME_OF_OTHER_FILE, ending
    is_reserved = name.partition(".")[0].strip().lower() in WINDOWS_NAMES or set(name) & set(WINDOWS_CHARACTERS)
    if windows and is_reserved:
        yield (NAME_RESERVED,)


def _shown(name: str) -> str:
    """A name as it is shown in an error: on one line, and not too long."""
    visible = "".join(
        "�" if unicodedata.category(character) in INVISIBLE_CATEGORIES else character for character in name
    )
    return visible if len(visible) <= MAX_SHOWN_CHARACTERS else visible[:MAX_SHOWN_CHARACTERS] + "…"


def _max_bytes(folder: Path) -> int:
    """How long the name of a file in a folder may be."""
    try:
        return os.pathconf(folder, "PC_NAME_MAX")
    except (OSError, ValueError, AttributeError):
        return MAX_FILE_NAME_BYTES
