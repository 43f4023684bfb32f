"""Files of instruments and patches of the user: list, favourite, rename, copy, save, move to the trash, undo."""

import shutil
from functools import partial
from pathlib import Path
from typing import cast

from PyQt6.QtCore import QObject, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices

from engine.atomic_write import atomic_path
from engine.preset import library
from engine.preset.preset_file import SUFFIX, PresetError
from gui.browser import catalogue
from gui.browser.browser import Browser
from gui.browser.catalogue import Entry
from gui.dialogs import name_and_file_prompts
from gui.engine_translation import translate_message
from gui.trash import Trash
from session import patch_file
from session.engine_messages import Loaded
from session.engine_thread import EngineThread
from session.translatable_message import NAME_TAKEN, Message

from .undo_stack import UndoStack


class EntryFiles(QObject):
    """Files are listed by a background thread; operations on one are done at once."""

    notified = pyqtSignal(str, bool)  # text, and whether it is an error
    scanned = pyqtSignal()
    favourites_changed = pyqtSignal(frozenset)  # digests of instruments, names of plugins
    moved = pyqtSignal(Path, Path)
    saved = pyqtSignal(Path)

    def __init__(self, engine: EngineThread, browser: Browser, undo_stack: UndoStack) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self.favourites: set[str] = set()
        self._engine, self._browser, self._undo_stack, self._trash = engine, browser, undo_stack, Trash()
        browser.favourite_toggled.connect(lambda entry: self.toggle_favourite(entry.digest))
        browser.rename_requested.connect(self._ask_name)
        browser.duplicate_requested.connect(self._duplicate)
        browser.show_folder_requested.connect(self._show_folder)
        browser.delete_requested.connect(self._discard)

    def scan(self) -> None:
        """List instruments and patches again."""
        self._engine.request_in_background(catalogue.scan, self._set_entries)

    def rename(self, entry: Entry, name: str) -> None:
        """Rename a file of the user's; its content stays."""
        try:
            path = library.file_of_name(name, entry.path.suffix)
            if path.stem in library.all_presets() or path.stem in patch_file.all_patches():
                raise PresetError(Message(NAME_TAKEN, path.stem))
        except PresetError as error:
            self.notified.emit(translate_message(error), True)
            return
        if self._move(entry.path, path):
            after, before = (entry.path, path), (path, entry.path)
            self._undo_stack.push_state(self.tr("new name of {0}").format(entry.name), before, after, self._transfer)

    def save(self, now: Loaded, values: dict[str, float]) -> None:
        """Ask for a name, and save what plays as a patch."""
        words = self.tr("my {0}") if library.is_factory(now.path) else self.tr("{0} 2")
        suggestion = words.format(now.title)
        name_and_file_prompts.ask_name(
            self._browser, self.tr("Save as patch"), self.tr("A name for this patch"),
            suggestion, lambda name: self._save_as(name, now, values),
        )  # fmt: skip

    def write_patch(self, name: str, now: Loaded, values: dict[str, float], replaces: bool = False) -> None:
        """Save what plays as a patch of this name; replaces: one that is there goes to the trash."""
        try:
            path = patch_file.destination(name)
            replaced = path.exists()
            if replaced and not replaces:
                raise PresetError(Message(NAME_TAKEN, path.stem))
            self._write(path, patch_file.SavedPatch(now.digest, now.instrument, values, now.chain), replaced)
        except (PresetError, OSError) as error:
            self.notified.emit(translate_message(error), True)
            return
        self.notified.emit(self.tr("Saved as {0}").format(path.stem), False)
        self.saved.emit(path)
        self.scan()
        text = self.tr("saving as {0}").format(path.stem)
        if replaced:
            ends = (path, now.path), (now.path, path)
            self._undo_stack.push_state(text, *ends, partial(self._exchange_patch, path))
        else:
            restore = partial(self._transfer_patch, now.path)
            self._undo_stack.push_state(text, (path, None), (None, path), restore)

    def _save_as(self, name: str, now: Loaded, values: dict[str, float]) -> None:
        """Save what plays as a patch of this name; ask before a patch of the user's is replaced."""
        try:
            path = patch_file.destination(name)
        except PresetError as error:
            self.notified.emit(translate_message(error), True)
            return
        if not path.exists():
            self.write_patch(name, now, values)
            return
        words = self.tr("There is a patch called {0} already. If it is replaced, it goes to the bin.")
        name_and_file_prompts.ask_about_taken_name(
            self._browser, self.tr("Save as patch"), words.format(path.stem),
            lambda: self.write_patch(path.stem, now, values, True),
            lambda: self.write_patch(patch_file.free_name(path.stem), now, values),
        )  # fmt: skip

    def _write(self, path: Path, saved: patch_file.SavedPatch, replaced: bool) -> None:
        """Write a patch; the one that is replaced goes to the trash, and comes back after an error. OSError."""
        if replaced and not self._trash.move(path):
            raise OSError(self.tr("{0} could not be moved to the bin").format(path.name))
        try:
            patch_file.write(path, saved)
        except OSError:
            if replaced:
                self._trash.restore(path)
            raise

    def _set_entries(self, entries: list[Entry]) -> None:
        self.entries = entries
        self._browser.set_entries(entries, frozenset(self.favourites))
        self.scanned.emit()

    def toggle_favourite(self, key: str) -> None:
        """Make something a favourite, or none, undoably. key: the digest of an instrument, the name of a plugin."""
        before, after = frozenset(self.favourites), frozenset(self.favourites ^ {key})
        self._set_favourites(after)
        self._undo_stack.push_state(self.tr("favourite"), before, after, self._set_favourites)

    def _set_favourites(self, favourites: object) -> None:
        assert isinstance(favourites, frozenset)
        self.favourites = set(favourites)
        self._browser.set_favourites(favourites)
        self.favourites_changed.emit(favourites)

    def _ask_name(self, entry: Entry) -> None:
        name_and_file_prompts.ask_name(
            self._browser, self.tr("Rename"), self.tr("A name for the instrument"), entry.name,
            lambda name: self.rename(entry, name) if name != entry.name else None,
        )  # fmt: skip

    def _duplicate(self, entry: Entry) -> None:
        """Copy a file to the user's folder, under the first name that is free."""
        name = patch_file.free_name(entry.name)
        try:
            path = library.file_of_name(name, entry.path.suffix)
            with atomic_path(path) as draft:
                shutil.copyfile(entry.path, draft)
        except (PresetError, OSError) as error:
            self.notified.emit(translate_message(error), True)
            self.scan()
            return
        self.notified.emit(self.tr("{0} is yours now, as {1}").format(entry.name, name), False)
        self.scan()
        text = self.tr("copy of {0}").format(entry.name)
        self._undo_stack.push_state(text, (path, None), (None, path), self._transfer)

    def _show_folder(self, entry: Entry) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(entry.path.parent))):
            self.notified.emit(str(entry.path), False)

    def _discard(self, entry: Entry) -> None:
        if entry.factory or entry.is_external or entry.path.suffix not in (SUFFIX, patch_file.PATCH_SUFFIX):
            return
        if self._trash.move(entry.path):
            self.notified.emit(self.tr("{0} is in the bin").format(entry.name), False)
            text, path = self.tr("throwing {0} away").format(entry.name), entry.path
            self._undo_stack.push_state(text, (None, path), (path, None), self._transfer)
        else:
            self.notified.emit(self.tr("{0} could not be moved to the bin").format(entry.path.name), True)
        self.scan()

    def _move(self, before: Path, after: Path) -> bool:
        """Rename a file, unless the name is taken; whether it was done."""
        try:
            if after.exists() and not after.samefile(before):
                raise FileExistsError(self.tr("There is an instrument called {0} already").format(after.stem))
            before.rename(after)
        except OSError as error:
            self.notified.emit(translate_message(error), True)
            self.scan()
            return False
        self.moved.emit(before, after)
        self.scan()
        return True

    def _transfer(self, paths: object) -> None:
        """Move a file from one path to another; None is the trash."""
        before, after = cast(tuple[Path | None, Path | None], paths)
        if before is not None and after is not None:
            self._move(before, after)
        elif before is not None and not self._trash.move(before):
            self.notified.emit(self.tr("{0} could not be moved to the bin").format(before.name), True)
        elif after is not None and not self._trash.restore(after):
            self.notified.emit(self.tr("{0} could not be brought back from the bin").format(after.name), True)
        self.scan()

    def _transfer_patch(self, origin: Path, paths: object) -> None:
        """Move a patch to the trash or back; what plays goes on under the path it was saved from, or the patch's."""
        self._transfer(paths)
        before, after = cast(tuple[Path | None, Path | None], paths)
        self.moved.emit(before or origin, after or origin)

    def _exchange_patch(self, path: Path, ends: object) -> None:
        """Exchange a patch and the one that it replaced; what plays goes on under the second of two paths."""
        before, after = cast(tuple[Path, Path], ends)
        if not self._trash.swap(path):
            self.notified.emit(self.tr("{0} could not be brought back from the bin").format(path.name), True)
        self.moved.emit(before, after)
        self.scan()
