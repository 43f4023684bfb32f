"""The list of the browser: what it holds, and how a row of it looks."""

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui import theme

from .catalogue import Entry

ENTRY_ROLE = Qt.ItemDataRole.UserRole
ROW_HEIGHT = 42  # pixels
DEMO_BUTTON_WIDTH = 34  # pixels at the right end of a row: touched there, its demo is heard


class PresetListModel(QAbstractListModel):
    """The entries that are shown."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []
        self.favourites: frozenset[str] = frozenset()
        self.heard = ""  # the digest of the demo that is heard

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
        if role == ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return entry.fault or entry.description
        if role == Qt.ItemDataRole.AccessibleTextRole:
            star = self.tr("favourite") if entry.digest in self.favourites else ""
            return ", ".join(filter(None, [entry.name, entry.kind, star, entry.fault]))
        return None


class PresetListView(QListView):
    """The list on the screen; a touch at the right end of a row asks for its demo, and does not choose it."""

    asked = pyqtSignal(QModelIndex)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Ask, or choose."""
        viewport = self.viewport()
        if event is None or viewport is None:
            return
        index = self.indexAt(event.position().toPoint())
        at_end = event.position().x() > viewport.width() - DEMO_BUTTON_WIDTH - 6
        if event.button() == Qt.MouseButton.LeftButton and at_end and index.isValid():
            self.asked.emit(index)
        else:
            super().mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep what plays in sight."""
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Say it where nothing is found."""
        super().paintEvent(event)
        model, viewport = self.model(), self.viewport()
        if model is not None and viewport is not None and model.rowCount() == 0:
            painter = QPainter(viewport)
            painter.setPen(theme.colour(theme.QUIET))
            painter.drawText(viewport.rect().adjusted(14, 10, -14, 0), _WRAPPED, self.tr("No instrument matches."))


class PresetDelegate(QStyledItemDelegate):
    """A name, what it is below it, a star where it is a favourite, and a sign that its demo can be heard."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Room for two lines."""
        return QSize(160, ROW_HEIGHT)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint one row."""
        view, entry, model = option.widget, index.data(ENTRY_ROLE), index.model()
        if painter is None or view is None or entry is None or not isinstance(model, PresetListModel):
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
        words = area.adjusted(14, 5, -DEMO_BUTTON_WIDTH - 18, -5)
        painter.setFont(theme.sized(view.font(), theme.BODY, bold=chosen))
        painter.setPen(theme.colour(theme.WARNING if entry.fault else theme.TEXT))
        painter.drawText(words, Qt.AlignmentFlag.AlignTop, entry.name.capitalize())
        painter.setFont(theme.sized(view.font(), theme.CAPTION))
        painter.setPen(theme.colour(theme.QUIET))
        below = self.tr("cannot be read") if entry.fault else " · ".join(entry.tags[:3]) or entry.kind
        whose = "" if entry.factory else self.tr(" · opened") if entry.elsewhere else self.tr(" · mine")
        painter.drawText(words, Qt.AlignmentFlag.AlignBottom, below + whose)
        if entry.digest and entry.digest in model.favourites:
            painter.setPen(theme.colour(theme.ACCENT))
            painter.drawText(area.adjusted(0, 0, -DEMO_BUTTON_WIDTH - 4, 0), _RIGHT, "★")
        if not entry.fault:
            heard = model.heard == entry.digest
            lit = heard or option.state & QStyle.StateFlag.State_MouseOver
            painter.setPen(theme.colour(theme.ACCENT if heard else theme.TEXT if lit else theme.QUIET))
            painter.drawText(area.adjusted(area.width() - DEMO_BUTTON_WIDTH, 0, 0, 0), _CENTRE, "■" if heard else "▶")
        painter.restore()


_WRAPPED = int(Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
_CENTRE = Qt.AlignmentFlag.AlignCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
