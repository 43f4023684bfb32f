"""A horizontal scroll area as high as its row of widgets, with a scroll bar where they do not fit."""

from PyQt6.QtCore import QEvent, QObject, QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QLayout, QScrollArea, QSizePolicy, QWidget

MIN_WIDTH, BAR_HEIGHT = 80, 10  # pixels; of the scroll bar with its distance


class RowArea(QScrollArea):
    """As wide as its row where there is room; otherwise the widgets keep their widths, and the row scrolls."""

    def __init__(self, row: QLayout, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = QWidget()
        self._content.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setWidgetResizable(True)
        self.setWidget(self._content)
        self._content.installEventFilter(self)

    @property
    def is_scrolled(self) -> bool:
        """Whether the row has less room than it needs."""
        return self._content.minimumSizeHint().width() > self.width()

    def sizeHint(self) -> QSize:
        """The whole row."""
        return QSize(self._content.sizeHint().width(), self._height())

    def minimumSizeHint(self) -> QSize:
        """A part of the row."""
        return QSize(min(MIN_WIDTH, self._content.sizeHint().width()), self._height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Make room for the scroll bar, or take it back."""
        super().resizeEvent(event)
        self.updateGeometry()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Follow a change of the row."""
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _height(self) -> int:
        return self._content.sizeHint().height() + BAR_HEIGHT * self.is_scrolled
