"""Details of the browser's current entry."""

from collections.abc import Sequence
from html import escape

from PyQt6.QtCore import QEvent, QPoint, Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui import theme
from gui.widgets import factory

from .catalogue import Entry, display_name

MIN_FACTS_HEIGHT, MAX_FACTS_HEIGHT = 56, 140  # pixels


class DetailsPanel(QWidget):
    """Name, description and facts of an entry; buttons for favourite and menu."""

    menu_requested = pyqtSignal()
    favourite_clicked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ("", "", list[tuple[str, str]]())  # name, text and facts
        self._name_label = factory.label(bold=True)
        self.facts_label = factory.label(step=theme.CAPTION)
        self.facts_label.setTextFormat(Qt.TextFormat.RichText)
        self.facts_label.setWordWrap(True)
        self.facts_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._name_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.facts_label.setTextInteractionFlags(_SELECTABLE)
        self.facts_label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.facts_label.setAccessibleName(self.tr("Details"))
        self._star = factory.tool_button("☆", self.tr("Favourite"))
        self._more = factory.tool_button("⋯", self.tr("Menu"))
        self._star.clicked.connect(self.favourite_clicked)
        self._more.clicked.connect(self.menu_requested)
        self._lay_out()
        self.show_entry(None)

    def show_entry(self, entry: Entry | None) -> None:
        """Show an entry; None: nothing."""
        if entry is None:
            self.show_facts("", "", [])
            return
        facts = [] if entry.error else entry.facts
        self.show_facts(display_name(entry.name), entry.error or entry.description, facts)

    def show_facts(self, name: str, text: str, facts: Sequence[tuple[str, str]]) -> None:
        """Show a name, a text, and names and values of facts; nothing for an empty name."""
        self._shown = (name, text, list(facts))
        for widget in (self._star, self._more):
            widget.setVisible(bool(name))
        self._name_label.setText(name)
        name_colour = theme.colour(theme.SECONDARY_TEXT).name()
        rows = "".join(
            f"<tr><td style='color:{name_colour}; padding-right:8px'>{escape(fact)}</td><td>{escape(value)}</td></tr>"
            for fact, value in facts
        )
        paragraph = f"<p>{escape(text)}</p>" if text else ""
        content = f"{paragraph}<table cellspacing='0' cellpadding='1'>{rows}</table>"
        self.facts_label.setText(content if name else "")

    def set_menu_tip(self, name: str, tip: str) -> None:
        """Say what the button of the menu is called, and what there is in the menu."""
        self._more.setAccessibleName(name)
        self._more.setToolTip(tip)

    def changeEvent(self, event: QEvent | None) -> None:
        """Set the colours in the text for another theme."""
        if event is not None and event.type() == QEvent.Type.PaletteChange:
            self.show_facts(*self._shown)
        super().changeEvent(event)

    def set_favourite(self, favourite: bool) -> None:
        """Show whether the entry is a favourite."""
        self._star.setText("★" if favourite else "☆")
        self._star.setAccessibleDescription(self.tr("is a favourite") if favourite else self.tr("is none"))

    def menu_point(self) -> QPoint:
        """Where the menu opens, in global coordinates."""
        return self._more.mapToGlobal(QPoint(0, self._more.height()))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._name_label, 1)
        top.addWidget(self._star)
        top.addWidget(self._more)
        area = factory.scroll_area(self.facts_label)
        area.setAccessibleName(self.tr("Details"))
        area.setMinimumHeight(MIN_FACTS_HEIGHT)
        area.setMaximumHeight(MAX_FACTS_HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(area)


_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
