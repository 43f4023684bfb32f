"""A rotary knob: one parameter value in its own unit."""

import math

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PyQt6.QtWidgets import QDial, QMenu, QWidget

from gui import theme
from gui.widgets import factory

from .appearance import MIN_SIZE, SIZE, paint_controller_mark, paint_knob, paint_labels, set_up, size_of
from .drag import KnobDrag, wheel_share
from .spec import SCALE_STEPS, KnobSpec
from .value_editor import ValueEditor

STEPS = 1000  # of the range, for arrow keys and assistive programs


class Knob(QDial):
    """Drag upwards, turn the wheel, use the arrow keys, type after Enter; a double click resets to the default.

    `value_edited` is emitted for every change by the user, never by `set_value`; `editing_finished` ends a gesture.
    """

    value_edited = pyqtSignal(float)
    editing_finished = pyqtSignal()
    learn_requested = pyqtSignal()
    forget_requested = pyqtSignal()

    def __init__(self, spec: KnobSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._value = spec.default
        self._drag = KnobDrag()
        self._learning = self._has_controller = False
        self.controller_position: float | None = None
        self.editor: ValueEditor | None = None
        self.setRange(0, STEPS)
        self.setSingleStep(_single_step(spec))
        self.setPageStep(STEPS // 10)
        set_up(self, spec)
        self.actionTriggered.connect(self._apply_slider)
        self.set_value(spec.default)
        self.set_controller(spec.cc)

    @property
    def amount(self) -> float:
        """The value, in the parameter's unit."""
        return self._value

    @property
    def value_text(self) -> str:
        """The text below the arc: the value, or that the knob waits for a controller."""
        return self.tr("CC…?") if self._learning else self.spec.format(self._value)

    def set_value(self, value: float) -> None:
        """Show a value; emits nothing."""
        self._value = self.spec.clamp(value)
        blocked = self.blockSignals(True)
        self.setValue(round(STEPS * self._position()))
        self.blockSignals(blocked)
        self.setAccessibleDescription(self.spec.format(self._value))
        self.update()

    def set_controller(self, cc: int | None, learning: bool = False) -> None:
        """Show the MIDI controller that turns the knob, or that the knob waits for one."""
        self._learning, self._has_controller = learning, cc is not None
        by = self.tr("turned by CC {0}").format(cc) if cc is not None else self.tr("no controller")
        if learning:
            by = self.tr("move a controller to learn it")
        self.setToolTip(f"<b>{self.spec.heading}</b> · {by}<br>{self.spec.help}")
        self.update()

    def set_controller_position(self, position: float | None) -> None:
        """Mark where the controller stands (share of the range) until it has picked up the value; None: it has."""
        if position != self.controller_position:
            self.controller_position = position
            self.update()

    def sizeHint(self) -> QSize:
        """Room for the arc, the name and the value."""
        return size_of(self, self.spec, SIZE)

    def minimumSizeHint(self) -> QSize:
        """Nearly the same: a knob is not squeezed."""
        return size_of(self, self.spec, MIN_SIZE)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the labels and the knob."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_labels(painter, self, self.spec.label, self.value_text, theme.ACCENT if self._learning else theme.TEXT)
        area = QRectF(self.rect())
        side = min(area.width() - 20, area.height() - 42)
        arc = QRectF(area.center().x() - side / 2, area.center().y() - side / 2 + 1, side, side)
        if self.controller_position is not None:
            paint_controller_mark(painter, arc, self.controller_position)
        paint_knob(painter, arc, self._origin(), self._position(), self.hasFocus())

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Start a drag; on the value, open the editor."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.position().y() > self.height() - 22:
            self.edit()
            return
        self._drag.start(event.position(), self._position())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Turn by dragging."""
        position = self._drag.move(event) if event is not None else None
        if position is not None:
            self._edit_value(self.spec.value_at(position))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """End the drag."""
        if self._drag.stop():
            self.editing_finished.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Reset to the default."""
        self._drag.stop()
        self._edit_value(self.spec.default)
        self.editing_finished.emit()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Turn by a hundredth of the range for each notch."""
        if event is not None:
            self._turn_by(wheel_share(event))
            event.accept()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Enter opens the editor, Delete resets; QDial handles the arrows, Home and End."""
        if event is None:
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.mouseDoubleClickEvent(None)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """Open the context menu."""
        if event is not None:
            self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """The context menu: MIDI learn, forget, type, default."""
        items = [
            (self.tr("MIDI learn"), self.learn_requested.emit, True),
            (self.tr("Forget the controller"), self.forget_requested.emit, self._has_controller),
            (self.tr("Type a value…"), self.edit, True),
            (self.tr("Default"), lambda: self.mouseDoubleClickEvent(None), True),
        ]
        return factory.menu(self, items)

    def edit(self) -> None:
        """Open the editor for typing a value."""
        self.editor = ValueEditor(self, self.spec, self._value)
        self.editor.entered.connect(self._enter)

    def _enter(self, value: float) -> None:
        self._edit_value(value)
        self.editing_finished.emit()

    def _apply_slider(self, action: int) -> None:
        """Follow QDial's own value, which arrow keys and assistive programs move."""
        self._edit_value(self.spec.value_at(self.sliderPosition() / STEPS))
        self.editing_finished.emit()

    def _turn_by(self, share: float) -> None:
        stop = math.copysign(self.spec.stop_size, share)
        self._edit_value(self._value + stop if stop else self.spec.value_at(self._position() + share))
        self.editing_finished.emit()

    def _edit_value(self, value: float) -> None:
        before = self._value
        self.set_value(value)
        if self._value != before:
            self.value_edited.emit(self._value)

    def _position(self) -> float:
        return self.spec.position_of(self._value)

    def _origin(self) -> float:
        """Where the arc starts: at zero if the range has negative values, else at the lower end."""
        spec = self.spec
        return spec.position_of(min(0.0, spec.high)) if spec.low < 0 else 0.0


def _single_step(spec: KnobSpec) -> int:
    """The step of an arrow key, of STEPS."""
    stops = len(spec.steps) - 1 if spec.steps else spec.stops
    return max(round(STEPS / stops), 1) if stops else STEPS // SCALE_STEPS
