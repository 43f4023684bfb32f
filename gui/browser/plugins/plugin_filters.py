"""Filters of the list of plugins: text, kind, maker, format, favourites only."""

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from engine.foreign.plugin_entry import PluginEntry
from gui.browser.filters import fill_box
from gui.widgets import factory

from .plugin_search import KINDS, PluginQuery, kind_of, kind_text


class PluginFilters(QWidget):
    """A search field, and the other filters below it."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search plugins"))
        self.search.setAccessibleName(self.tr("Search plugins"))
        self.search.setClearButtonEnabled(True)
        self.kind, self.maker, self.format = QComboBox(), QComboBox(), QComboBox()
        names = self.tr("Kind of plugin"), self.tr("Maker"), self.tr("Format")
        for box, name in zip((self.kind, self.maker, self.format), names, strict=True):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(6)
            box.setAccessibleName(name)
            box.currentIndexChanged.connect(self.changed)
        self.favourites_only = factory.tool_button("★", self.tr("Favourites only"), checkable=True, flat=False)
        self.favourites_only.toggled.connect(self.changed)
        self.search.textChanged.connect(self.changed)
        self.set_entries([])
        self._lay_out()

    @property
    def query(self) -> PluginQuery:
        """The present query."""
        made_by, kind, kept = self.maker.currentData(), self.kind.currentData(), self.format.currentData()
        return PluginQuery(
            self.search.text(), kept or "", made_by or "", kind or "", self.favourites_only.isChecked()
        )

    def set_entries(self, entries: Sequence[PluginEntry]) -> None:
        """Offer what the plugins are; the selection stays."""
        kinds = {kind_of(entry) for entry in entries}
        formats, makers = {entry.format for entry in entries}, {entry.maker for entry in entries if entry.maker}
        offered = [(kind_text(kind).capitalize(), kind) for kind in KINDS if kind in kinds]
        fill_box(self.kind, self.tr("All kinds"), offered)
        fill_box(self.maker, self.tr("All makers"), [(each, each) for each in sorted(makers, key=str.casefold)])
        fill_box(self.format, self.tr("All formats"), [(each, each) for each in sorted(formats)])

    def focus_search(self) -> None:
        """Put the focus into the search field."""
        self.search.setFocus()
        self.search.selectAll()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(8)
        grid.addWidget(self.search, 0, 0)
        grid.addWidget(self.favourites_only, 0, 1)
        boxes = QGridLayout()
        boxes.setHorizontalSpacing(6)
        boxes.setVerticalSpacing(8)
        boxes.addWidget(self.maker, 0, 0, 1, 2)
        boxes.addWidget(self.kind, 1, 0)
        boxes.addWidget(self.format, 1, 1)
        grid.addLayout(boxes, 1, 0, 1, 2)
