"""Keeping house among the presets: found, marked, renamed, copied, shown, thrown away."""

import shutil
from pathlib import Path

from PyQt6.QtCore import QFile, QObject, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QInputDialog

from engine import library
from engine.preset import SUFFIX, PresetError

from . import catalogue, saved
from .browser import Browser
from .catalogue import Entry
from .deck import Deck
from .news import Loaded


class Housekeeping(QObject):
    """Files are read on the deck's thread; what is done to one is done at once."""

    told = pyqtSignal(str, bool)  # words, and whether something is wrong
    scanned = pyqtSignal()
    moved = pyqtSignal(Path, Path)
    saved = pyqtSignal(Path)

    def __init__(self, deck: Deck, browser: Browser) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self.favourites: set[str] = set()
        self._deck, self._browser = deck, browser
        browser.loved.connect(self._love)
        browser.rename.connect(self._ask_name)
        browser.duplicate.connect(self._duplicate)
        browser.show_folder.connect(self._show)
        browser.discard.connect(self._discard)

    def scan(self) -> None:
        """Look for presets again."""
        self._deck.ask(catalogue.scan, self._take)

    def rename(self, entry: Entry, name: str) -> None:
        """Give a preset of the user's another name; its content stays as it is."""
        if name in library.everything() or name in saved.everything():
            self.told.emit(self.tr("There is an instrument called {0} already").format(name), True)
            return
        try:
            path = library.destination(name).with_suffix(entry.path.suffix)
            entry.path.rename(path)
        except (PresetError, OSError) as error:
            self.told.emit(str(error), True)
            return
        self.moved.emit(entry.path, path)
        self.scan()

    def save(self, now: Loaded, values: dict[str, float]) -> None:
        """Ask for a name, and keep under it where the knobs of what plays stand."""
        suggestion = self.tr("my {0}").format(now.path.stem)
        name, given = QInputDialog.getText(
            self._browser, self.tr("Save as preset"), self.tr("A name for this setting"), text=suggestion
        )
        if given and name.strip():
            self.keep(name.strip(), now, values)

    def keep(self, name: str, now: Loaded, values: dict[str, float]) -> None:
        """Keep where the knobs of what plays stand, under a name."""
        origin = saved.load(now.path).path if saved.is_saved(now.path) else now.path.absolute()
        try:
            path = saved.destination(name)
            saved.write(path, saved.Saved(now.digest, origin, values, now.chain))
        except (PresetError, OSError) as error:
            self.told.emit(str(error), True)
            return
        self.told.emit(self.tr("Saved as {0}").format(name), False)
        self.saved.emit(path)
        self.scan()

    def _take(self, entries: list[Entry]) -> None:
        self.entries = entries
        self._browser.set_entries(entries, frozenset(self.favourites))
        self.scanned.emit()

    def _love(self, entry: Entry) -> None:
        self.favourites ^= {entry.digest}
        self._browser.set_favourites(frozenset(self.favourites))

    def _ask_name(self, entry: Entry) -> None:
        name, given = QInputDialog.getText(
            self._browser, self.tr("Rename"), self.tr("A name for the instrument"), text=entry.name
        )
        if given and name.strip() and name != entry.name:
            self.rename(entry, name.strip())

    def _duplicate(self, entry: Entry) -> None:
        """Copy a preset among the user's own, under the first name that is free."""
        known = {**library.everything(), **saved.everything()}
        names = (f"{entry.name} {number}" for number in range(2, 1000))
        name = next(name for name in names if name not in known)
        try:
            shutil.copyfile(entry.path, library.destination(name).with_suffix(entry.path.suffix))
        except (PresetError, OSError) as error:
            self.told.emit(str(error), True)
            return
        self.told.emit(self.tr("{0} is yours now, as {1}").format(entry.name, name), False)
        self.scan()

    def _show(self, entry: Entry) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(entry.path.parent))):
            self.told.emit(str(entry.path), False)

    def _discard(self, entry: Entry) -> None:
        if entry.factory or entry.path.suffix not in (SUFFIX, saved.ENDING):
            return
        if QFile(str(entry.path)).moveToTrash():
            self.told.emit(self.tr("{0} is in the bin").format(entry.name), False)
        else:
            self.told.emit(self.tr("{0} could not be moved to the bin").format(entry.path.name), True)
        self.scan()
