"""What a player does with the page of plugins, and a test beside him."""

from PyQt6.QtCore import QEvent, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from gui.browser.pages import PLUGINS as PLUGIN_PAGE
from tests.gui.conftest import until

LEFT = Qt.MouseButton.LeftButton


def open_page(controller):
    """Show the page by its tab, and wait until something is listed."""
    QTest.mouseClick(controller.window.pages._tabs.button(PLUGIN_PAGE), LEFT)
    until(lambda: controller.window.plugins.shown)


def own(controller):
    """The probes and the broken file by title: the machine may have other plugins."""
    folder = "/clap/"
    return {entry.title: entry for entry in controller.plugins.entries if entry.path.rfind(folder) > 4}


def position(page, title):
    """Where the row of a plugin is painted, after a search for it."""
    page.filters.search.setText(title)
    index = page.model.index([entry.title for entry in page.shown].index(title))
    page.list.scrollTo(index)
    return page.list.visualRect(index).center()


def click(controller, title):
    """Search a plugin, and click on its row."""
    page = controller.window.plugins
    QTest.mouseClick(page.list.viewport(), LEFT, pos=position(page, title))


def double_click(widget, place):
    """What a mouse sends for two clicks at once."""
    kinds = QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick
    for kind in kinds:
        for each, held in ((kind, LEFT), (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton)):
            where = QPointF(widget.mapToGlobal(place))
            event = QMouseEvent(each, QPointF(place), where, LEFT, held, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(widget, event)


def slots(controller):
    """Names and titles of the chain bar, without the instrument."""
    return [(slot.name, slot.title) for slot in controller.window.chain_bar.slots if slot.name]
