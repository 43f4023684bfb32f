"""Selection of the instrument that plays: in the browser, by a program change, or for a voice."""

from dataclasses import replace
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from engine.foreign import is_foreign
from engine.kinds import KINDS
from gui.browser.browser import Browser
from gui.browser.catalogue import Entry
from gui.engine_bridge import EngineBridge
from session import patch_file
from session.engine_messages import Loaded

from .entry_files import EntryFiles
from .parameters import ParameterController

VOICE_INSTRUMENT = "violin"  # preferred among those that follow a voice


class InstrumentSelection(QObject):
    """Loads the selected instrument, and marks in the browser the one that plays."""

    notified = pyqtSignal(str, bool)

    def __init__(
        self, browser: Browser, bridge: EngineBridge, parameters: ParameterController, entry_files: EntryFiles
    ) -> None:
        super().__init__()
        self._browser, self._bridge = browser, bridge
        self._parameters, self._preset_files = parameters, entry_files
        browser.entry_selected.connect(self.choose)
        browser.alone_requested.connect(lambda entry: self.choose(entry, alone=True))
        bridge.loaded.connect(self._show_loaded)
        bridge.failed.connect(self.mark)
        bridge.program_changed.connect(self._change_program)
        entry_files.scanned.connect(self.mark)
        entry_files.moved.connect(self._follow_move)
        entry_files.saved.connect(self._set_path)

    def choose(self, entry: Entry, alone: bool = False) -> None:
        """Load an instrument, alone or beside what is there, or show the error that prevents it."""
        if entry.error:
            self.notified.emit(entry.error, True)
        else:
            self._parameters.choose(entry.path, alone)

    def choose_for_voice(self) -> None:
        """Load an instrument that follows a voice, preferably VOICE_INSTRUMENT."""
        entries = self._preset_files.entries
        found = [each for each in entries if each.kind in KINDS and KINDS[each.kind].follows_voice and not each.error]
        if found:
            self.choose(min(found, key=lambda entry: entry.name != VOICE_INSTRUMENT))

    def add(self, path: Path) -> None:
        """List and load an instrument that was just learned."""
        self._preset_files.scan()
        self._parameters.choose(path)

    def save(self) -> None:
        """Save what plays as a patch, under a name that is asked for."""
        patch = self._parameters.patch
        if self._bridge.now is not None and patch is not None:
            now = replace(self._bridge.now, chain=self._parameters.chain)  # with the states of foreign plugins
            self._preset_files.save(now, patch.values)

    def mark(self, _: object = None) -> None:
        """Mark what plays, or is about to."""
        patch = self._parameters.patch
        if patch is not None:
            self._browser.set_current(patch.path)

    def _show_loaded(self, now: Loaded) -> None:
        """Mark it; a file opened from another folder is listed as well."""
        entries = self._preset_files.entries
        if entries and not is_foreign(now.path) and all(entry.path != now.path for entry in entries):
            self._preset_files.scan()
        self.mark()

    def _change_program(self, number: int) -> None:
        """Program N is the N-th instrument, as the command lists them: without patches and opened files."""
        listed = [
            entry
            for entry in self._preset_files.entries
            if not entry.is_external and not patch_file.is_patch(entry.path)
        ]
        if number < len(listed):
            self.choose(listed[number])

    def _set_path(self, path: Path) -> None:
        """What plays was saved or renamed to another path."""
        patch = self._parameters.patch
        if patch is not None:
            self._parameters.recall(replace(patch, path=path))

    def _follow_move(self, before: Path, after: Path) -> None:
        if self._bridge.now is not None and self._bridge.now.path == before:
            self._set_path(after)
