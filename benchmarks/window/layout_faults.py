"""Faults of layout that a program can see: cut texts, widgets that are squeezed, outside of others or over others."""

from collections.abc import Iterator
from itertools import combinations

from PyQt6.QtCore import QPoint, QRect, QSize, Qt
from PyQt6.QtGui import QFontMetrics
from PyQt6.QtWidgets import (
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitterHandle,
    QStyle,
    QStyleOptionComboBox,
    QToolButton,
    QWidget,
)

from gui import theme
from gui.widgets.ellipsis_label import ElidedLabel
from gui.widgets.knob.knob import Knob
from gui.widgets.knob.switch import Switch

TOLERANCE = 1  # pixels, of sizes that Qt rounds
_COMPOSED = (QComboBox, QAbstractSpinBox, QLineEdit, QAbstractScrollArea)  # Qt lays out what is in them


def find_faults(window: QWidget) -> list[str]:
    """The faults of a window or dialog that is shown, a line each; of the dialogs that it owns nothing is said."""
    widgets = [each for each in (window, *window.findChildren(QWidget)) if _is_shown(each, window)]
    faults = [fault for widget in widgets for fault in _faults_of(widget)]
    return faults + [fault for widget in widgets for fault in _overlaps(widget)]


def _is_shown(widget: QWidget, window: QWidget) -> bool:
    return widget.isVisible() and widget.window() is window


def _faults_of(widget: QWidget) -> Iterator[str]:
    """What is wrong with one widget by itself, and with its place."""
    needed = _needed_size(widget)
    if widget.width() + TOLERANCE < needed.width() or widget.height() + TOLERANCE < needed.height():
        has = f"{widget.width()} × {widget.height()}"
        yield f"{_name(widget)} has {has} pixels and needs {needed.width()} × {needed.height()}"
    parent = widget.parentWidget()
    if parent is not None and not widget.isWindow() and not _is_inside(widget, parent):
        yield f"{_name(widget)} is outside of {_name(parent)}"


def _needed_size(widget: QWidget) -> QSize:
    """The pixels that the text of a widget needs; what the layout must leave where it paints itself."""
    metrics = widget.fontMetrics()
    if isinstance(widget, ElidedLabel):
        return QSize(0, metrics.height())
    if isinstance(widget, QLabel):
        return _needed_by_label(widget, metrics)
    if isinstance(widget, QPushButton):
        return widget.sizeHint() if widget.text() else QSize()
    if isinstance(widget, QToolButton):  # of which Qt asks for two spaces more than it needs
        return widget.sizeHint() - QSize(2 * metrics.horizontalAdvance(" "), 0) if widget.text() else QSize()
    if isinstance(widget, QComboBox):
        return _needed_by_box(widget, metrics)
    if isinstance(widget, Knob | Switch):
        small = QFontMetrics(theme.sized(widget.font(), theme.CAPTION))
        value = widget.value_text if isinstance(widget, Knob) else widget.accessibleDescription()
        return QSize(max(small.horizontalAdvance(text) for text in (widget.spec.label, value)), 0)
    if isinstance(widget, QProgressBar) and not widget.isTextVisible():
        return QSize()
    policy, layout, least = widget.sizePolicy(), widget.layout(), widget.minimumSizeHint()
    is_free = QSizePolicy.Policy.Ignored
    is_wrapped = layout is not None and layout.hasHeightForWidth()  # then its labels tell what they need
    return QSize(
        0 if policy.horizontalPolicy() == is_free else least.width(),
        0 if policy.verticalPolicy() == is_free or is_wrapped else least.height(),
    )


def _needed_by_label(label: QLabel, metrics: QFontMetrics) -> QSize:
    if not label.text():
        return QSize()
    if not label.wordWrap():
        return label.sizeHint()
    is_plain = label.textFormat() == Qt.TextFormat.PlainText
    words = label.text().split() if is_plain else []
    return QSize(max(map(metrics.horizontalAdvance, words), default=0), label.heightForWidth(label.width()))


def _needed_by_box(box: QComboBox, metrics: QFontMetrics) -> QSize:
    option = QStyleOptionComboBox()
    option.initFrom(box)
    style = box.style()
    assert style is not None
    field = style.subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, box
    )
    return QSize(box.width() - field.width() + metrics.horizontalAdvance(box.currentText()), metrics.height())


def _is_inside(widget: QWidget, parent: QWidget) -> bool:
    """Whether a widget is inside its parent, or can be scrolled into it."""
    area = parent.parentWidget()
    if isinstance(area, QScrollArea) and area.widget() is widget:
        never = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        is_narrow = widget.width() <= parent.width() or area.horizontalScrollBarPolicy() != never
        return is_narrow and (widget.height() <= parent.height() or area.verticalScrollBarPolicy() != never)
    return isinstance(parent, _COMPOSED) or parent.rect().contains(widget.geometry())


def _overlaps(parent: QWidget) -> Iterator[str]:
    """Children of a widget that lie over each other."""
    if isinstance(parent, _COMPOSED):
        return
    children = [
        each for each in parent.children()
        if isinstance(each, QWidget) and each.isVisible() and not each.isWindow()
        and not isinstance(each, QSplitterHandle)
    ]  # fmt: skip
    for one, other in combinations(children, 2):
        if _inner(one).intersects(_inner(other)):
            yield f"{_name(one)} and {_name(other)} lie over each other"


def _inner(widget: QWidget) -> QRect:
    return widget.geometry().adjusted(TOLERANCE, TOLERANCE, -TOLERANCE, -TOLERANCE)


def _name(widget: QWidget) -> str:
    """A name for a widget by its class, what it says, and where it is in its window."""
    text = getattr(widget, "text", lambda: "")()
    words = text if isinstance(text, str) and text else widget.accessibleName() or widget.objectName()
    place = widget.mapTo(widget.window(), QPoint(0, 0)) if not widget.isWindow() else QPoint(0, 0)
    return f"{type(widget).__name__} “{words[:40]}” at {place.x()}, {place.y()}"


def is_on_screen(window: QWidget) -> bool:
    """Whether a whole window is on its screen."""
    screen = window.screen() or QApplication.primaryScreen()
    return screen is not None and screen.geometry().contains(window.frameGeometry())
