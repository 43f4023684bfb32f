"""The page of plugins: search in all that are installed, play one or add it to the chain."""

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QModelIndex, pyqtSignal
from PyQt6.QtWidgets import QMenu, QProgressBar, QWidget

from engine.foreign.plugin_entry import INSTRUMENT, PluginEntry
from gui.browser.details import DetailsPanel
from gui.browser.entry_page import EntryPage
from gui.browser.row_list import ENTRY_ROLE
from gui.widgets import factory

from .plugin_filters import PluginFilters
from .plugin_list import PluginListModel, PluginListView
from .plugin_search import find_hindrance, kind_of, kind_text, matching


class PluginPage(EntryPage):
    """Filters, a list, and the details of the current plugin."""

    chosen = pyqtSignal(object)  # PluginEntry, as are the next ones: to be played, or added to the chain
    layer_requested = pyqtSignal(object)
    alone_requested = pyqtSignal(object)
    favourite_toggled = pyqtSignal(object)
    show_folder_requested = pyqtSignal(object)
    scan_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self.filters, self.model, self.list = PluginFilters(), PluginListModel(), PluginListView()
        self.details = DetailsPanel()
        super().__init__(self.filters, self.model, self.list, self.details, parent)
        self.details.set_menu_tip(self.tr("More about this plugin"), self.tr("Play, favourite, folder…"))
        self._entries: list[PluginEntry] = []
        self._favourites: frozenset[str] = frozenset()
        self._is_scanning = False
        self.list.setAccessibleName(self.tr("Plugins"))
        self.scan_button = factory.push_button(self.tr("Look again"), tip=self.tr("Open all plugins again"))
        self._progress_bar = QProgressBar()
        self._progress_bar.setTextVisible(False)
        self._progress_bar.setAccessibleName(self.tr("Progress of the scan"))
        self._lay_out()
        self._connect()
        self.show_scan(0, 0, False)

    @property
    def shown(self) -> list[PluginEntry]:
        """The plugins that match the filters, in order."""
        return self.model.entries

    @property
    def current(self) -> PluginEntry | None:
        """The plugin whose details are shown."""
        entry: PluginEntry | None = self.list.currentIndex().data(ENTRY_ROLE)
        return entry

    def set_entries(self, entries: Sequence[PluginEntry], favourites: frozenset[str]) -> None:
        """Set all plugins, and the names of the favourites."""
        self._entries, self._favourites = list(entries), favourites
        self.filters.set_entries(entries)
        self._filter()

    def set_favourites(self, favourites: frozenset[str]) -> None:
        """Set the names of the favourites."""
        self._favourites = self.model.favourites = favourites
        if self.filters.query.favourites:
            self._filter()
        else:  # the list stays where it was scrolled to
            self._show_details()
            self.list.repaint_rows()

    def set_playing(self, names: frozenset[str]) -> None:
        """Set the names of the plugins that play, which are marked."""
        if names != self.model.playing:
            self.model.playing = names
            self.list.repaint_rows()

    def show_scan(self, done: int, total: int, is_scanning: bool) -> None:
        """Show the progress of a scan: plugins done and known so far; total 0: it has just begun."""
        self._is_scanning = is_scanning
        count = self.tr("Looking at plugins: {0} of {1}").format(done, total)
        begun = self.tr("Looking for plugins…")
        self.scan_button.setText((count if total else begun) if is_scanning else self.tr("Look again"))
        self.scan_button.setAccessibleName(self.scan_button.text())
        self.scan_button.setEnabled(not is_scanning)
        self._progress_bar.setVisible(is_scanning)
        self._progress_bar.setMaximum(max(total, 1))
        self._progress_bar.setValue(done)
        self._show_empty_text()

    def focus_search(self) -> None:
        """Put the focus into the search field."""
        self.filters.focus_search()

    def toggle_favourite(self) -> None:
        """Request that the current plugin becomes a favourite, or none."""
        if self.current is not None:
            self.favourite_toggled.emit(self.current)

    def menu(self, entry: PluginEntry) -> QMenu:
        """The context menu of a plugin."""
        favourite = self.tr("No favourite any more") if entry.name in self._favourites else self.tr("Favourite")
        is_playable, is_instrument = not find_hindrance(entry), entry.kind == INSTRUMENT
        items: list[tuple[str, Callable[[], object], bool]] = [
            (
                self.tr("Play") if is_instrument else self.tr("Add to the chain"),
                lambda: self.chosen.emit(entry),
                is_playable,
            ),
            (
                self.tr("Play beside what plays"),
                lambda: self.layer_requested.emit(entry),
                is_playable and is_instrument,
            ),
            (self.tr("Play alone"), lambda: self.alone_requested.emit(entry), is_playable and is_instrument),
            (favourite, lambda: self.favourite_toggled.emit(entry), True),
            (self.tr("Show in folder"), lambda: self.show_folder_requested.emit(entry), bool(entry.path)),
        ]
        return factory.menu(self, items)

    def _lay_out(self) -> None:
        policy = self._progress_bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # nothing moves when a scan begins
        self._progress_bar.setSizePolicy(policy)
        self._column.addWidget(self.scan_button)
        self._column.addWidget(self._progress_bar)

    def _connect(self) -> None:
        self.filters.changed.connect(self._filter)
        self.list.chosen.connect(self._choose)
        self.details.favourite_clicked.connect(self.toggle_favourite)
        self.scan_button.clicked.connect(self.scan_requested)
        selection = self.list.selectionModel()
        if selection is not None:
            selection.currentChanged.connect(self._show_details)

    def _filter(self) -> None:
        """Show what matches; the current plugin stays the current one."""
        current = self.current
        self.model.set_entries(matching(self._entries, self.filters.query, self._favourites), self._favourites)
        if current is not None and current in self.shown:
            self.list.setCurrentIndex(self.model.index(self.shown.index(current)))
        self._show_details()
        self._show_empty_text()

    def _show_details(self, *_: object) -> None:
        entry = self.current
        if entry is None:
            self.details.show_entry(None)
            return
        facts = [
            (self.tr("Kind"), kind_text(kind_of(entry))), (self.tr("Maker"), entry.maker),
            (self.tr("Format"), entry.format), (self.tr("Name"), entry.name), (self.tr("File"), entry.path),
        ]  # fmt: skip
        self.details.show_facts(entry.title, find_hindrance(entry), [fact for fact in facts if fact[1]])
        self.details.set_favourite(entry.name in self._favourites)

    def _show_empty_text(self) -> None:
        found, none = self.tr("No plugin matches."), self.tr("There are no plugins: neither CLAP nor LV2.")
        waiting = self.tr("Looking for plugins…")
        self.list.empty_text = found if self._entries else waiting if self._is_scanning else none
        self.list.repaint_rows()

    def _choose(self, index: QModelIndex) -> None:
        entry = index.data(ENTRY_ROLE)
        if entry is not None:
            self.chosen.emit(entry)

    def _current_entry(self) -> PluginEntry | None:
        return self.current
