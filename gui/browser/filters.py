"""Filters of the browser: text, kind, tag, favourites only."""

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from gui.widgets import factory

from . import catalogue
from .catalogue import Entry, Query


class FilterBar(QWidget):
    """A search field, and the other filters below it."""

    changed = pyqtSignal()
    return_pressed = pyqtSignal()  # in the search field

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search instruments"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self.tr("Search instruments"))
        self.kind, self.tag = QComboBox(), QComboBox()
        for box in (self.kind, self.tag):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(6)
            box.currentIndexChanged.connect(self.changed)
        self.kind.setAccessibleName(self.tr("Kind"))
        self.tag.setAccessibleName(self.tr("Tag"))
        self.favourites_only = factory.tool_button("★", self.tr("Favourites only"), checkable=True, flat=False)
        self.search.textChanged.connect(self.changed)
        self.search.returnPressed.connect(self.return_pressed)
        self.favourites_only.toggled.connect(self.changed)
        self.set_entries([])
        self._lay_out()

    @property
    def query(self) -> Query:
        """The present query."""
        kind, tag = self.kind.currentData() or "", self.tag.currentData() or ""
        return Query(self.search.text(), kind, tag, self.favourites_only.isChecked())

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Offer the kinds and tags of the entries; the selection stays."""
        fill_box(self.kind, self.tr("All kinds"), _label(catalogue.kinds(entries)))
        fill_box(self.tag, self.tr("All tags"), _label(catalogue.tags(entries)))

    def focus_search(self) -> None:
        """Put the focus into the search field."""
        self.search.setFocus()
        self.search.selectAll()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.kind, 1)
        row.addWidget(self.tag, 1)
        row.addWidget(self.favourites_only)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addLayout(row)


def fill_box(box: QComboBox, all_text: str, offers: Sequence[tuple[str, str]]) -> None:
    """Offer all, with empty data, and some texts with their data; the selection stays, nothing is emitted."""
    selected = box.currentData()
    blocked = box.blockSignals(True)
    box.clear()
    box.addItem(all_text, "")
    for text, data in offers:
        box.addItem(text, data)
    box.setCurrentIndex(max(box.findData(selected), 0))
    box.blockSignals(blocked)


def _label(names: Sequence[str]) -> list[tuple[str, str]]:
    return [(catalogue.kind_label(name).capitalize(), name) for name in names]
