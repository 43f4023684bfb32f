"""What is known about one instrument."""

from html import escape

from PyQt6.QtCore import QEvent, QPoint, Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui import theme
from gui.widgets import factory

from .catalogue import Entry

MIN_FACTS_HEIGHT, MAX_FACTS_HEIGHT = 56, 140  # pixels that the facts have


class DetailsPanel(QWidget):
    """Name, description and facts; a star, and a door to what can be done with it."""

    more = pyqtSignal()
    loved = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: Entry | None = None
        self._name = factory.label(bold=True)
        self._facts = factory.label(step=theme.CAPTION)
        self._facts.setTextFormat(Qt.TextFormat.RichText)
        self._facts.setWordWrap(True)
        self._facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._facts.setTextInteractionFlags(_SELECTABLE)
        self._facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._facts.setAccessibleName(self.tr("DetailsPanel"))
        self._star = factory.tool_button("☆", self.tr("Favourite"))
        self._more = factory.tool_button("⋯", self.tr("More about this instrument"), self.tr("Rename, duplicate, delete…"))
        self._star.clicked.connect(self.loved)
        self._more.clicked.connect(self.more)
        self._lay_out()
        self.show_entry(None)

    def show_entry(self, entry: Entry | None) -> None:
        """Show another one, or nothing."""
        self._entry = entry
        for widget in (self._star, self._more):
            widget.setVisible(entry is not None)
        if entry is None:
            self._name.setText("")
            self._facts.setText("")
            return
        self._name.setText(entry.name.capitalize())
        quiet = theme.colour(theme.QUIET).name()
        first = f"<p>{escape(entry.fault or entry.description)}</p>"
        rows = "".join(
            f"<tr><td style='color:{quiet}; padding-right:8px'>{escape(name)}</td><td>{escape(text)}</td></tr>"
            for name, text in ([] if entry.fault else entry.facts)
        )
        self._facts.setText(f"{first}<table cellspacing='0' cellpadding='1'>{rows}</table>")

    def changeEvent(self, event: QEvent | None) -> None:
        """Another theme has other colours, also in the text."""
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self.show_entry(self._entry)
        super().changeEvent(event)

    def set_loved(self, loved: bool) -> None:
        """Show whether it is a favourite."""
        self._star.setText("★" if loved else "☆")
        self._star.setAccessibleDescription(self.tr("is a favourite") if loved else self.tr("is none"))

    def corner(self) -> QPoint:
        """Where a menu may open."""
        return self._more.mapToGlobal(QPoint(0, self._more.height()))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._name, 1)
        top.addWidget(self._star)
        top.addWidget(self._more)
        area = factory.scroll_area(self._facts)
        area.setAccessibleName(self.tr("DetailsPanel"))
        area.setMinimumHeight(MIN_FACTS_HEIGHT)
        area.setMaximumHeight(MAX_FACTS_HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(area)


_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
