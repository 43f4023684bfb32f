"""The main window: the layout of all widgets; it depends on Qt only."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PyQt6.QtWidgets import QDialog, QFrame, QHBoxLayout, QMainWindow, QScrollArea, QSplitter, QVBoxLayout, QWidget

from gui.browser.browser import Browser
from gui.browser.pages import BrowserPages
from gui.browser.plugins.plugin_page import PluginPage
from gui.panels.chain_bar import ChainBar
from gui.panels.parameter_panel import ParameterPanel
from gui.panels.score_bar import ScoreBar
from gui.panels.split_bar import SplitBar
from gui.panels.status_bar import StatusBar
from gui.panels.top_bar import TopBar
from gui.views.view_stack import ViewStack
from gui.widgets import factory
from gui.widgets.notice_bar import NoticeBar
from gui.widgets.piano_keyboard import PianoKeyboard

from . import theme

KEYBOARD_HEIGHT, LOW_KEYBOARD_HEIGHT = 150, 100  # pixels, of which the buttons beside the keys need no fewer
FRAME_LOOK_MS, MAX_FRAME_LOOKS = 100, 50  # between two looks for the frame that the desktop puts around a window
EDITOR_STRETCH = 3  # of the room that views and generic editor share, to one of the views
MIN_HEIGHT_OF_KEYBOARD = 700  # pixels of a window in which the keyboard has its full height


class MainWindow(QMainWindow):
    """The browser on the left, the views and knobs of what plays in the middle, the keyboard below."""

    dropped = pyqtSignal(list)  # of Path
    closing = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Luthier")
        self.setAcceptDrops(True)
        self.resize(1240, 800)
        self.setMinimumSize(480, 320)
        self.top_bar, self.browser, self.views, self.knobs = TopBar(), Browser(), ViewStack(), ParameterPanel()
        self.plugins = PluginPage()
        self.pages = BrowserPages(self.browser, self.plugins)
        self.notice, self.status_bar, self.keyboard = NoticeBar(), StatusBar(), PianoKeyboard()
        self.score_bar, self.chain_bar, self.split_bar = ScoreBar(), ChainBar(), SplitBar()
        self.split_bar.hide()
        self.octave_down = factory.tool_button(
            "−", self.tr("Keys an octave lower"), self.tr("An octave lower (Page down)")
        )
        self.octave_up = factory.tool_button(
            "+", self.tr("Keys an octave higher"), self.tr("An octave higher (Page up)")
        )
        self.lock = factory.tool_button(
            "⌨", self.tr("Play on the computer's keys"), self.tr("Play on the computer's keys (Ctrl+K)"), True
        )
        self._frame_timer, self._frame_looks = QTimer(self), 0
        self._frame_timer.setInterval(FRAME_LOOK_MS)
        self._frame_timer.timeout.connect(self._fit_with_frame)
        self._lay_out()
        self._set_tab_order()
        self.keyboard.setFocus()

    def add_shortcut(self, keys: str, action: Callable[[], object]) -> None:
        """Call `action` when these keys are pressed, wherever the focus is."""
        QShortcut(QKeySequence(keys), self).activated.connect(action)

    def focus_search(self) -> None:
        """Put the focus into the search field of the parameters if keys go to them, or else into the browser's."""
        if not self.knobs.focus_search():
            self.pages.focus_search()

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Accept files."""
        mime = event.mimeData() if event is not None else None
        if event is not None and mime is not None and mime.hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Emit the files that were dropped."""
        mime = event.mimeData() if event is not None else None
        if event is None or mime is None:
            return
        paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        event.acceptProposedAction()
        if paths:
            self.dropped.emit(paths)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Give a low window a lower keyboard."""
        super().resizeEvent(event)
        low = self.height() < MIN_HEIGHT_OF_KEYBOARD
        self._keyboard_frame.setFixedHeight(LOW_KEYBOARD_HEIGHT if low else KEYBOARD_HEIGHT)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Fit into the screen once more when the frame of the window is there, which takes room too."""
        super().showEvent(event)
        self._frame_looks = 0
        self._frame_timer.start()

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Emit `closing` before the window closes."""
        self.closing.emit()
        super().closeEvent(event)

    def fit_to_screen(self) -> None:
        """Shrink and move the window into its screen, or into the first one where its own is gone."""
        screen = QGuiApplication.screenAt(self.frameGeometry().center()) or QGuiApplication.primaryScreen()
        if screen is None or self.isMaximized() or self.isFullScreen():
            return
        area, frame = screen.availableGeometry(), self.frameGeometry()
        margins = frame.size() - self.size()
        self.resize(self.size().boundedTo(area.size() - margins))
        frame.setSize(self.size() + margins)
        x = min(max(frame.left(), area.left()), area.right() + 1 - frame.width())
        y = min(max(frame.top(), area.top()), area.bottom() + 1 - frame.height())
        self.move(max(x, area.left()), max(y, area.top()))

    def hide_all(self) -> None:
        """Hide the window and every dialog at once."""
        for widget in (*self.findChildren(QDialog), self):
            widget.hide()
        QGuiApplication.sync()

    def _fit_with_frame(self) -> None:
        self._frame_looks += 1
        has_frame = self.frameGeometry() != self.geometry()
        if has_frame or self._frame_looks == MAX_FRAME_LOOKS:
            self._frame_timer.stop()
        if has_frame:
            self.fit_to_screen()

    def _lay_out(self) -> None:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self.notice)
        column.addWidget(self.views, 1)
        column.addWidget(self.score_bar)
        parameters = _panel(self.chain_bar, self.split_bar, self.knobs)
        column.addWidget(parameters)
        self.knobs.editor_shown.connect(lambda shown: column.setStretchFactor(parameters, EDITOR_STRETCH * shown))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.pages)
        split.addWidget(right)
        split.setSizes([280, 960])
        split.setStretchFactor(1, 1)
        split.setHandleWidth(theme.GAP)
        split.setChildrenCollapsible(False)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(12, 10, 12, 6)
        column.setSpacing(theme.GAP)
        column.addWidget(self.top_bar)
        column.addWidget(split, 1)
        column.addWidget(self._keyboard_panel())
        column.addWidget(self.status_bar)
        self.setCentralWidget(_scrolled(whole))

    def _keyboard_panel(self) -> QFrame:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        buttons = QVBoxLayout()
        buttons.setSpacing(1)
        for button in (self.octave_up, self.octave_down, self.lock):
            button.setFixedWidth(40)
            buttons.addWidget(button)
        buttons.addStretch(1)
        row.addLayout(buttons)
        row.addWidget(self.keyboard, 1)
        self._keyboard_frame = _panel(holder)
        self._keyboard_frame.setFixedHeight(KEYBOARD_HEIGHT)
        return self._keyboard_frame

    def _set_tab_order(self) -> None:
        """Tab goes from top to bottom, as the widgets lie."""
        chain: list[QWidget] = [self.top_bar, self.pages, self.views, self.chain_bar, self.split_bar, self.knobs]
        for before, after in pairwise(
            [*chain, self.octave_up, self.octave_down, self.lock, self.keyboard, self.status_bar]
        ):
            self.setTabOrder(before, after)


def _scrolled(inner: QWidget) -> QScrollArea:
    """A widget that keeps its least size, and scrolls where the screen is smaller."""
    area = factory.scroll_area(inner, is_wide=True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


def _panel(*inner: QWidget) -> QFrame:
    panel = QFrame()
    panel.setObjectName("panel")
    column = QVBoxLayout(panel)
    column.setContentsMargins(10, 8, 10, 8)
    for widget in inner:
        column.addWidget(widget)
    return panel
