"""Which instruments are looked for: words, a kind, a tag, favourites only."""

from collections.abc import Sequence

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from gui.widgets import factory

from . import catalogue
from .catalogue import Entry, Query


class FilterBar(QWidget):
    """A line to type in, and what narrows the choice below it."""

    changed = pyqtSignal()
    entered = pyqtSignal()  # Enter, where one types

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
        self.only = factory.tool_button("★", self.tr("Favourites only"), checkable=True, flat=False)
        self.search.textChanged.connect(self.changed)
        self.search.returnPressed.connect(self.entered)
        self.only.toggled.connect(self.changed)
        self._lay_out()

    @property
    def wish(self) -> Query:
        """What is looked for."""
        kind, tag = self.kind.currentData() or "", self.tag.currentData() or ""
        return Query(self.search.text(), kind, tag, self.only.isChecked())

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Offer the kinds and tags that there are; what was chosen stays."""
        self._fill(self.kind, self.tr("All kinds"), catalogue.kinds(entries))
        self._fill(self.tag, self.tr("All tags"), catalogue.tags(entries))

    def begin(self) -> None:
        """Go to where one types."""
        self.search.setFocus()
        self.search.selectAll()

    def _fill(self, box: QComboBox, every: str, names: Sequence[str]) -> None:
        chosen = box.currentData()
        blocked = box.blockSignals(True)
        box.clear()
        box.addItem(every, "")
        for name in names:
            box.addItem(catalogue.words_of(name).capitalize(), name)
        box.setCurrentIndex(max(box.findData(chosen), 0))
        box.blockSignals(blocked)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.kind, 1)
        row.addWidget(self.tag, 1)
        row.addWidget(self.only)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addLayout(row)
