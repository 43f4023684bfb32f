"""The list of plugins in the browser: model, view and delegate."""

from PyQt6.QtCore import QModelIndex, QRect, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PyQt6.QtWidgets import QWidget

from engine.foreign.plugin_entry import PluginEntry
from gui import theme
from gui.browser.row_list import Row, RowDelegate, RowListModel, RowListView, paint_lines, paint_star

from .plugin_search import BROKEN, find_hindrance, kind_of, kind_text

STAR_WIDTH = 24  # pixels at the right end of a row
DOT_SIZE = 6  # pixels, of the mark of what plays


class PluginListModel(RowListModel):
    """The plugins shown; favourites by their names."""

    entries: list[PluginEntry]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.playing: frozenset[str] = frozenset()  # names

    def plays(self, entry: PluginEntry) -> bool:
        """Whether a plugin is in the chain that plays; that of a file with one alone is also called by its file."""
        return entry.name in self.playing or entry.path in self.playing

    def text(self, entry: PluginEntry, role: int) -> str | None:
        """The title for display, title and state for screen readers."""
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return find_hindrance(entry) or entry.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            star = self.tr("favourite") if entry.name in self.favourites else ""
            mark = self.tr("plays") if self.plays(entry) else ""
            return ", ".join(filter(None, [entry.title, *facts(entry), mark, star, find_hindrance(entry)]))
        return None


class PluginListView(RowListView):
    """A list view; a click or Enter emits `chosen`, a second click at once does not."""

    chosen = pyqtSignal(QModelIndex)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(PluginDelegate(), parent)
        self._is_double = False
        self.clicked.connect(self._choose)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Begin a click."""
        self._is_double = False
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Leave out the second click of two."""
        self._is_double = True
        super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Choose by Enter."""
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid() and not event.isAutoRepeat():
                self.chosen.emit(self.currentIndex())
            return
        super().keyPressEvent(event)

    def _choose(self, index: QModelIndex) -> None:
        if not self._is_double:
            self.chosen.emit(index)


class PluginDelegate(RowDelegate):
    """Paints title, facts, a dot beside what plays, and the star of a favourite."""

    def paint_entry(self, painter: QPainter, row: Row, model: RowListModel) -> None:
        """Paint a plugin."""
        entry: PluginEntry = row.entry
        is_starred = entry.name in model.favourites
        title_colour = theme.SECONDARY_TEXT if find_hindrance(entry) else theme.TEXT
        facts_colour = theme.WARNING if kind_of(entry) == BROKEN else theme.SECONDARY_TEXT
        top, bottom = (entry.title, title_colour), (" · ".join(facts(entry)), facts_colour)
        paint_lines(painter, row, STAR_WIDTH if is_starred else 6, top, bottom)
        if isinstance(model, PluginListModel) and model.plays(entry):
            _paint_dot(painter, row)
        if is_starred:
            paint_star(painter, row, 6)


def facts(entry: PluginEntry) -> list[str]:
    """What a plugin is: kind, maker, format."""
    return [text for text in (kind_text(kind_of(entry)), entry.maker, entry.format) if text]


def _paint_dot(painter: QPainter, row: Row) -> None:
    """Mark what plays, beside its title."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(theme.ACCENT))
    middle = row.area.top() + 6 + painter.fontMetrics().height() // 2
    painter.drawEllipse(QRect(row.area.left() + 5, middle - DOT_SIZE // 2, DOT_SIZE, DOT_SIZE))
