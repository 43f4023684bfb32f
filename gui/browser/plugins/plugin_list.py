"""The list of plugins in the browser: model, view and delegate."""

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from engine.foreign.plugin_entry import PluginEntry
from gui import theme
from gui.browser.entry_list import ENTRY_ROLE, ROW_HEIGHT

from .plugin_search import BROKEN, find_hindrance, kind_of, kind_text

STAR_WIDTH = 24  # pixels at the right end of a row
DOT_SIZE = 6  # pixels, of the mark of what plays


class PluginListModel(QAbstractListModel):
    """The plugins shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: list[PluginEntry] = []
        self.favourites: frozenset[str] = frozenset()
        self.playing: frozenset[str] = frozenset()  # names

    def plays(self, entry: PluginEntry) -> bool:
        """Whether a plugin is in the chain that plays; that of a file with one alone is also called by its file."""
        return entry.name in self.playing or entry.path in self.playing

    def set_entries(self, entries: list[PluginEntry], favourites: frozenset[str]) -> None:
        """Replace the plugins; favourites: names."""
        self.beginResetModel()
        self.entries, self.favourites = entries, favourites
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Number of plugins."""
        return len(self.entries)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The title for display, title and state for screen readers, the plugin itself as ENTRY_ROLE."""
        if not index.isValid() or index.row() >= len(self.entries):
            return None
        entry = self.entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return find_hindrance(entry) or entry.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            star = self.tr("favourite") if entry.name in self.favourites else ""
            mark = self.tr("plays") if self.plays(entry) else ""
            return ", ".join(filter(None, [entry.title, *facts(entry), mark, star, find_hindrance(entry)]))
        return None


class PluginListView(QListView):
    """A list view; a click or Enter emits `chosen`, a second click at once does not."""

    chosen = pyqtSignal(QModelIndex)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty_text = ""  # shown in place of the rows where there are none
        self._is_double = False
        self.setItemDelegate(PluginDelegate(self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMinimumHeight(2 * ROW_HEIGHT)
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

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the current row visible."""
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint a text where there is no row."""
        super().paintEvent(event)
        model, viewport = self.model(), self.viewport()
        if model is not None and viewport is not None and model.rowCount() == 0:
            painter = QPainter(viewport)
            painter.setPen(theme.colour(theme.SECONDARY_TEXT))
            painter.drawText(viewport.rect().adjusted(14, 10, -14, 0), _WRAPPED, self.empty_text)

    def _choose(self, index: QModelIndex) -> None:
        if not self._is_double:
            self.chosen.emit(index)


class PluginDelegate(QStyledItemDelegate):
    """Paints title, facts, a dot beside what plays, and the star of a favourite."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Room for two lines."""
        return QSize(160, ROW_HEIGHT)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint one row."""
        view, entry, model = option.widget, index.data(ENTRY_ROLE), index.model()
        if painter is None or view is None or entry is None or not isinstance(model, PluginListModel):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area, is_selected = option.rect.adjusted(0, 1, -6, -1), bool(option.state & QStyle.StateFlag.State_Selected)
        _paint_background(painter, area, is_selected, bool(option.state & QStyle.StateFlag.State_MouseOver))
        is_starred, hindrance = entry.name in model.favourites, find_hindrance(entry)
        text = area.adjusted(14, 5, -STAR_WIDTH if is_starred else -6, -5)
        colours = (
            theme.SECONDARY_TEXT if hindrance else theme.TEXT,
            (theme.WARNING if kind_of(entry) == BROKEN else theme.SECONDARY_TEXT),
        )
        lines = (entry.title, colours[0], theme.BODY, is_selected), (
            " · ".join(facts(entry)), colours[1], theme.CAPTION, False,
        )  # fmt: skip
        for (words, colour, size, is_bold), side in zip(lines, (_TOP, _BOTTOM), strict=True):
            painter.setFont(theme.sized(view.font(), size, bold=is_bold))
            painter.setPen(theme.colour(colour))
            fitting = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, text.width())
            painter.drawText(text, side, fitting)
        if model.plays(entry):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(theme.ACCENT))
            middle = text.top() + painter.fontMetrics().height() // 2
            painter.drawEllipse(QRect(area.left() + 5, middle - DOT_SIZE // 2 + 1, DOT_SIZE, DOT_SIZE))
        if is_starred:
            painter.setPen(theme.colour(theme.ACCENT))
            painter.drawText(area.adjusted(0, 0, -6, 0), _RIGHT, "★")
        painter.restore()


def facts(entry: PluginEntry) -> list[str]:
    """What a plugin is: kind, maker, format."""
    return [text for text in (kind_text(kind_of(entry)), entry.maker, entry.format) if text]


def _paint_background(painter: QPainter, area: QRect, is_selected: bool, is_hovered: bool) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    if is_selected or is_hovered:
        painter.setBrush(theme.colour(theme.RAISED, 1.0 if is_selected else 0.5))
        painter.drawRoundedRect(area, 7, 7)
    if is_selected:
        painter.setBrush(theme.colour(theme.ACCENT))
        painter.drawRoundedRect(QRect(area.left(), area.top() + 9, 3, area.height() - 18), 1.5, 1.5)


_WRAPPED = int(Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
_TOP, _BOTTOM = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
