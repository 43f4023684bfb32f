"""Lists of the browser, with a row of two lines for each entry: what their models, views and delegates share."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QRect, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui import theme

ENTRY_ROLE = Qt.ItemDataRole.UserRole
ROW_HEIGHT = 42  # pixels
ColouredText = tuple[str, theme.Role]


class RowListModel(QAbstractListModel):
    """The entries shown; what is told of one is for a subclass to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: list[Any] = []
        self.favourites: frozenset[str] = frozenset()

    def set_entries(self, entries: Sequence[Any], favourites: frozenset[str]) -> None:
        """Replace the entries; favourites: of all of them, as the owner of the list names them."""
        self.beginResetModel()
        self.entries, self.favourites = list(entries), favourites
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Number of entries."""
        return len(self.entries)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The entry itself as ENTRY_ROLE, else its text."""
        if not index.isValid() or index.row() >= len(self.entries):
            return None
        entry = self.entries[index.row()]
        return entry if role == ENTRY_ROLE else self.text(entry, role)

    def text(self, entry: Any, role: int) -> str | None:
        """What is told of an entry in a role; None for roles without a text."""
        raise NotImplementedError


class RowListView(QListView):
    """A list view that says where it has no row."""

    def __init__(self, delegate: "RowDelegate", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty_text = ""  # shown in place of the rows where there are none
        delegate.setParent(self)
        self.setItemDelegate(delegate)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMinimumHeight(2 * ROW_HEIGHT)

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

    def repaint_rows(self) -> None:
        """Paint all rows anew, soon."""
        viewport = self.viewport()
        if viewport is not None:
            viewport.update()


@dataclass(frozen=True)
class Row:
    """A row to be painted: an entry and its place."""

    entry: Any
    view: QWidget
    area: QRect
    is_selected: bool
    is_hovered: bool


class RowDelegate(QStyledItemDelegate):
    """Paints the background of a row; a subclass paints the entry on it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Room for two lines."""
        return QSize(160, ROW_HEIGHT)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint one row."""
        view, entry, model = option.widget, index.data(ENTRY_ROLE), index.model()
        if painter is None or view is None or entry is None or not isinstance(model, RowListModel):
            return
        states = (QStyle.StateFlag.State_Selected, QStyle.StateFlag.State_MouseOver)
        is_selected, is_hovered = (bool(option.state & state) for state in states)
        row = Row(entry, view, option.rect.adjusted(0, 1, -6, -1), is_selected, is_hovered)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_background(painter, row)
        self.paint_entry(painter, row, model)
        painter.restore()

    def paint_entry(self, painter: QPainter, row: Row, model: RowListModel) -> None:
        """Paint the entry of a row."""
        raise NotImplementedError


def paint_lines(painter: QPainter, row: Row, right_margin: int, top: ColouredText, bottom: ColouredText) -> None:
    """Paint the two lines of a row, as far as there is room."""
    area = row.area.adjusted(14, 5, -right_margin, -5)
    for (text, colour), side, size, is_bold in (
        (top, Qt.AlignmentFlag.AlignTop, theme.BODY, row.is_selected),
        (bottom, Qt.AlignmentFlag.AlignBottom, theme.CAPTION, False),
    ):
        painter.setFont(theme.sized(row.view.font(), size, bold=is_bold))
        painter.setPen(theme.colour(colour))
        fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, side, fitting)


def paint_star(painter: QPainter, row: Row, right_margin: int) -> None:
    """Paint the star of a favourite."""
    painter.setPen(theme.colour(theme.ACCENT))
    painter.drawText(row.area.adjusted(0, 0, -right_margin, 0), _RIGHT, "★")


def _paint_background(painter: QPainter, row: Row) -> None:
    area = row.area
    painter.setPen(Qt.PenStyle.NoPen)
    if row.is_selected or row.is_hovered:
        painter.setBrush(theme.colour(theme.RAISED, 1.0 if row.is_selected else 0.5))
        painter.drawRoundedRect(area, 7, 7)
    if row.is_selected:
        painter.setBrush(theme.colour(theme.ACCENT))
        painter.drawRoundedRect(QRect(area.left(), area.top() + 9, 3, area.height() - 18), 1.5, 1.5)


_WRAPPED = int(Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
