"""Search in the installed plugins: by words, format, maker, kind and favourites."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication

from engine.foreign.plugin_entry import EFFECT, INSTRUMENT, MIDI_EFFECT, PluginEntry

translate = QCoreApplication.translate
BROKEN = "broken"  # in place of the kind of a plugin that cannot be opened
KINDS = (INSTRUMENT, EFFECT, MIDI_EFFECT, BROKEN)


@dataclass(frozen=True)
class PluginQuery:
    """A search: words in any order, a format, a maker, a kind, favourites only."""

    text: str = ""
    format: str = ""
    maker: str = ""
    kind: str = ""
    favourites: bool = False


def kind_of(entry: PluginEntry) -> str:
    """One of KINDS; empty where nothing is known and nothing wrong."""
    return BROKEN if entry.fault and entry.kind != MIDI_EFFECT else entry.kind


def kind_text(kind: str) -> str:
    """One of KINDS in the user's language."""
    return {
        INSTRUMENT: translate("Plugins", "instrument"), EFFECT: translate("Plugins", "effect"),
        MIDI_EFFECT: translate("Plugins", "MIDI effect"), BROKEN: translate("Plugins", "broken"),
    }.get(kind, "")  # fmt: skip


def find_hindrance(entry: PluginEntry) -> str:
    """Why a plugin cannot be played, in one line; empty if it can."""
    if entry.kind == MIDI_EFFECT:
        return translate("Plugins", "It makes notes, no sound: effects on MIDI cannot be played")
    return entry.fault


def matching(entries: Iterable[PluginEntry], query: PluginQuery, favourites: Collection[str]) -> list[PluginEntry]:
    """The plugins that match, by title, the broken ones at the end. favourites: names."""
    found = [entry for entry in entries if _matches(entry, query, favourites)]
    return sorted(found, key=lambda each: (kind_of(each) == BROKEN, each.title.casefold(), each.format, each.name))


def _matches(entry: PluginEntry, query: PluginQuery, favourites: Collection[str]) -> bool:
    text = " ".join([entry.title, entry.maker, entry.format, kind_text(kind_of(entry)), entry.name]).casefold()
    return (
        all(word in text for word in query.text.casefold().split())
        and query.format in ("", entry.format)
        and query.maker in ("", entry.maker)
        and query.kind in ("", kind_of(entry))
        and (not query.favourites or entry.name in favourites)
    )
