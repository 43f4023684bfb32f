"""Crash marker: a file that exists only while something is opened, and what is left out since it ended Luthier."""

import contextlib
import threading
from collections.abc import Iterable, Iterator
from os import PathLike, fspath
from pathlib import Path

from engine.foreign import parse
from engine.foreign.scan import find_title

from .config_store import folder, load, save
from .translatable_message import LEFT_OUT, Message

MARKER, LEFT_OUT_FILE = "loading", "left_out"
PLUGINS = "plugins"


class LeftOutError(ValueError):
    """A plugin is left out, as Luthier has ended while it was opened."""


class LoadingMarker:
    """The marker file; found at the start, it names what was being opened at the crash.

    It names the instrument that is loaded and, while plugins from elsewhere are opened, these. Those that have ended
    the program are left out until the player wants them again; that is kept, too.
    """

    def __init__(self) -> None:
        self._path: Path | None = None  # that the marker names now
        self._plugins: tuple[str, ...] = ()  # that it names now
        self._writer = 0  # the thread that wrote it
        kept = load(LEFT_OUT_FILE).get(PLUGINS, [])
        self._left_out = frozenset(map(str, kept) if isinstance(kept, list) else ())

    def set(self, path: Path, plugins: Iterable[str] = ()) -> None:
        """Write the marker. plugins: the names of those that are opened at this moment."""
        self._path, self._plugins, self._writer = path, tuple(map(_same, plugins)), threading.get_ident()
        save(MARKER, {"path": str(path), PLUGINS: self._plugins})

    def clear(self) -> None:
        """Remove the marker."""
        self._path, self._plugins = None, ()
        with contextlib.suppress(OSError):
            (folder() / f"{MARKER}.json").unlink(missing_ok=True)

    def path(self) -> str:
        """The path of the instrument whose loading has not ended; empty if there is none."""
        return str(load(MARKER).get("path", ""))

    def plugins(self) -> list[str]:
        """The names of the plugins whose opening has not ended."""
        found = load(MARKER).get(PLUGINS, [])
        return [str(each) for each in found] if isinstance(found, list) else []

    @contextlib.contextmanager
    def opening(self, name: str | PathLike[str]) -> Iterator[None]:
        """Open a plugin under the marker. LeftOutError if it is left out."""
        if self.is_left_out(name):
            raise LeftOutError(Message(LEFT_OUT, find_title(name)))
        path, plugins = self._path, self._plugins
        self.set(path or Path(name), [fspath(name)])
        try:
            yield
        finally:
            if self._writer == threading.get_ident():  # otherwise this one hung there, and another one goes on
                if path is not None:
                    self.set(path, plugins)
                else:
                    self.clear()

    def is_left_out(self, name: str | PathLike[str]) -> bool:
        """Whether a plugin is left out."""
        return _same(name) in self._left_out

    def leave_out(self, names: Iterable[str]) -> None:
        """Leave plugins out from now on."""
        self._keep(self._left_out | {_same(name) for name in names})

    def allow(self, name: str | PathLike[str]) -> bool:
        """Let a plugin be opened again; whether it was left out."""
        was_left_out = self.is_left_out(name)
        if was_left_out:
            self._keep(self._left_out - {_same(name)})
        return was_left_out

    def _keep(self, names: Iterable[str]) -> None:
        self._left_out = frozenset(names)
        save(LEFT_OUT_FILE, {PLUGINS: sorted(self._left_out)})


def _same(name: str | PathLike[str]) -> str:
    """One spelling of the name of a plugin."""
    return str(parse(name))
