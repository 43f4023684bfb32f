"""A dialog that grows with its content as far as the screen has room, and scrolls beyond."""

from PyQt6.QtCore import QEvent, QObject, QTimer
from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QDialog, QLayout, QVBoxLayout, QWidget

from gui import theme
from gui.widgets import factory
from gui.widgets.content_area import ContentArea

WIDTH = 620  # pixels, where the screen has room
FRAME_HEIGHT = 40  # pixels that the title bar of a window may take


class ContentDialog(QDialog):
    """A title, a content that scrolls where it has no room, and a row of buttons that is always there."""

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.follows_end = False  # whether the end of a content that becomes longer is scrolled to
        self._length = 0  # pixels, of the content
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.grow)

    def set_content(self, content: QLayout, buttons: QLayout) -> None:
        """Lay out the dialog; to be called once."""
        content.setContentsMargins(0, 0, 0, 0)
        self.area = ContentArea(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(factory.label(self.windowTitle(), theme.TITLE))
        column.addWidget(self.area, 1)
        column.addLayout(buttons)
        self.area.content.installEventFilter(self)

    def grow(self) -> None:
        """Become as high as the content needs and the screen allows, and stay inside the screen."""
        screen, layout = self.screen(), self.layout()
        if screen is None or layout is None:
            return
        room = screen.availableGeometry()
        width = min(max(self.width(), WIDTH), room.width())
        if self.width() != width:
            self.resize(width, self.height())
        layout.activate()
        hidden = self.area.content_height(self.area.viewport_width) - self.area.height()
        if self.follows_end and self._is_longer():
            self.area.show_bottom()
        height = min(max(self.height() + hidden, self.height()), room.height() - FRAME_HEIGHT)
        self.resize(width, height)
        x = max(min(self.x(), room.right() + 1 - self.width()), room.left())
        y = max(min(self.y(), room.bottom() + 1 - self.height()), room.top())
        if (x, y) != (self.x(), self.y()):
            self.move(x, y)

    def _is_longer(self) -> bool:
        """Whether the content has become longer since the last call."""
        before, self._length = self._length, self.area.content_height(self.area.viewport_width)
        return self._length > before

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Grow once the content has changed."""
        if event is not None and event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            self._timer.start(0)
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Begin as high as the content."""
        super().showEvent(event)
        self.grow()
