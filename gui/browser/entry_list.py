"""The list of instruments and patches in the browser: model, view and delegate."""

from PyQt6.QtCore import QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QPainter
from PyQt6.QtWidgets import QWidget

from gui import theme

from .catalogue import Entry, display_name
from .row_list import Row, RowDelegate, RowListModel, RowListView, paint_lines, paint_star

DEMO_BUTTON_WIDTH = 34  # pixels at the right end of a row: a click there plays the demo


class EntryListModel(RowListModel):
    """The instruments and patches shown; favourites by their digests."""

    entries: list[Entry]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.demo = ""  # digest of the instrument whose demo plays

    def text(self, entry: Entry, role: int) -> str | None:
        """The name for display, name and state for screen readers."""
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return entry.error or entry.description
        if role == Qt.ItemDataRole.AccessibleTextRole:
            star = self.tr("favourite") if entry.digest in self.favourites else ""
            return ", ".join(filter(None, [entry.name, entry.kind, star, entry.error]))
        return None


class EntryListView(RowListView):
    """A list view; a click at the right end of a row emits `demo_clicked` and does not select the row."""

    demo_clicked = pyqtSignal(QModelIndex)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(EntryDelegate(), parent)

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


class EntryDelegate(RowDelegate):
    """Paints name, tags, star of a favourite and demo button."""

    def paint_entry(self, painter: QPainter, row: Row, model: RowListModel) -> None:
        """Paint an instrument or a patch."""
        entry: Entry = row.entry
        below = self.tr("cannot be read") if entry.error else " · ".join(entry.tags[:3]) or entry.kind
        origin = "" if entry.factory else self.tr(" · opened") if entry.is_external else self.tr(" · mine")
        name_colour = theme.WARNING if entry.error else theme.TEXT
        top, bottom = (display_name(entry.name), name_colour), (below + origin, theme.SECONDARY_TEXT)
        paint_lines(painter, row, DEMO_BUTTON_WIDTH + 18, top, bottom)
        if entry.digest and entry.digest in model.favourites:
            paint_star(painter, row, DEMO_BUTTON_WIDTH + 4)
        if not entry.error and isinstance(model, EntryListModel):
            _paint_demo_button(painter, row, model.demo == entry.digest)


def _paint_demo_button(painter: QPainter, row: Row, is_playing: bool) -> None:
    """Paint what starts the demo, or stops it while it plays."""
    painter.setPen(
        theme.colour(theme.ACCENT if is_playing else theme.TEXT if row.is_hovered else theme.SECONDARY_TEXT)
    )
    place = row.area.adjusted(row.area.width() - DEMO_BUTTON_WIDTH, 0, 0, 0)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, "■" if is_playing else "▶")
