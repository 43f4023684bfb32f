"""The browser: find an instrument while typing, and keep house among one's own."""

from collections.abc import Callable, Sequence
from functools import partial

from PyQt6.QtCore import QModelIndex, QPoint, Qt, pyqtSignal
from PyQt6.QtWidgets import QAbstractItemView, QFrame, QMenu, QVBoxLayout, QWidget

from gui.widgets import factory as parts
from session import patch_file

from . import catalogue
from .catalogue import Entry
from .details import DetailsPanel
from .filters import FilterBar
from .preset_list import ENTRY_ROLE, ROW_HEIGHT, PresetListModel, PresetDelegate, PresetListView


class Browser(QFrame):
    """A list that `chosen` is said of with every move through it, filters above it, and the details below."""

    chosen = pyqtSignal(object)  # Entry
    demo = pyqtSignal(object)
    beside = pyqtSignal(object)
    loved = pyqtSignal(object)
    rename = pyqtSignal(object)
    duplicate = pyqtSignal(object)
    show_folder = pyqtSignal(object)
    export = pyqtSignal(object)
    discard = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._entries: list[Entry] = []
        self._favourites: frozenset[str] = frozenset()
        self._current: Entry | None = None
        self.filters = FilterBar()
        self._model = PresetListModel(self)
        self._list = PresetListView()
        self._list.setAccessibleName(self.tr("Instruments"))
        self.learn = parts.push_button(self.tr("Learn from a recording…"), tip=self.tr("Make an instrument (Ctrl+L)"))
        self.details = DetailsPanel()
        self._lay_out()
        self._connect()

    @property
    def shown(self) -> list[Entry]:
        """The entries that meet the filters, in order."""
        return self._model.entries

    def set_entries(self, entries: Sequence[Entry], favourites: frozenset[str]) -> None:
        """Show what there is."""
        self._entries, self._favourites = list(entries), favourites
        self.filters.set_entries(entries)
        self._filter()

    def set_favourites(self, favourites: frozenset[str]) -> None:
        """Show other stars."""
        self._favourites = favourites
        self._filter()

    def set_current(self, path: object) -> None:
        """Mark the entry of a path as the one that plays, without choosing it again."""
        self._current = next((entry for entry in self._entries if entry.path == path), None)
        self.details.show_entry(self._current)
        self._mark()

    def step(self, by: int) -> None:
        """Choose the next entry, or the one before, among those shown; around the ends."""
        if not self.shown:
            return
        places = [i for i, entry in enumerate(self.shown) if self._current and entry.path == self._current.path]
        start = places[0] if places else (-1 if by > 0 else 0)
        self._choose(self._model.index((start + by) % len(self.shown)))

    def search(self) -> None:
        """Go to where one types."""
        self.filters.begin()

    def love(self) -> None:
        """Star what plays, or take its star away."""
        if self._current is not None:
            self.loved.emit(self._current)

    def show_heard(self, digest: str) -> None:
        """Mark the instrument whose demo is heard; nothing: none."""
        self._model.heard = digest
        viewport = self._list.viewport()
        if viewport is not None:
            viewport.update()

    def show_learning(self, words: str) -> None:
        """Say what is being learned, and how far it is; nothing when nothing is."""
        self.learn.setText(words or self.tr("Learn from a recording…"))
        self.learn.setAccessibleName(self.learn.text())

    def menu(self, entry: Entry) -> QMenu:
        """What can be done with an entry; the factory's can only be looked at and copied."""
        love = self.tr("No favourite any more") if entry.digest in self._favourites else self.tr("Favourite")
        whole, own = not entry.fault, not (entry.factory or entry.elsewhere)
        offers: list[tuple[str, Callable[[Entry], object], bool]] = [
            (self.tr("Hear a demo"), self.demo.emit, whole),
            (self.tr("Play beside what plays"), self.beside.emit, whole and not patch_file.is_patch(entry.path)),
            (love, self.loved.emit, whole),
            (self.tr("Keep among my own") if entry.elsewhere else self.tr("Duplicate"), self.duplicate.emit, whole),
            (self.tr("Rename…"), self.rename.emit, own),
            (self.tr("Export…"), self.export.emit, whole),
            (self.tr("Show in folder"), self.show_folder.emit, True),
            (self.tr("Move to the bin"), self.discard.emit, own),
        ]
        return parts.menu(self, [(words, partial(work, entry), allowed) for words, work, allowed in offers])

    def _lay_out(self) -> None:
        self._list.setModel(self._model)
        self._list.setItemDelegate(PresetDelegate(self._list))
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.filters)
        self._list.setMinimumHeight(4 * ROW_HEIGHT)
        column.addWidget(self._list, 3)
        column.addWidget(self.details, 2)
        column.addWidget(self.learn)

    def _connect(self) -> None:
        self.filters.changed.connect(self._filter)
        self.filters.entered.connect(lambda: self.step(1))
        self._list.clicked.connect(self._choose)
        self._list.asked.connect(self._hear)
        self._list.customContextMenuRequested.connect(self._offer)
        selection = self._list.selectionModel()
        if selection is not None:
            selection.currentChanged.connect(self._move)
        self.details.more.connect(self._offer_more)
        self.details.loved.connect(self.love)

    def _filter(self) -> None:
        found = catalogue.matching(self._entries, self.filters.wish, self._favourites)
        self._model.show(found, self._favourites)
        self.details.set_loved(self._current is not None and self._current.digest in self._favourites)
        self._mark()

    def _mark(self) -> None:
        if self._current is None:
            self._list.clearSelection()
        for i, entry in enumerate(self.shown):
            if self._current is not None and entry.path == self._current.path:
                selection = self._list.selectionModel()
                assert selection is not None
                blocked = selection.blockSignals(True)
                self._list.setCurrentIndex(self._model.index(i))
                selection.blockSignals(blocked)
                self._list.scrollTo(self._model.index(i))
        self.details.set_loved(self._current is not None and self._current.digest in self._favourites)
        viewport = self._list.viewport()
        if viewport is not None:
            viewport.update()

    def _choose(self, index: QModelIndex) -> None:
        entry = index.data(ENTRY_ROLE)
        if entry is not None and (self._current is None or entry.path != self._current.path):
            self._current = entry
            self._mark()
            self.details.show_entry(entry)
            self.chosen.emit(entry)

    def _hear(self, index: QModelIndex) -> None:
        entry = index.data(ENTRY_ROLE)
        if entry is not None and not entry.fault:
            self.demo.emit(entry)

    def _move(self, index: QModelIndex) -> None:
        """The arrow keys choose as they go."""
        if self._list.hasFocus():
            self._choose(index)

    def _offer_more(self) -> None:
        if self._current is not None:
            self._offer_at(self._current, self.details.corner())

    def _offer(self, point: QPoint) -> None:
        entry = self._list.indexAt(point).data(ENTRY_ROLE)
        viewport = self._list.viewport()
        if entry is not None and viewport is not None:
            self._offer_at(entry, viewport.mapToGlobal(point))

    def _offer_at(self, entry: Entry, point: QPoint) -> None:
        self.menu(entry).popup(point)
