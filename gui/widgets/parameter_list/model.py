"""Model of the parameter list: the parameters that are found, below the headings of their groups."""

import html
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from PyQt6.QtCore import QAbstractListModel, QModelIndex, Qt
from PyQt6.QtWidgets import QWidget

from gui.widgets.knob.spec import KnobSpec

from .groups import sort_groups

ROW_ROLE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Heading:
    """A row above the parameters of a group. count: of those that are found."""

    title: str
    count: int
    is_open: bool


Row = Heading | int  # of a parameter: its index


class ParameterListModel(QAbstractListModel):
    """Rows are headings and indices of parameters; values are shown, and changed by the owner alone."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.specs: dict[int, KnobSpec] = {}
        self.values: dict[int, float] = {}
        self.rows: list[Row] = []
        self.controllers: dict[int, int | None] = {}
        self.positions: dict[int, float] = {}  # of controllers that have not picked up their values, 0..1
        self.learning: int | None = None
        self.words: list[str] = []  # all of which a parameter must have to be found, in lower case
        self._shown: list[int] = []
        self._texts: dict[int, str] = {}  # in which words are looked for
        self._places: dict[int, int] = {}  # row of each parameter that has one
        self._folded: set[str] = set()  # titles of headings
        self._folded_found: set[str] = set()  # the same while something is looked for

    def set_specs(self, specs: Mapping[int, KnobSpec]) -> None:
        """Set all parameters, by index; none is shown yet."""
        self.specs = dict(specs)
        self.values = {index: spec.default for index, spec in specs.items()}
        self._texts = {
            index: " ".join((spec.label, spec.group, spec.unit)).casefold() for index, spec in specs.items()
        }
        self.set_shown([])

    def set_shown(self, indices: Collection[int]) -> None:
        """Show the parameters of these indices, those that are found."""
        self._shown = [index for index in self.specs if index in indices]
        self._build()

    def find(self, text: str) -> None:
        """Show only the parameters that have all words of a text in their names, groups and units."""
        self.words, self._folded_found = text.casefold().split(), set()
        self._build()

    def set_value(self, index: int, value: float) -> None:
        """Show a value."""
        if index in self.specs:
            self.values[index] = self.specs[index].clamp(value)
            self._repaint({index})

    def set_controllers(self, controllers: Mapping[int, int | None], learning: int | None) -> None:
        """Show the MIDI controllers of the parameters, and the one that waits for a controller."""
        found = {index: controllers.get(index) for index in self.specs}
        changed = {index for index, cc in found.items() if cc != self.controllers.get(index)}
        changed |= {index for index in (learning, self.learning) if index is not None}
        self.controllers, self.learning = found, learning
        self._repaint(changed)

    def set_positions(self, positions: Mapping[int, float]) -> None:
        """Mark the controllers that have not picked up their values yet."""
        before, self.positions = self.positions, {
            index: place for index, place in positions.items() if index in self.specs
        }  # fmt: skip
        self._repaint({index for index, _ in before.items() ^ self.positions.items()})

    def text(self, index: int) -> str:
        """The value of a parameter as text, or that it waits for a controller."""
        return self.tr("CC…?") if index == self.learning else self.specs[index].format(self.values[index])

    def place(self, index: int) -> QModelIndex:
        """The row of a parameter; none where it is not shown."""
        return self.index(self._places[index]) if index in self._places else QModelIndex()

    def toggle(self, row: int) -> None:
        """Fold or unfold the group of a heading."""
        heading = self.rows[row]
        if isinstance(heading, Heading):
            (self._folded_found if self.words else self._folded).symmetric_difference_update({heading.title})
            self._build()

    def fold_all(self, is_folded: bool) -> None:
        """Fold all groups, or none."""
        titles = {row.title for row in self.rows if isinstance(row, Heading)} if is_folded else set()
        if self.words:
            self._folded_found = titles
        else:
            self._folded = titles
        self._build()

    @property
    def is_folded(self) -> bool:
        """Whether there are groups, and all are folded."""
        headings = [row for row in self.rows if isinstance(row, Heading)]
        return bool(headings) and not any(row.is_open for row in headings)

    @property
    def found_count(self) -> int:
        """How many parameters are found, also in groups that are folded."""
        return sum(1 for index in self._shown if self._is_found(index))

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Number of rows."""
        return len(self.rows)

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        """The value of a parameter can be typed."""
        is_param = index.isValid() and index.row() < len(self.rows) and isinstance(self.rows[index.row()], int)
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable if is_param else super().flags(index)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The name for display, name and value for screen readers, help as a tool tip, the row as ROW_ROLE."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title if isinstance(row, Heading) else self.specs[row].label
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row)
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(row, int):
            return self._tip(row)
        return None

    def _spoken(self, row: Row) -> str:
        if isinstance(row, int):
            return f"{self.specs[row].label}, {self.text(row)}"
        return f"{row.title}, {self.tr('open') if row.is_open else self.tr('folded')}"

    def _tip(self, index: int) -> str:
        spec, cc = self.specs[index], self.controllers.get(index)
        by = self.tr("turned by CC {0}").format(cc) if cc is not None else self.tr("no controller")
        return f"<b>{html.escape(spec.heading)}</b> · {by}<br>{html.escape(spec.help)}"

    def _is_found(self, index: int) -> bool:
        return all(word in self._texts[index] for word in self.words)

    def _build(self) -> None:
        self.beginResetModel()
        groups: dict[str, list[int]] = {"": []}  # those without one come first
        for index in filter(self._is_found, self._shown):
            groups.setdefault(self.specs[index].group, []).append(index)
        folded = self._folded_found if self.words else self._folded
        self.rows = []
        for group in sort_groups(groups):
            members = groups[group]
            title = group or self.tr("General")
            is_open = title not in folded or len(groups) == 1
            if members and len(groups) > 1:
                self.rows.append(Heading(title, len(members), is_open))
            self.rows += members if is_open else []
        self._places = {row: place for place, row in enumerate(self.rows) if isinstance(row, int)}
        self.endResetModel()

    def _repaint(self, indices: Collection[int]) -> None:
        for place in map(self.place, indices):
            if place.isValid():
                self.dataChanged.emit(place, place)
