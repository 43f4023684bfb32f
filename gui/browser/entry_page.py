"""A page of the browser: filters, a list of entries with a menu each, and the details of the current one."""

from typing import Any

from PyQt6.QtCore import QPoint
from PyQt6.QtWidgets import QFrame, QMenu, QVBoxLayout, QWidget

from .details import DetailsPanel
from .row_list import ENTRY_ROLE, RowListModel, RowListView


class EntryPage(QFrame):
    """Lays out what a subclass gives it, and opens the menu of an entry from the list and from the details."""

    def __init__(
        self, filters: QWidget, model: RowListModel, view: RowListView, details: DetailsPanel,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setObjectName("panel")
        self._view, self._details = view, details
        model.setParent(self)
        view.setModel(model)
        view.customContextMenuRequested.connect(self._open_list_menu)
        details.menu_requested.connect(self._open_details_menu)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 12, 12, 12)
        self._column.setSpacing(8)
        self._column.addWidget(filters)
        self._column.addWidget(view, 3)
        self._column.addWidget(details, 2)

    def menu(self, entry: Any) -> QMenu:
        """The context menu of an entry."""
        raise NotImplementedError

    def _current_entry(self) -> Any:
        """The entry whose details are shown; None: there is none."""
        raise NotImplementedError

    def _open_details_menu(self) -> None:
        entry = self._current_entry()
        if entry is not None:
            self.menu(entry).popup(self._details.menu_point())

    def _open_list_menu(self, point: QPoint) -> None:
        entry = self._view.indexAt(point).data(ENTRY_ROLE)
        viewport = self._view.viewport()
        if entry is not None and viewport is not None:
            self.menu(entry).popup(viewport.mapToGlobal(point))
