"""The browser widget: search, preview, select and manage instruments and saved patches."""

from collections.abc import Callable, Sequence
from functools import partial

from PyQt6.QtCore import QModelIndex, pyqtSignal
from PyQt6.QtWidgets import QMenu, QWidget

from gui.widgets import factory
from session import patch_file

from . import catalogue
from .catalogue import Entry
from .details import DetailsPanel
from .entry_list import EntryListModel, EntryListView
from .entry_page import EntryPage
from .filters import FilterBar
from .row_list import ENTRY_ROLE


class Browser(EntryPage):
    """Filters, a list, and the details of the current entry; moving through the list emits `entry_selected`."""

    entry_selected = pyqtSignal(object)  # Entry, as are all of them
    demo_requested = pyqtSignal(object)
    layer_requested = pyqtSignal(object)
    alone_requested = pyqtSignal(object)
    favourite_toggled = pyqtSignal(object)
    rename_requested = pyqtSignal(object)
    duplicate_requested = pyqtSignal(object)
    show_folder_requested = pyqtSignal(object)
    export_requested = pyqtSignal(object)
    delete_requested = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        self.filters, self.model, self.list = FilterBar(), EntryListModel(), EntryListView()
        self.details = DetailsPanel()
        super().__init__(self.filters, self.model, self.list, self.details, parent)
        self.details.set_menu_tip(self.tr("More about this instrument"), self.tr("Rename, duplicate, delete…"))
        self._entries: list[Entry] = []
        self._favourites: frozenset[str] = frozenset()
        self.current: Entry | None = None
        self.list.setAccessibleName(self.tr("Instruments"))
        self.list.empty_text = self.tr("Reading the instruments…")
        self.learn = factory.push_button(
            self.tr("Learn from a recording…"), tip=self.tr("Make an instrument (Ctrl+L)")
        )
        self._column.addWidget(self.learn)
        self._connect()

    @property
    def shown(self) -> list[Entry]:
        """The entries that match the filters, in order."""
        return self.model.entries

    def set_entries(self, entries: Sequence[Entry], favourites: frozenset[str]) -> None:
        """Set all entries, and the digests of the favourites."""
        self._entries, self._favourites = list(entries), favourites
        self.list.empty_text = self.tr("No instrument matches.")
        self.filters.set_entries(entries)
        self._filter()

    def set_favourites(self, favourites: frozenset[str]) -> None:
        """Set the digests of the favourites."""
        self._favourites = favourites
        self._filter()

    def set_current(self, path: object) -> None:
        """Mark the entry of a path as the current one; emits nothing."""
        self.current = next((entry for entry in self._entries if entry.path == path), None)
        self.details.show_entry(self.current)
        self._show_current()

    def step(self, by: int) -> None:
        """Select the next entry, or the one before, among those shown; wraps around."""
        if not self.shown:
            return
        indices = [i for i, entry in enumerate(self.shown) if self.current and entry.path == self.current.path]
        start = indices[0] if indices else (-1 if by > 0 else 0)
        self._select(self.model.index((start + by) % len(self.shown)))

    def focus_search(self) -> None:
        """Put the focus into the search field."""
        self.filters.focus_search()

    def toggle_favourite(self) -> None:
        """Request that the current entry becomes a favourite, or none."""
        if self.current is not None:
            self.favourite_toggled.emit(self.current)

    def show_demo(self, digest: str) -> None:
        """Mark the instrument whose demo plays; empty: none."""
        self.model.demo = digest
        self.list.repaint_rows()

    def show_learning(self, text: str) -> None:
        """Show the progress of learning on the button; empty: nothing is being learned."""
        self.learn.setText(text or self.tr("Learn from a recording…"))
        self.learn.setAccessibleName(self.learn.text())

    def menu(self, entry: Entry) -> QMenu:
        """The context menu of an entry; factory entries cannot be renamed or deleted."""
        favourite = self.tr("No favourite any more") if entry.digest in self._favourites else self.tr("Favourite")
        readable, own = not entry.error, not (entry.factory or entry.is_external)
        items: list[tuple[str, Callable[[Entry], object], bool]] = [
            (self.tr("Hear a demo"), self.demo_requested.emit, readable),
            (
                self.tr("Play beside what plays"),
                self.layer_requested.emit,
                readable and not patch_file.is_patch(entry.path),
            ),
            (self.tr("Play alone"), self.alone_requested.emit, readable),
            (favourite, self.favourite_toggled.emit, readable),
            (
                self.tr("Keep among my own") if entry.is_external else self.tr("Duplicate"),
                self.duplicate_requested.emit,
                readable,
            ),
            (self.tr("Rename…"), self.rename_requested.emit, own),
            (self.tr("Export…"), self.export_requested.emit, readable),
            (self.tr("Show in folder"), self.show_folder_requested.emit, True),
            (self.tr("Move to the bin"), self.delete_requested.emit, own),
        ]
        return factory.menu(self, [(text, partial(slot, entry), enabled) for text, slot, enabled in items])

    def _connect(self) -> None:
        self.filters.changed.connect(self._filter)
        self.filters.return_pressed.connect(lambda: self.step(1))
        self.list.clicked.connect(self._select)
        self.list.demo_clicked.connect(self._request_demo)
        selection = self.list.selectionModel()
        if selection is not None:
            selection.currentChanged.connect(self._select_focused)
        self.details.favourite_clicked.connect(self.toggle_favourite)

    def _filter(self) -> None:
        entries = catalogue.matching(self._entries, self.filters.query, self._favourites)
        self.model.set_entries(entries, self._favourites)
        self.details.set_favourite(self.current is not None and self.current.digest in self._favourites)
        self._show_current()

    def _show_current(self) -> None:
        if self.current is None:
            self.list.clearSelection()
        for i, entry in enumerate(self.shown):
            if self.current is not None and entry.path == self.current.path:
                selection = self.list.selectionModel()
                assert selection is not None
                blocked = selection.blockSignals(True)
                self.list.setCurrentIndex(self.model.index(i))
                selection.blockSignals(blocked)
                self.list.scrollTo(self.model.index(i))
        self.details.set_favourite(self.current is not None and self.current.digest in self._favourites)
        self.list.repaint_rows()

    def _select(self, index: QModelIndex) -> None:
        entry = index.data(ENTRY_ROLE)
        if entry is not None and (self.current is None or entry.path != self.current.path):
            self.current = entry
            self._show_current()
            self.details.show_entry(entry)
            self.entry_selected.emit(entry)

    def _request_demo(self, index: QModelIndex) -> None:
        entry = index.data(ENTRY_ROLE)
        if entry is not None and not entry.error:
            self.demo_requested.emit(entry)

    def _select_focused(self, index: QModelIndex) -> None:
        """Select by the arrow keys."""
        if self.list.hasFocus():
            self._select(index)

    def _current_entry(self) -> Entry | None:
        return self.current
