"""The list of the browser: what it holds, and how a row of it looks."""

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QRect, QSize, Qt
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from . import theme
from .catalogue import Entry

ENTRY = Qt.ItemDataRole.UserRole
HEIGHT = 42  # pixels


class Listing(QAbstractListModel):
    """The entries that are shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []
        self.favourites: frozenset[str] = frozenset()

    def show(self, entries: list[Entry], favourites: frozenset[str]) -> None:
        """Show others."""
        self.beginResetModel()
        self.entries, self.favourites = entries, favourites
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """How many."""
        return len(self.entries)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The name for eyes, all of it for ears, the entry for us."""
        if not index.isValid() or index.row() >= len(self.entries):
            return None
        entry = self.entries[index.row()]
        if role == ENTRY:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return entry.fault or entry.description
        if role == Qt.ItemDataRole.AccessibleTextRole:
            star = self.tr("favourite") if entry.digest in self.favourites else ""
            return ", ".join(filter(None, [entry.name, entry.kind, star, entry.fault]))
        return None


class Row(QStyledItemDelegate):
    """A name, what it is below it, and a star where it is a favourite."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Room for two lines."""
        return QSize(160, HEIGHT)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint one row."""
        view, entry, model = option.widget, index.data(ENTRY), index.model()
        if painter is None or view is None or entry is None or not isinstance(model, Listing):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = option.rect.adjusted(0, 1, -6, -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(theme.RAISED, 1.0 if chosen else 0.5))
            painter.drawRoundedRect(area, 7, 7)
        if chosen:
            painter.setBrush(theme.colour(theme.ACCENT))
            painter.drawRoundedRect(QRect(area.left(), area.top() + 9, 3, area.height() - 18), 1.5, 1.5)
        words = area.adjusted(14, 5, -26, -5)
        painter.setFont(theme.sized(view.font(), theme.BODY, bold=chosen))
        painter.setPen(theme.colour(theme.WARNING if entry.fault else theme.TEXT))
        painter.drawText(words, Qt.AlignmentFlag.AlignTop, entry.name.capitalize())
        painter.setFont(theme.sized(view.font(), theme.CAPTION))
        painter.setPen(theme.colour(theme.QUIET))
        below = self.tr("cannot be read") if entry.fault else " · ".join(entry.tags[:3]) or entry.kind
        painter.drawText(words, Qt.AlignmentFlag.AlignBottom, below + ("" if entry.factory else self.tr(" · mine")))
        if entry.digest and entry.digest in model.favourites:
            painter.setPen(theme.colour(theme.ACCENT))
            painter.drawText(area.adjusted(0, 0, -10, 0), _RIGHT, "★")
        painter.restore()


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
