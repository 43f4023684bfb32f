"""Keeping house among the presets: found, marked, renamed, copied, shown, thrown away."""

import shutil
from functools import partial
from pathlib import Path
from typing import cast

from PyQt6.QtCore import QObject, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices

from engine.preset import library
from engine.preset.preset_file import SUFFIX, PresetError
from gui.browser import catalogue
from gui.browser.browser import Browser
from gui.browser.catalogue import Entry
from gui.dialogs import prompts
from gui.terms import message
from session import patch_file
from session.engine_thread import EngineThread
from session.messages import Loaded

from .trash import Trash
from .undo_stack import UndoStack


class PresetFiles(QObject):
    """Files are read on a thread of its own; what is done to one is done at once, and can be taken back."""

    told = pyqtSignal(str, bool)  # words, and whether something is wrong
    scanned = pyqtSignal()
    moved = pyqtSignal(Path, Path)
    saved = pyqtSignal(Path)

    def __init__(self, engine: EngineThread, browser: Browser, undo_stack: UndoStack) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self.favourites: set[str] = set()
        self._engine, self._browser, self._undo_stack, self._bin = engine, browser, undo_stack, Trash()
        browser.favourite_toggled.connect(self._love)
        browser.rename_requested.connect(self._ask_name)
        browser.duplicate_requested.connect(self._duplicate)
        browser.show_folder_requested.connect(self._show)
        browser.delete_requested.connect(self._discard)

    def scan(self) -> None:
        """Look for presets again."""
        self._engine.fetch(catalogue.scan, self._take)

    def rename(self, entry: Entry, name: str) -> None:
        """Give a preset of the user's another name; its content stays as it is."""
        if name in library.all_presets() or name in patch_file.all_patches():
            self.told.emit(self.tr("There is an instrument called {0} already").format(name), True)
            return
        try:
            path = library.destination(name).with_suffix(entry.path.suffix)
        except PresetError as error:
            self.told.emit(message(error), True)
            return
        if self._move(entry.path, path):
            there, back = (entry.path, path), (path, entry.path)
            self._undo_stack.changed(self.tr("new name of {0}").format(entry.name), back, there, self._go)

    def save(self, now: Loaded, values: dict[str, float]) -> None:
        """Ask for a name, and keep under it where the knobs of what plays stand."""
        words = self.tr("my {0}") if library.is_factory(now.path) else self.tr("{0} 2")
        suggestion = words.format(now.path.stem)
        prompts.ask_name(
            self._browser, self.tr("Save as preset"), self.tr("A name for this setting"),
            suggestion, lambda name: self.keep(name, now, values),
        )  # fmt: skip

    def keep(self, name: str, now: Loaded, values: dict[str, float]) -> None:
        """Keep where the knobs of what plays stand, under a name."""
        origin = patch_file.read(now.path).path if patch_file.is_patch(now.path) else now.path.absolute()
        try:
            path = patch_file.destination(name)
            patch_file.write(path, patch_file.SavedPatch(now.digest, origin, values, now.chain))
        except (PresetError, OSError) as error:
            self.told.emit(message(error), True)
            return
        self.told.emit(self.tr("Saved as {0}").format(name), False)
        self.saved.emit(path)
        self.scan()
        self._undo_stack.changed(
            self.tr("saving as {0}").format(name), (path, None), (None, path), partial(self._go_saved, now.path)
        )

    def _take(self, entries: list[Entry]) -> None:
        self.entries = entries
        self._browser.set_entries(entries, frozenset(self.favourites))
        self.scanned.emit()

    def _love(self, entry: Entry) -> None:
        before, after = frozenset(self.favourites), frozenset(self.favourites ^ {entry.digest})
        self._set_favourites(after)
        self._undo_stack.changed(self.tr("favourite"), before, after, self._set_favourites)

    def _set_favourites(self, favourites: object) -> None:
        assert isinstance(favourites, frozenset)
        self.favourites = set(favourites)
        self._browser.set_favourites(favourites)

    def _ask_name(self, entry: Entry) -> None:
        prompts.ask_name(
            self._browser, self.tr("Rename"), self.tr("A name for the instrument"), entry.name,
            lambda name: self.rename(entry, name) if name != entry.name else None,
        )  # fmt: skip

    def _duplicate(self, entry: Entry) -> None:
        """Copy a preset among the user's own, under the first name that is free."""
        known = {**library.all_presets(), **patch_file.all_patches()}
        names = (entry.name if number < 2 else f"{entry.name} {number}" for number in range(1, 1000))
        name = next(name for name in names if name not in known)
        try:
            path = library.destination(name).with_suffix(entry.path.suffix)
            shutil.copyfile(entry.path, path)
        except (PresetError, OSError) as error:
            self.told.emit(message(error), True)
            return
        self.told.emit(self.tr("{0} is yours now, as {1}").format(entry.name, name), False)
        self.scan()
        self._undo_stack.changed(self.tr("copy of {0}").format(entry.name), (path, None), (None, path), self._go)

    def _show(self, entry: Entry) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(entry.path.parent))):
            self.told.emit(str(entry.path), False)

    def _discard(self, entry: Entry) -> None:
        if entry.factory or entry.elsewhere or entry.path.suffix not in (SUFFIX, patch_file.PATCH_SUFFIX):
            return
        if self._bin.throw(entry.path):
            self.told.emit(self.tr("{0} is in the bin").format(entry.name), False)
            words, path = self.tr("throwing {0} away").format(entry.name), entry.path
            self._undo_stack.changed(words, (None, path), (path, None), self._go)
        else:
            self.told.emit(self.tr("{0} could not be moved to the bin").format(entry.path.name), True)
        self.scan()

    def _move(self, before: Path, after: Path) -> bool:
        """Give a file another name, unless something has it; whether it was done."""
        try:
            if after.exists():
                raise FileExistsError(self.tr("There is an instrument called {0} already").format(after.stem))
            before.rename(after)
        except OSError as error:
            self.told.emit(message(error), True)
            return False
        self.moved.emit(before, after)
        self.scan()
        return True

    def _go(self, way: object) -> None:
        """Take a file from one place to another; None is the bin."""
        before, after = cast(tuple[Path | None, Path | None], way)
        if before is not None and after is not None:
            self._move(before, after)
        elif before is not None and not self._bin.throw(before):
            self.told.emit(self.tr("{0} could not be moved to the bin").format(before.name), True)
        elif after is not None and not self._bin.bring_back(after):
            self.told.emit(self.tr("{0} could not be brought back from the bin").format(after.name), True)
        self.scan()

    def _go_saved(self, origin: Path, way: object) -> None:
        """Take a setting to the bin or back; what plays under its name goes on as what it was saved of."""
        self._go(way)
        before, after = cast(tuple[Path | None, Path | None], way)
        self.moved.emit(before or origin, after or origin)
