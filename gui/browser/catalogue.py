"""What there is to play: every preset with what is known about it, and which of them a player is looking for."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QCoreApplication

from engine.kinds import KINDS
from engine.preset import library
from engine.preset.preset_file import SUFFIX, PresetError, read
from gui import number_format, terms
from gui.terms import message
from session import patch_file

translate = QCoreApplication.translate
_read: dict[tuple[Path, int, int], "Entry"] = {}


@dataclass(frozen=True)
class Entry:
    """One preset; `fault` says in one line why it cannot be played."""

    path: Path
    name: str
    factory: bool
    size: int = 0
    kind: str = ""
    digest: str = ""
    tags: tuple[str, ...] = ()
    description: str = ""
    author: str = ""
    licence: str = ""
    attribution: str = ""
    recording: str = ""
    low: int = 0
    high: int = 127
    rate: float = 0.0
    lufs: float | None = None
    fault: str = ""
    elsewhere: bool = False  # it lies where it was opened from, not among the player's own

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What stands in the details: names and values, those that are known."""
        size = f"{self.size / 1e6:.1f} MB" if self.size >= 1e6 else f"{self.size / 1e3:.0f} kB"
        loudness = f"{self.lufs:.0f} LUFS".replace("-", "−") if self.lufs is not None else ""
        facts = [
            (translate("Entry", "Kind"), words_of(self.kind)),
            (translate("Entry", "Keys"), f"{number_format.note(self.low)} – {number_format.note(self.high)}"),
            (translate("Entry", "Learned at"), number_format.format_value(self.rate, "Hz") if self.rate else ""),
            (translate("Entry", "Size"), size),
            (translate("Entry", "Loudness"), loudness),
            (translate("Entry", "Author"), self.author),
            (translate("Entry", "Licence"), self.licence),
            (translate("Entry", "Source"), self.recording),
            (translate("Entry", "Attribution"), self.attribution),
            (translate("Entry", "Tags"), ", ".join(self.tags)),
        ]
        return [fact for fact in facts if fact[1]]


@dataclass(frozen=True)
class Query:
    """What is looked for: words in any order, a kind, a tag, favourites only."""

    words: str = ""
    kind: str = ""
    tag: str = ""
    favourites: bool = False


def scan() -> list[Entry]:
    """Every preset and setting, in alphabetical order. Reads each file whole: not for the window's thread."""
    presets = [_known(name, path) for name, path in library.everything().items()]
    settings = [_setting(name, path, presets) for name, path in patch_file.all_patches().items()]
    known = {entry.digest for entry in presets}
    opened = [
        _known(path.stem, path) for path in patch_file.remembered_paths() if path.suffix == SUFFIX and path.is_file()
    ]
    others = [replace(entry, elsewhere=True) for entry in opened if entry.digest and entry.digest not in known]
    return sorted([*presets, *settings, *others], key=lambda entry: entry.name)


def matching(entries: Iterable[Entry], wish: Query, favourites: Iterable[str]) -> list[Entry]:
    """The entries that meet a wish; favourites are known by their digests."""
    loved = set(favourites)
    return [entry for entry in entries if _meets(entry, wish, loved)]


def words_of(kind: str) -> str:
    """What a kind is, in a player's words."""
    return terms.said(KINDS[kind].label) if kind in KINDS else kind


def describe(header: Mapping[str, Any]) -> str:
    """What an instrument is, in a sentence: as its author says, or else what it was learned from."""
    words = " ".join(header.get("description", "").split())
    recording = str(header.get("source", {}).get("recording", ""))
    if not words:
        words = translate("Entry", "Learned from {0}").format(recording) if recording else words_of(header["kind"])
    return words if words[-1:] in ".!?…" else words + "."


def kinds(entries: Iterable[Entry]) -> list[str]:
    """The kinds there are."""
    return sorted({entry.kind for entry in entries if entry.kind})


def tags(entries: Iterable[Entry]) -> list[str]:
    """The tags there are."""
    return sorted({tag for entry in entries for tag in entry.tags})


def _meets(entry: Entry, wish: Query, loved: set[str]) -> bool:
    text = " ".join([entry.name, entry.kind, entry.description, entry.author, *entry.tags]).casefold()
    return (
        all(word in text for word in wish.words.casefold().split())
        and wish.kind in ("", entry.kind)
        and (not wish.tag or wish.tag in entry.tags)
        and (not wish.favourites or entry.digest in loved)
    )


def _setting(name: str, path: Path, presets: Iterable[Entry]) -> Entry:
    """A setting is listed as what it is of."""
    try:
        found = patch_file.read(path)
        model = next((each for each in presets if each.digest == found.digest), None) or _entry(
            name, patch_file.find_instrument(path, found)
        )
    except PresetError as error:
        return Entry(path, name, False, fault=message(error))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    words = f"{translate('Entry', 'A setting of {0}.').format(model.name)} {model.description}"
    return replace(
        model, path=path, name=name, factory=False, digest=digest, description=words, size=path.stat().st_size
    )


def _known(name: str, path: Path) -> Entry:
    """The entry of a file, read again only when it has changed."""
    try:
        found = path.stat()
    except OSError:
        return _entry(name, path)
    mark = (path, found.st_mtime_ns, found.st_size)
    if mark not in _read:
        _read[mark] = _entry(name, path)
    return _read[mark]


def _entry(name: str, path: Path) -> Entry:
    factory = library.is_factory(path)
    try:
        preset = read(path)
    except PresetError as error:
        return Entry(path, name, factory, fault=message(error))
    header = preset.header
    keys, source = header.get("keys", {}), header.get("source", {})
    loud = header.get("loudness", {}).get("lufs")
    return Entry(
        path, name, factory, path.stat().st_size, header["kind"], preset.digest, tuple(header.get("tags", ())),
        describe(header), header.get("author", ""), header.get("licence", ""),
        str(source.get("attribution", "")), str(source.get("recording", "")), keys.get("low", 0),
        keys.get("high", 127), float(header["rate"]), float(loud) if isinstance(loud, int | float) else None,
    )  # fmt: skip
