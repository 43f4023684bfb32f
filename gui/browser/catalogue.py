"""The catalogue of the browser: an entry for every instrument and saved patch, and the search in them."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QCoreApplication

from engine.foreign import is_foreign
from engine.foreign.scan import find_title
from engine.kinds import KINDS
from engine.pitch_and_frequency import note_name
from engine.preset import library
from engine.preset.preset_file import SUFFIX, PresetError, read
from gui import engine_translation, number_format
from gui.engine_translation import translate_message
from session import patch_file

translate = QCoreApplication.translate
_cache: dict[tuple[Path, int, int], "Entry"] = {}


@dataclass(frozen=True)
class Entry:
    """An instrument or a saved patch; `error` says in one line why it cannot be played."""

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
    error: str = ""
    is_external: bool = False  # opened from another folder than the user's own

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Names and values of the known facts, for the details."""
        size = f"{self.size / 1e6:.1f} MB" if self.size >= 1e6 else f"{self.size / 1e3:.0f} kB"
        loudness = f"{self.lufs:.0f} LUFS".replace("-", "−") if self.lufs is not None else ""
        facts = [
            (translate("Entry", "Kind"), kind_label(self.kind)),
            (translate("Entry", "Keys"), f"{note_name(self.low)} – {note_name(self.high)}"),
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
    """A search: words in any order, a kind, a tag, favourites only."""

    text: str = ""
    kind: str = ""
    tag: str = ""
    favourites: bool = False


def scan() -> list[Entry]:
    """All instruments and patches, in alphabetical order. Reads whole files: not for the main thread."""
    presets = [_cached_entry(name, path) for name, path in library.all_presets().items()]
    patches = [_patch_entry(name, path, presets) for name, path in patch_file.all_patches().items()]
    known = {entry.digest for entry in presets}
    opened = [
        _cached_entry(path.stem, path)
        for path in patch_file.remembered_paths()
        if path.suffix == SUFFIX and path.is_file()
    ]
    others = [replace(entry, is_external=True) for entry in opened if entry.digest and entry.digest not in known]
    return sorted([*presets, *patches, *others], key=lambda entry: entry.name)


def matching(entries: Iterable[Entry], query: Query, favourites: Iterable[str]) -> list[Entry]:
    """The entries that match a query; favourites: digests."""
    digests = set(favourites)
    return [entry for entry in entries if _matches(entry, query, digests)]


def kind_label(kind: str) -> str:
    """The label of a kind, translated."""
    return engine_translation.translate_term(KINDS[kind].label) if kind in KINDS else kind


def display_name(name: str) -> str:
    """A name as it is shown: the first letter is large, and the others stay, as in Trumpet-A4."""
    return name[:1].upper() + name[1:]


def describe(header: Mapping[str, Any]) -> str:
    """One sentence about an instrument: the author's description, or what it was learned from."""
    text = " ".join(header.get("description", "").split())
    recording = str(header.get("source", {}).get("recording", ""))
    if not text:
        text = translate("Entry", "Learned from {0}").format(recording) if recording else kind_label(header["kind"])
    return text if text[-1:] in ".!?…" else text + "."


def kinds(entries: Iterable[Entry]) -> list[str]:
    """The kinds of the entries."""
    return sorted({entry.kind for entry in entries if entry.kind})


def tags(entries: Iterable[Entry]) -> list[str]:
    """The tags of the entries."""
    return sorted({tag for entry in entries for tag in entry.tags})


def _matches(entry: Entry, query: Query, favourites: set[str]) -> bool:
    text = " ".join([entry.name, entry.kind, entry.description, entry.author, *entry.tags]).casefold()
    return (
        all(word in text for word in query.text.casefold().split())
        and query.kind in ("", entry.kind)
        and (not query.tag or query.tag in entry.tags)
        and (not query.favourites or entry.digest in favourites)
    )


def _patch_entry(name: str, path: Path, presets: Iterable[Entry]) -> Entry:
    """The entry of a saved patch: that of its instrument, with its own name."""
    try:
        patch, content = patch_file.read(path), path.read_bytes()
        if is_foreign(patch.path):
            words = translate("Entry", "A patch of {0}.").format(find_title(patch.path))
            digest = hashlib.sha256(content).hexdigest()
            return Entry(path, name, False, len(content), digest=digest, description=words)
        instrument = next((each for each in presets if each.digest == patch.digest), None) or _entry(
            name, patch_file.find_instrument(path, patch)
        )
    except (PresetError, OSError) as error:
        return Entry(path, name, False, error=translate_message(error))
    digest = hashlib.sha256(content).hexdigest()
    description = f"{translate('Entry', 'A patch of {0}.').format(instrument.name)} {instrument.description}"
    return replace(
        instrument,
        path=path,
        name=name,
        factory=False,
        digest=digest,
        description=description,
        size=len(content),
    )


def _cached_entry(name: str, path: Path) -> Entry:
    """The entry of a file, which is read again only when it has changed."""
    try:
        status = path.stat()
    except OSError:
        return _entry(name, path)
    key = (path, status.st_mtime_ns, status.st_size)
    if key not in _cache:
        _cache[key] = _entry(name, path)
    return _cache[key]


def _entry(name: str, path: Path) -> Entry:
    factory = library.is_factory(path)
    try:
        preset, size = read(path), path.stat().st_size
    except (PresetError, OSError) as error:
        return Entry(path, name, factory, error=translate_message(error))
    header = preset.header
    keys, source = header.get("keys", {}), header.get("source", {})
    loud = header.get("loudness", {}).get("lufs")
    return Entry(
        path, name, factory, size, header["kind"], preset.digest, tuple(header.get("tags", ())),
        describe(header), header.get("author", ""), header.get("licence", ""),
        str(source.get("attribution", "")), str(source.get("recording", "")), keys.get("low", 0),
        keys.get("high", 127), float(header["rate"]), float(loud) if isinstance(loud, int | float) else None,
    )  # fmt: skip
