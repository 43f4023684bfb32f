"""View of the parameter list: the gestures that turn, choose, switch, type and reset."""

from collections.abc import Callable

from PyQt6.QtCore import QModelIndex, QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PyQt6.QtWidgets import QAbstractItemView, QListView, QMenu, QWidget

from gui import theme
from gui.widgets import factory
from gui.widgets.knob.drag import FINE_FACTOR, KnobDrag, wheel_share
from gui.widgets.knob.spec import SCALE_STEPS

from .delegate import TRACK_MARGIN, ParameterDelegate, RowAreas, areas_of
from .model import ROW_ROLE, Heading, ParameterListModel, Row


class ParameterListView(QListView):
    """Rows are turned as knobs are: drag, wheel on the current row, arrows, Enter, Delete, double click.

    `value_edited` is emitted for every change by the user; `editing_finished` ends a gesture.
    """

    value_edited = pyqtSignal(int, float)
    editing_finished = pyqtSignal()
    learn_requested = pyqtSignal(int)
    forget_requested = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = ParameterListModel(self)
        self.open_menu: QMenu | None = None  # of a parameter
        self._drag = KnobDrag()
        self._dragged: int | None = None
        self._delegate = ParameterDelegate(self)
        self._delegate.entered.connect(self._enter)
        self.setModel(self.rows)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(self.tr("Parameters"))
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def areas(self, index: int) -> RowAreas:
        """Where the parts of a parameter's row are in the viewport."""
        return areas_of(self.visualRect(self.rows.place(index)))

    def end_gesture(self) -> None:
        """End a drag and close the menu: other parameters have come under the same indices."""
        self._drag.stop()
        self._dragged = None
        if self.open_menu is not None:
            self.open_menu.close()

    def toggle(self, place: QModelIndex) -> None:
        """Fold or unfold the group of a heading; the rows above stay where they are."""
        bar, row = self.verticalScrollBar(), place.row()
        top = bar.value() if bar is not None else 0
        self.rows.toggle(row)
        self.setCurrentIndex(self.rows.index(row))
        self.executeDelayedItemsLayout()
        if bar is not None:
            bar.setValue(top)

    def menu(self, index: int) -> QMenu:
        """The context menu of a parameter: MIDI learn, forget, type, default."""
        items: list[tuple[str, Callable[[], object], bool]] = [
            (self.tr("MIDI learn"), lambda: self.learn_requested.emit(index), True),
            (
                self.tr("Forget the controller"),
                lambda: self.forget_requested.emit(index),
                self.rows.controllers.get(index) is not None,
            ),
            (self.tr("Type a value…"), lambda: self._type(index), True),
            (self.tr("Default"), lambda: self._finish(index, self.rows.specs[index].default), True),
        ]
        return factory.menu(self, items)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Select a row; by its part fold, switch, choose, type, or start a drag."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        place = self.indexAt(event.position().toPoint())
        row = self._row(place)
        if row is None:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.setCurrentIndex(place)
        if isinstance(row, Heading):
            self.toggle(place)
            return
        areas, x = areas_of(self.visualRect(place)), event.position().x()
        if x > areas.control.right():
            self.edit(place)
        elif x >= areas.control.left():
            self._press(row, event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Turn by dragging."""
        position = self._drag.move(event) if event is not None else None
        if position is not None and self._dragged in self.rows.specs:
            self._change(self._dragged, self.rows.specs[self._dragged].value_at(position))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """End the drag."""
        self._dragged = None
        if self._drag.stop():
            self.editing_finished.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Reset to the default; a switch, a choice and a heading take it as one more click."""
        self._drag.stop()
        place = self.indexAt(event.position().toPoint()) if event is not None else QModelIndex()
        row = self._row(place)
        if event is None or event.button() != Qt.MouseButton.LeftButton or row is None:
            return
        is_on_value = event.position().x() > areas_of(self.visualRect(place)).control.right()
        if isinstance(row, Heading) or self.rows.specs[row].is_switch or self.rows.specs[row].steps or is_on_value:
            self.mousePressEvent(event)
        else:
            self._finish(row, self.rows.specs[row].default)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Turn the current row where the pointer is on its control; elsewhere scroll."""
        if event is None:
            return
        place = self.indexAt(event.position().toPoint())
        row = self._row(place)
        is_current = place == self.currentIndex() and self.hasFocus()
        is_on_control = areas_of(self.visualRect(place)).control.contains(event.position().toPoint())
        if isinstance(row, int) and is_current and is_on_control:
            share = wheel_share(event)
            spec = self.rows.specs[row]
            by = (1 if share > 0 else -1) if spec.stop_size else share * SCALE_STEPS
            self._finish(row, spec.step(self.rows.values[row], by))
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Left and right turn or fold, Enter types, Space switches or chooses, Delete resets."""
        row = self._row(self.currentIndex())
        is_typing = self.state() == QAbstractItemView.State.EditingState  # the field passes on the Enter that ends it
        if event is None or row is None or is_typing:
            super().keyPressEvent(event)
            return
        key = Qt.Key(event.key())
        if isinstance(row, Heading):
            is_wanted = {Qt.Key.Key_Left: row.is_open, Qt.Key.Key_Right: not row.is_open}
            if key in (*_ENTER, Qt.Key.Key_Space) or is_wanted.get(key, False):
                self.toggle(self.currentIndex())
            elif key not in is_wanted:
                super().keyPressEvent(event)
        elif key in _TURNS:
            fine = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
            spec = self.rows.specs[row]
            by = _TURNS[key] / (FINE_FACTOR if event.modifiers() & fine and not spec.stop_size else 1)
            self._finish(row, spec.step(self.rows.values[row], by))
        elif key in _ENTER:
            self.edit(self.currentIndex())
        elif key == Qt.Key.Key_Space:
            self._switch_or_choose(row)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._finish(row, self.rows.specs[row].default)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """Open the context menu of the row at the pointer, or of the current one."""
        if event is None:
            return
        is_by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        place = self.currentIndex() if is_by_key else self.indexAt(event.pos())
        row = self._row(place)
        if isinstance(row, int):
            self.setCurrentIndex(place)
            self._open(self.menu(row), self._corner(row) if is_by_key else event.globalPos())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint a text where nothing is found."""
        super().paintEvent(event)
        viewport = self.viewport()
        if viewport is not None and not self.rows.rows:
            painter = QPainter(viewport)
            painter.setPen(theme.colour(theme.SECONDARY_TEXT))
            painter.drawText(viewport.rect().adjusted(14, 10, -14, 0), 0, self.tr("No parameter matches."))

    def _press(self, index: int, event: QMouseEvent) -> None:
        spec = self.rows.specs[index]
        if spec.is_switch or spec.steps:
            self._switch_or_choose(index)
        else:
            self._dragged = index
            width = self.areas(index).control.width() - 2 * TRACK_MARGIN
            self._drag.start(event.position(), spec.position_of(self.rows.values[index]), width)

    def _switch_or_choose(self, index: int) -> None:
        spec, value = self.rows.specs[index], self.rows.values[index]
        if spec.is_switch:
            self._finish(index, 0.0 if value > 0.5 else 1.0)
        elif spec.steps:
            self._open_choice(index)
        else:
            self._type(index)

    def _type(self, index: int) -> None:
        """Open the field for the value of a parameter, if its row is there."""
        if self.rows.place(index).isValid():
            self.edit(self.rows.place(index))

    def _open_choice(self, index: int) -> None:
        """Open the menu of the words of a parameter, at the word that it has."""
        spec, menu = self.rows.specs[index], QMenu(self)
        for number, word in enumerate(spec.steps):
            action = menu.addAction(word.replace("&", "&&"))
            if action is None:
                continue
            value = spec.low + number
            action.setCheckable(True)
            action.setChecked(value == self.rows.values[index])
            action.triggered.connect(lambda _=False, value=value: self._finish(index, value))
            if action.isChecked():
                menu.setActiveAction(action)
        self._open(menu, self._corner(index))

    def _open(self, menu: QMenu, corner: QPoint) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.aboutToHide.connect(self._forget_menu)
        self.open_menu = menu
        menu.popup(corner)

    def _forget_menu(self) -> None:
        self.open_menu = None

    def _corner(self, index: int) -> QPoint:
        """The point of the screen below the control of a parameter."""
        viewport = self.viewport()
        return (viewport or self).mapToGlobal(self.areas(index).control.bottomLeft())

    def _row(self, place: QModelIndex) -> Row | None:
        row = place.data(ROW_ROLE) if place.isValid() else None
        return row if isinstance(row, Heading | int) else None

    def _enter(self, index: int, value: float) -> None:
        self._finish(index, value)

    def _finish(self, index: int, value: float) -> None:
        """A change that is a gesture by itself."""
        if index in self.rows.specs:
            self._change(index, value)
            self.editing_finished.emit()

    def _change(self, index: int, value: float) -> None:
        before = self.rows.values[index]
        self.rows.set_value(index, value)
        if self.rows.values[index] != before:
            self.value_edited.emit(index, self.rows.values[index])


_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_TURNS = {Qt.Key.Key_Right: 1, Qt.Key.Key_Plus: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Minus: -1}
