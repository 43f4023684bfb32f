"""The window: where everything has its place. It knows Qt only."""

from itertools import pairwise
from pathlib import Path

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence, QShortcut
from PyQt6.QtWidgets import QDialog, QFrame, QHBoxLayout, QMainWindow, QSplitter, QVBoxLayout, QWidget

from gui.browser.browser import Browser
from gui.panels.chain_bar import ChainBar
from gui.panels.score_bar import TransportBar
from gui.panels.split_bar import ZoneBar
from gui.panels.status_bar import StatusLine
from gui.panels.top_bar import Header
from gui.views.view_stack import Stage
from gui.widgets import factory
from gui.widgets.knob.panel import Knobs
from gui.widgets.notice_label import Notice
from gui.widgets.piano_keyboard import Keyboard

from . import theme


class Window(QMainWindow):
    """Instruments on the left, the one that plays in the middle, its keys below."""

    dropped = pyqtSignal(list)  # of Path
    closing = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Luthier")
        self.setAcceptDrops(True)
        self.resize(1240, 800)
        self.setMinimumSize(960, 700)
        self.header, self.browser, self.stage, self.knobs = Header(), Browser(), Stage(), Knobs()
        self.notice, self.status, self.keyboard = Notice(), StatusLine(), Keyboard()
        self.transport, self.chain, self.zones = TransportBar(), ChainBar(), ZoneBar()
        self.zones.hide()
        self.octave_down = factory.tool("−", self.tr("Keys an octave lower"), self.tr("An octave lower (Page down)"))
        self.octave_up = factory.tool("+", self.tr("Keys an octave higher"), self.tr("An octave higher (Page up)"))
        self.lock = factory.tool(
            "⌨", self.tr("Play on the computer's keys"), self.tr("Play on the computer's keys (Ctrl+K)"), True
        )
        self._lay_out()
        self._order()
        self.keyboard.setFocus()

    def shortcut(self, keys: str, work: object) -> None:
        """Let keys do something, wherever the focus is."""
        QShortcut(QKeySequence(keys), self).activated.connect(work)  # type: ignore[arg-type]

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """Welcome files."""
        mime = event.mimeData() if event is not None else None
        if event is not None and mime is not None and mime.hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent | None) -> None:
        """Say which files were let fall."""
        mime = event.mimeData() if event is not None else None
        if event is None or mime is None:
            return
        paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        event.acceptProposedAction()
        if paths:
            self.dropped.emit(paths)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Say good-bye first."""
        self.closing.emit()
        super().closeEvent(event)

    def vanish(self) -> None:
        """Be gone from the screen at once, and every dialogue with it."""
        for widget in (*self.findChildren(QDialog), self):
            widget.hide()
        QGuiApplication.sync()

    def _lay_out(self) -> None:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self.notice)
        column.addWidget(self.stage, 1)
        column.addWidget(self.transport)
        column.addWidget(_panel(self.chain, self.zones, self.knobs))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.browser)
        split.addWidget(right)
        split.setSizes([280, 960])
        split.setStretchFactor(1, 1)
        split.setHandleWidth(theme.GAP)
        split.setChildrenCollapsible(False)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(12, 10, 12, 6)
        column.setSpacing(theme.GAP)
        column.addWidget(self.header)
        column.addWidget(split, 1)
        column.addWidget(self._keys())
        column.addWidget(self.status)
        self.setCentralWidget(whole)

    def _keys(self) -> QFrame:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        buttons = QVBoxLayout()
        buttons.setSpacing(2)
        for button in (self.octave_up, self.octave_down, self.lock):
            button.setFixedWidth(36)
            buttons.addWidget(button)
        buttons.addStretch(1)
        row.addLayout(buttons)
        row.addWidget(self.keyboard, 1)
        panel = _panel(holder)
        panel.setFixedHeight(150)
        return panel

    def _order(self) -> None:
        """Tab goes as the eye does."""
        chain: list[QWidget] = [self.header, self.browser, self.stage, self.chain, self.zones, self.knobs]
        for before, after in pairwise(
            [*chain, self.octave_up, self.octave_down, self.lock, self.keyboard, self.status]
        ):
            self.setTabOrder(before, after)


def _panel(*inner: QWidget) -> QFrame:
    panel = QFrame()
    panel.setObjectName("panel")
    column = QVBoxLayout(panel)
    column.setContentsMargins(10, 8, 10, 8)
    for widget in inner:
        column.addWidget(widget)
    return panel
