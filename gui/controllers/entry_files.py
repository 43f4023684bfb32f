"""Files of instruments and patches of the user: list, favourite, rename, copy, save, move to the trash, undo."""

import shutil
from functools import partial
from pathlib import Path
from typing import cast

from PyQt6.QtCore import QFile, QObject, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices

from engine.preset import library
from engine.preset.preset_file import SUFFIX, PresetError
from gui.browser import catalogue
from gui.browser.browser import Browser
from gui.browser.catalogue import Entry
from gui.dialogs import name_and_file_prompts
from gui.engine_translation import translate_message
from session import patch_file
from session.engine_messages import Loaded
from session.engine_thread import EngineThread

from .undo_stack import UndoStack


class EntryFiles(QObject):
    """Files are listed by a background thread; operations on one are done at once."""

    notified = pyqtSignal(str, bool)  # text, and whether it is an error
    scanned = pyqtSignal()
    moved = pyqtSignal(Path, Path)
    saved = pyqtSignal(Path)

    def __init__(self, engine: EngineThread, browser: Browser, undo_stack: UndoStack) -> None:
        super().__init__()
        self.entries: list[Entry] = []
        self.favourites: set[str] = set()
        self._engine, self._browser, self._undo_stack, self._trash = engine, browser, undo_stack, Trash()
        browser.favourite_toggled.connect(self._toggle_favourite)
        browser.rename_requested.connect(self._ask_name)
        browser.duplicate_requested.connect(self._duplicate)
        browser.show_folder_requested.connect(self._show_folder)
        browser.delete_requested.connect(self._discard)

    def scan(self) -> None:
        """List instruments and patches again."""
        self._engine.request_in_background(catalogue.scan, self._set_entries)

    def rename(self, entry: Entry, name: str) -> None:
        """Rename a file of the user's; its content stays."""
        if name in library.all_presets() or name in patch_file.all_patches():
            self.notified.emit(self.tr("There is an instrument called {0} already").format(name), True)
            return
        try:
            path = library.destination(name).with_suffix(entry.path.suffix)
        except PresetError as error:
            self.notified.emit(translate_message(error), True)
            return
        if self._move(entry.path, path):
            after, before = (entry.path, path), (path, entry.path)
            self._undo_stack.push_state(self.tr("new name of {0}").format(entry.name), before, after, self._transfer)

    def save(self, now: Loaded, values: dict[str, float]) -> None:
        """Ask for a name, and save what plays as a patch."""
        words = self.tr("my {0}") if library.is_factory(now.path) else self.tr("{0} 2")
        suggestion = words.format(now.path.stem)
        name_and_file_prompts.ask_name(
            self._browser, self.tr("Save as patch"), self.tr("A name for this patch"),
            suggestion, lambda name: self.write_patch(name, now, values),
        )  # fmt: skip

    def write_patch(self, name: str, now: Loaded, values: dict[str, float]) -> None:
        """Save what plays as a patch of this name."""
        instrument = patch_file.read(now.path).path if patch_file.is_patch(now.path) else now.path.absolute()
        try:
            path = patch_file.destination(name)
            patch_file.write(path, patch_file.SavedPatch(now.digest, instrument, values, now.chain))
        except (PresetError, OSError) as error:
            self.notified.emit(translate_message(error), True)
            return
        self.notified.emit(self.tr("Saved as {0}").format(name), False)
        self.saved.emit(path)
        self.scan()
        restore = partial(self._transfer_patch, now.path)
        self._undo_stack.push_state(self.tr("saving as {0}").format(name), (path, None), (None, path), restore)

    def _set_entries(self, entries: list[Entry]) -> None:
        self.entries = entries
        self._browser.set_entries(entries, frozenset(self.favourites))
        self.scanned.emit()

    def _toggle_favourite(self, entry: Entry) -> None:
        before, after = frozenset(self.favourites), frozenset(self.favourites ^ {entry.digest})
        self._set_favourites(after)
        self._undo_stack.push_state(self.tr("favourite"), before, after, self._set_favourites)

    def _set_favourites(self, favourites: object) -> None:
        assert isinstance(favourites, frozenset)
        self.favourites = set(favourites)
        self._browser.set_favourites(favourites)

    def _ask_name(self, entry: Entry) -> None:
        name_and_file_prompts.ask_name(
            self._browser, self.tr("Rename"), self.tr("A name for the instrument"), entry.name,
            lambda name: self.rename(entry, name) if name != entry.name else None,
        )  # fmt: skip

    def _duplicate(self, entry: Entry) -> None:
        """Copy a file to the user's folder, under the first name that is free."""
        known = {**library.all_presets(), **patch_file.all_patches()}
        names = (entry.name if number < 2 else f"{entry.name} {number}" for number in range(1, 1000))
        name = next(name for name in names if name not in known)
        try:
            path = library.destination(name).with_suffix(entry.path.suffix)
            shutil.copyfile(entry.path, path)
        except (PresetError, OSError) as error:
            self.notified.emit(translate_message(error), True)
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
            if after.exists():
                raise FileExistsError(self.tr("There is an instrument called {0} already").format(after.stem))
            before.rename(after)
        except OSError as error:
            self.notified.emit(translate_message(error), True)
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


class Trash:
    """The system's trash; remembers where in it a file went."""

    def __init__(self) -> None:
        self._trashed: dict[Path, Path] = {}

    def move(self, path: Path) -> bool:
        """Move a file to the trash; whether it was done."""
        file = QFile(str(path))
        if not file.moveToTrash():
            return False
        self._trashed[path] = Path(file.fileName())
        return True

    def restore(self, path: Path) -> bool:
        """Move a file back, unless its path is taken; whether it was done."""
        trashed = self._trashed.pop(path, None)
        if trashed is None or path.exists():
            return False
        try:
            trashed.rename(path)
            (trashed.parent.parent / "info" / f"{trashed.name}.trashinfo").unlink(missing_ok=True)
        except OSError:
            return False
        return True
