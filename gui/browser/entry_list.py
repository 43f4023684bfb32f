"""The list of instruments and patches in the browser: model, view and delegate."""

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui import theme

from .catalogue import Entry, display_name

ENTRY_ROLE = Qt.ItemDataRole.UserRole
ROW_HEIGHT = 42  # pixels
DEMO_BUTTON_WIDTH = 34  # pixels at the right end of a row: a click there plays the demo


class EntryListModel(QAbstractListModel):
    """The entries shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []
        self.favourites: frozenset[str] = frozenset()
        self.demo = ""  # digest of the instrument whose demo plays
        self.is_listed = False  # whether the folders have been read

    def set_entries(self, entries: list[Entry], favourites: frozenset[str]) -> None:
        """Replace the entries."""
        self.beginResetModel()
        self.entries, self.favourites = entries, favourites
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        """Number of entries."""
        return len(self.entries)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The name for display, name and state for screen readers, the entry itself as ENTRY_ROLE."""
        if not index.isValid() or index.row() >= len(self.entries):
            return None
        entry = self.entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return entry.error or entry.description
        if role == Qt.ItemDataRole.AccessibleTextRole:
            star = self.tr("favourite") if entry.digest in self.favourites else ""
            return ", ".join(filter(None, [entry.name, entry.kind, star, entry.error]))
        return None


class EntryListView(QListView):
    """A list view; a click at the right end of a row emits `demo_clicked` and does not select the row."""

    demo_clicked = pyqtSignal(QModelIndex)

    @property
    def empty_text(self) -> str:
        """What is shown in place of the rows where there are none."""
        model = self.model()
        is_listed = isinstance(model, EntryListModel) and model.is_listed
        return self.tr("No instrument matches.") if is_listed else self.tr("Reading the instruments…")

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Emit `demo_clicked`, or select."""
        viewport = self.viewport()
        if event is None or viewport is None:
            return
        index = self.indexAt(event.position().toPoint())
        at_end = event.position().x() > viewport.width() - DEMO_BUTTON_WIDTH - 6
        if event.button() == Qt.MouseButton.LeftButton and at_end and index.isValid():
            self.demo_clicked.emit(index)
        else:
            super().mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the current row visible."""
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint a text where no entry matches."""
        super().paintEvent(event)
        model, viewport = self.model(), self.viewport()
        if model is not None and viewport is not None and model.rowCount() == 0:
            painter = QPainter(viewport)
            painter.setPen(theme.colour(theme.SECONDARY_TEXT))
            painter.drawText(viewport.rect().adjusted(14, 10, -14, 0), _WRAPPED, self.empty_text)


class EntryDelegate(QStyledItemDelegate):
    """Paints name, tags, star of a favourite and demo button."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Room for two lines."""
        return QSize(160, ROW_HEIGHT)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint one row."""
        view, entry, model = option.widget, index.data(ENTRY_ROLE), index.model()
        if painter is None or view is None or entry is None or not isinstance(model, EntryListModel):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = option.rect.adjusted(0, 1, -6, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(theme.RAISED, 1.0 if selected else 0.5))
            painter.drawRoundedRect(area, 7, 7)
        if selected:
            painter.setBrush(theme.colour(theme.ACCENT))
            painter.drawRoundedRect(QRect(area.left(), area.top() + 9, 3, area.height() - 18), 1.5, 1.5)
        text = area.adjusted(14, 5, -DEMO_BUTTON_WIDTH - 18, -5)
        painter.setFont(theme.sized(view.font(), theme.BODY, bold=selected))
        painter.setPen(theme.colour(theme.WARNING if entry.error else theme.TEXT))
        painter.drawText(text, Qt.AlignmentFlag.AlignTop, display_name(entry.name))
        painter.setFont(theme.sized(view.font(), theme.CAPTION))
        painter.setPen(theme.colour(theme.SECONDARY_TEXT))
        below = self.tr("cannot be read") if entry.error else " · ".join(entry.tags[:3]) or entry.kind
        origin = "" if entry.factory else self.tr(" · opened") if entry.is_external else self.tr(" · mine")
        painter.drawText(text, Qt.AlignmentFlag.AlignBottom, below + origin)
        if entry.digest and entry.digest in model.favourites:
            painter.setPen(theme.colour(theme.ACCENT))
            painter.drawText(area.adjusted(0, 0, -DEMO_BUTTON_WIDTH - 4, 0), _RIGHT, "★")
        if not entry.error:
            playing = model.demo == entry.digest
            lit = playing or option.state & QStyle.StateFlag.State_MouseOver
            painter.setPen(theme.colour(theme.ACCENT if playing else theme.TEXT if lit else theme.SECONDARY_TEXT))
            painter.drawText(
                area.adjusted(area.width() - DEMO_BUTTON_WIDTH, 0, 0, 0), _CENTRE, "■" if playing else "▶"
            )
        painter.restore()


_WRAPPED = int(Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
_CENTRE = Qt.AlignmentFlag.AlignCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
