"""A vertical scroll area that asks for the height of its whole content, and never squeezes it."""

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QLayout, QScrollArea, QSizePolicy, QWidget


class ContentArea(QScrollArea):
    """As high as its content where there is room; otherwise the content keeps its height and scrolls."""

    def __init__(self, layout: QLayout, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.content = QWidget()
        self.content.setLayout(layout)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setWidgetResizable(True)
        self.setWidget(self.content)
        self.content.installEventFilter(self)

    def content_height(self, width: int) -> int:
        """The height in pixels of the whole content at a width, wrapped texts included."""
        layout = self.content.layout()
        assert layout is not None
        return layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()

    def sizeHint(self) -> QSize:
        """The whole content."""
        width = max(self.viewport_width, self.content.minimumSizeHint().width())
        return QSize(width, self.content_height(width))

    def minimumSizeHint(self) -> QSize:
        """As wide as the content must be; a few rows of it."""
        return QSize(self.content.minimumSizeHint().width(), 120)

    @property
    def viewport_width(self) -> int:
        """The width in pixels that the content has."""
        viewport = self.viewport()
        return viewport.width() if viewport is not None else self.width()

    def show_bottom(self) -> None:
        """Scroll to the end of the content, once it is laid out."""
        QTimer.singleShot(0, self._scroll_down)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the height of the content at the new width."""
        super().resizeEvent(event)
        self._hold_height()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Follow a change of the content."""
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self._hold_height()
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _scroll_down(self) -> None:
        bar = self.verticalScrollBar()
        if bar is not None:
            bar.setValue(bar.maximum())

    def _hold_height(self) -> None:
        height = self.content_height(self.viewport_width)
        if height != self.content.minimumHeight():
            self.content.setMinimumHeight(height)
