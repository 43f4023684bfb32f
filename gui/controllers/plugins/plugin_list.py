"""The controller of the page of plugins: lists what is installed, plays it, adds it to the chain."""

from pathlib import Path

from PyQt6.QtCore import QObject, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices

from engine.foreign import parse
from engine.foreign.plugin_entry import INSTRUMENT, PluginEntry
from engine.foreign.scan import Catalog
from gui.browser.plugins.plugin_page import PluginPage
from gui.browser.plugins.plugin_search import find_hindrance
from gui.controllers.chain import ChainController
from gui.controllers.entry_files import EntryFiles
from gui.controllers.parameters import ParameterController
from gui.controllers.plugins.crash_question import plugins_of
from gui.processes.plugin_scan import PluginScan
from session.engine_thread import EngineThread
from session.patch import PLUGIN


class PluginController(QObject):
    """What the last scan found is listed at once; what has changed since is scanned beside the music."""

    notified = pyqtSignal(str, bool)

    def __init__(
        self, engine: EngineThread, page: PluginPage, parameters: ParameterController, chain: ChainController,
        entry_files: EntryFiles,
    ) -> None:  # fmt: skip
        super().__init__()
        self._engine, self._page, self._parameters, self._chain = engine, page, parameters, chain
        self._entry_files = entry_files
        self.entries: list[PluginEntry] = []
        self.scan = PluginScan(self)
        self._is_opened = False
        page.chosen.connect(self.choose)
        page.layer_requested.connect(self._add_layer)
        page.alone_requested.connect(self._play_alone)
        page.favourite_toggled.connect(lambda entry: entry_files.toggle_favourite(entry.name))
        page.show_folder_requested.connect(self._show_folder)
        page.scan_requested.connect(lambda: self._start_scan(True))
        entry_files.favourites_changed.connect(page.set_favourites)
        parameters.chain_changed.connect(self._mark_playing)
        self.scan.progressed.connect(lambda done, total: page.show_scan(done, total, True))
        self.scan.finished.connect(self._finish_scan)
        self.scan.failed.connect(self._fail_scan)

    def open(self) -> None:
        """List what was found last, and look for what has changed; once."""
        if not self._is_opened:
            self._is_opened = True
            self._engine.request_in_background(lambda: Catalog().entries, self._show_known)

    def choose(self, entry: PluginEntry) -> None:
        """Play an instrument, add an effect to the chain, or say why that cannot be done."""
        if self._is_refused(entry):
            return
        was_left_out = self._engine.loading_marker.allow(entry.name)
        if was_left_out and self._has_missing(entry):
            self._parameters.load_missing()
        elif entry.kind != INSTRUMENT:
            self._chain.add_plugin(entry.name)
        elif self._parameters.patch is None or self._parameters.patch.path != Path(entry.name):
            self._parameters.choose(Path(entry.name))

    def close(self) -> None:
        """Stop the scan."""
        self.scan.close()

    def _mark_playing(self) -> None:
        """Mark on the page what is in the chain that plays."""
        parameters = self._parameters
        names = [str(parameters.patch.path)] if parameters.patch is not None else []
        names += plugins_of(parameters.chain, parameters.missing)
        self._page.set_playing(frozenset(str(parse(name)) for name in names))

    def _show_known(self, entries: list[PluginEntry]) -> None:
        if not self.entries:
            self._set_entries(entries)
        self._start_scan(False)

    def _start_scan(self, is_complete: bool) -> None:
        if not self.scan.busy:
            self._page.show_scan(0, 0, True)
            self.scan.start(is_complete)

    def _finish_scan(self, entries: list[PluginEntry]) -> None:
        self._page.show_scan(0, 0, False)
        if entries != self.entries:
            self._set_entries(entries)

    def _fail_scan(self, why: str) -> None:
        self._page.show_scan(0, 0, False)
        self.notified.emit(why, True)

    def _set_entries(self, entries: list[PluginEntry]) -> None:
        self.entries = entries
        self._page.set_entries(entries, frozenset(self._entry_files.favourites))

    def _add_layer(self, entry: PluginEntry) -> None:
        if not self._is_refused(entry):
            self._engine.loading_marker.allow(entry.name)
            self._chain.add_layer(Path(entry.name))

    def _play_alone(self, entry: PluginEntry) -> None:
        if not self._is_refused(entry):
            self._engine.loading_marker.allow(entry.name)
            self._parameters.choose(Path(entry.name), alone=True)

    def _has_missing(self, entry: PluginEntry) -> bool:
        """Whether a plugin has a place in the chain where it does not play."""
        chain, missing = self._parameters.chain, self._parameters.missing
        effects = [each.source for each in chain.effects if each.kind == PLUGIN and each.slot in missing]
        return entry.name in [str(parse(name)) for name in effects]

    def _is_refused(self, entry: PluginEntry) -> bool:
        """Say why a plugin cannot be played; whether that is so."""
        why = find_hindrance(entry)
        if why:
            self.notified.emit(f"{entry.title}: {why}", True)
        return bool(why)

    def _show_folder(self, entry: PluginEntry) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(Path(entry.path).parent))):
            self.notified.emit(entry.path, False)
