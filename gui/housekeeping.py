"""Keeping house among the presets: found, marked, renamed, copied, shown, thrown away."""

import shutil
from pathlib import Path

from PyQt6.QtCore import QFile, QObject, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QInputDialog

from engine import library
from engine.preset import SUFFIX, PresetError

from . import catalogue
from .browser import Browser
from .catalogue import Entry
from .deck import Deck


class Housekeeping(QObject):
    """Files are read on the deck's thread; what is done to one is done at once."""

    told = pyqtSignal(str, bool)  # words, and whether something is wrong
    scanned = pyqtSignal()
    moved = pyqtSignal(Path, Path)

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
        if name in library.everything():
            self.told.emit(self.tr("There is an instrument called {0} already").format(name), True)
            return
        try:
            path = library.destination(name)
            entry.path.rename(path)
        except (PresetError, OSError) as error:
            self.told.emit(str(error), True)
            return
        self.moved.emit(entry.path, path)
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
        known = library.everything()
        names = (f"{entry.name} {number}" for number in range(2, 1000))
        name = next(name for name in names if name not in known)
        try:
            shutil.copyfile(entry.path, library.destination(name))
        except (PresetError, OSError) as error:
            self.told.emit(str(error), True)
            return
        self.told.emit(self.tr("{0} is yours now, as {1}").format(entry.name, name), False)
        self.scan()

    def _show(self, entry: Entry) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(entry.path.parent))):
            self.told.emit(str(entry.path), False)

    def _discard(self, entry: Entry) -> None:
        if entry.factory or entry.path.suffix != SUFFIX:
            return
        if QFile(str(entry.path)).moveToTrash():
            self.told.emit(self.tr("{0} is in the bin").format(entry.name), False)
        else:
            self.told.emit(self.tr("{0} could not be moved to the bin").format(entry.path.name), True)
        self.scan()
