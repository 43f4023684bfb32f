"""The catalog of installed plugins, kept in the user's cache folder: what has not changed is not opened again."""

import contextlib
import json
from collections.abc import Iterator
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from engine.atomic_write import write_text
from engine.foreign.names import parse
from engine.foreign.plugin_entry import PluginEntry, entry_of
from engine.foreign.plugin_files import PluginFile, clap_folders, find_files, lv2_folders

from .scanner import scan_files

CATALOG_VERSION = 1  # another one is scanned anew
CATALOG_NAME = "plugins.json"


class Catalog:
    """What was found when it was last brought up to date."""

    def __init__(self, path: Path | None = None) -> None:
        """Read what was kept; empty where nothing can be read. path: the file, otherwise in the cache folder."""
        self._path = path or _usual_path()
        self._files = _read(self._path)

    @staticmethod
    def folders() -> list[Path]:
        """Where plugins are looked for."""
        return [*clap_folders(), *lv2_folders()]

    @property
    def entries(self) -> list[PluginEntry]:
        """All plugins, by title; those that cannot be played have a fault."""
        entries = [entry for _, found in self._files.values() for entry in found]
        return sorted(entries, key=lambda entry: (entry.title.casefold(), entry.format, entry.name))

    def refresh(self, is_complete: bool = False) -> Iterator[tuple[int, int, str]]:
        """Scan what is new or has changed: numbers of plugins done and known so far, and what comes next.

        is_complete: all is scanned. What was found is kept even if the caller stops early.
        """
        files = {str(each.path): each for each in find_files()}
        before, known = self._files, {} if is_complete else self._files
        self._files = {path: known[path] for path, each in files.items() if _is_known(known, path, each)}
        changed = [each for path, each in files.items() if path not in self._files]
        try:
            for step in scan_files(changed):
                if step.file is not None:
                    self._files[str(step.file.path)] = (step.file.stamp, step.file.entries)
                yield step.done, step.total, step.title
        finally:
            if self._files != before:
                self._write()

    def _write(self) -> None:
        """Keep what was found; where nothing can be written, it is found anew next time."""
        files = {
            path: {"stamp": stamp, "plugins": [entry.as_dict() for entry in entries]}
            for path, (stamp, entries) in self._files.items()
        }
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_text(self._path, json.dumps({"version": CATALOG_VERSION, "files": files}, ensure_ascii=True))


def find_title(name: str | PathLike[str]) -> str:
    """The title of a plugin that need not be open: as the last scan found it, otherwise by its name alone."""
    meant, path = parse(name), _usual_path()
    try:
        titles = _read_titles(path, path.stat().st_mtime_ns)
    except OSError:
        titles = {}
    return titles.get(str(meant)) or meant.title


@lru_cache(maxsize=1)
def _read_titles(path: Path, _changed_at: int) -> dict[str, str]:
    """The titles of a catalog by the names of the plugins, and of a file that has but one by its path."""
    found: dict[str, str] = {}
    for file, (_, entries) in _read(path).items():
        found |= {entry.name: entry.title for entry in entries}
        if len(entries) == 1:
            found.setdefault(file, entries[0].title)
    return found


def _usual_path() -> Path:
    return user_cache_path("luthier", appauthor=False) / CATALOG_NAME


def _is_known(known: dict[str, tuple[str, list[PluginEntry]]], path: str, file: PluginFile) -> bool:
    return path in known and known[path][0] == file.stamp


def _read(path: Path) -> dict[str, tuple[str, list[PluginEntry]]]:
    """Stamps and plugins by the paths of their files."""
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        if content["version"] != CATALOG_VERSION:
            return {}
        return {
            name: (str(each["stamp"]), [entry_of(values) for values in each["plugins"]])
            for name, each in content["files"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
