"""Generic editor: search, and the list of the parameters of a plugin that has more than a row of knobs shows."""

from collections.abc import Collection, Mapping

from PyQt6.QtCore import QEvent, QObject, QSize, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from gui import theme
from gui.widgets import factory
from gui.widgets.knob.spec import KnobSpec

from .delegate import ROW_HEIGHT
from .model import Heading
from .view import ParameterListView

MIN_ROWS, WANTED_ROWS = 4, 9  # that are seen at once
MAX_SEARCH_WIDTH = 340  # pixels


class ParameterEditor(QWidget):
    """A field that finds parameters by name, group and unit, and a list of rows that are painted, not made."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search parameters"))
        self.search.setToolTip(self.tr("Search by name, group and unit (Ctrl+F)"))
        self.search.setAccessibleName(self.tr("Search parameters"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(MAX_SEARCH_WIDTH)
        self.fold = factory.tool_button(self.tr("Fold all"), self.tr("Fold all groups, or unfold them"))
        self.count = factory.label(step=theme.CAPTION, secondary=True)
        self.list = ParameterListView()
        self.list.setMinimumHeight(MIN_ROWS * ROW_HEIGHT)
        self._indices: frozenset[int] = frozenset()
        self._lay_out()
        self.search.textChanged.connect(self._find)
        self.search.returnPressed.connect(self._enter_list)
        self.search.installEventFilter(self)
        self.fold.clicked.connect(self._fold_all)
        self.list.rows.modelReset.connect(self._show_state)

    @property
    def specs(self) -> Mapping[int, KnobSpec]:
        """The parameters that it can show, by index."""
        return self.list.rows.specs

    @property
    def has_focus(self) -> bool:
        """Whether keys go to it."""
        return self.search.hasFocus() or self.list.hasFocus() or self._is_typing()

    def set_specs(self, specs: Mapping[int, KnobSpec]) -> None:
        """Set the parameters of all plugins that it can show; those that it showed stay, if they are the same."""
        is_same = {index: spec.name for index, spec in specs.items()} == {
            index: spec.name for index, spec in self.specs.items()
        }
        shown, current, bar = self._indices, self.list.currentIndex().row(), self.list.verticalScrollBar()
        top = bar.value() if bar is not None else 0
        self._indices = frozenset()
        self.list.rows.set_specs(specs)
        if not is_same:
            self.list.end_gesture()
            self.search.clear()
            return
        self.set_shown(shown)
        self.list.setCurrentIndex(self.list.rows.index(current))
        self.list.executeDelayedItemsLayout()
        if bar is not None:
            bar.setValue(top)

    def set_shown(self, indices: Collection[int]) -> None:
        """Show the parameters of these indices."""
        if self._indices != frozenset(indices):
            self._indices = frozenset(indices)
            self.list.rows.set_shown(self._indices)

    def focus_search(self) -> None:
        """Put the focus into the search field."""
        self.search.setFocus()
        self.search.selectAll()

    def sizeHint(self) -> QSize:
        """Room for some rows."""
        return QSize(900, self.search.sizeHint().height() + WANTED_ROWS * ROW_HEIGHT)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Go from the search field to the list by the arrow down."""
        is_down = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if is_down and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Down:
            self._enter_list()
            return True
        return False

    def _enter_list(self) -> None:
        """Go to the current row, or to the first parameter that is found."""
        rows = self.list.rows
        if not self.list.currentIndex().isValid():
            first = next((place for place, row in enumerate(rows.rows) if not isinstance(row, Heading)), 0)
            self.list.setCurrentIndex(rows.index(first))
        self.list.setFocus()

    def _find(self, text: str) -> None:
        self.list.rows.find(text)
        self.list.scrollToTop()

    def _fold_all(self) -> None:
        self.list.rows.fold_all(not self.list.rows.is_folded)

    def _show_state(self) -> None:
        rows = self.list.rows
        self.fold.setVisible(any(isinstance(row, Heading) for row in rows.rows))
        self.fold.setText(self.tr("Unfold all") if rows.is_folded else self.tr("Fold all"))
        found, total = rows.found_count, len(self._indices)
        words = self.tr("{0} of {1} parameters") if rows.words else self.tr("{1} parameters")
        self.count.setText(words.replace("{0}", str(found)).replace("{1}", str(total)))

    def _is_typing(self) -> bool:
        viewport = self.list.viewport()
        return viewport is not None and any(each.hasFocus() for each in viewport.findChildren(QLineEdit))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.GAP)
        row.addWidget(self.search, 1)
        row.addWidget(self.fold)
        row.addWidget(self.count)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.list, 1)
