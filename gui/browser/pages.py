"""The pages of the browser: instruments, and plugins."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui.widgets import factory

from .browser import Browser
from .plugins.plugin_page import PluginPage

INSTRUMENTS, PLUGINS = range(2)


class BrowserPages(QFrame):
    """Tabs that switch between the pages."""

    plugins_shown = pyqtSignal()

    def __init__(self, browser: Browser, plugins: PluginPage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._browser, self._plugins = browser, plugins
        self._tabs, self._stack = QButtonGroup(self), QStackedWidget()
        row = QHBoxLayout()
        row.setContentsMargins(12, 8, 12, 0)
        pages = (browser, self.tr("Instruments")), (plugins, self.tr("Plugins"))
        for number, (page, title) in enumerate(pages):
            button = factory.push_button(title, style="flat")
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, number=number: self._show(number))
            self._tabs.addButton(button, number)
            row.addWidget(button)
            self._stack.addWidget(page)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._stack, 1)
        self._show(INSTRUMENTS)

    @property
    def page(self) -> int:
        """The page that is shown: INSTRUMENTS or PLUGINS."""
        return self._stack.currentIndex()

    def show_plugins(self) -> None:
        """Show the page of plugins, with the focus in its search field."""
        self._show(PLUGINS)
        self._plugins.focus_search()

    def focus_search(self) -> None:
        """Put the focus into the search field of the page."""
        if self.page == PLUGINS:
            self._plugins.focus_search()
        else:
            self._browser.focus_search()

    def toggle_favourite(self) -> None:
        """Request that the current entry of the page becomes a favourite, or none."""
        if self.page == PLUGINS:
            self._plugins.toggle_favourite()
        else:
            self._browser.toggle_favourite()

    def _show(self, page: int) -> None:
        button = self._tabs.button(page)
        if button is not None:
            button.setChecked(True)
        self._stack.setCurrentIndex(page)
        if page == PLUGINS:
            self.plugins_shown.emit()
