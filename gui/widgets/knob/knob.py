"""A knob: one value in the player's unit, turned, typed or told."""

import math

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PyQt6.QtWidgets import QDial, QMenu, QWidget

from gui import number_format, theme
from gui.widgets import factory

from .drag import KnobDrag, wheel_share
from .paint import paint_knob, paint_controller_mark
from .spec import KnobSpec
from .value_editor import ValueEditor

STEPS = 1000  # of the way that assistive programs and arrow keys go
HEIGHT = 94  # pixels


class Knob(QDial):
    """Drag upwards, turn the wheel, use the arrow keys, type after Enter; a double click brings the default back.

    `turned` comes with every movement of the player's, never when a value is told; `released` ends a movement.
    """

    turned = pyqtSignal(float)
    released = pyqtSignal()
    learn = pyqtSignal()
    forget = pyqtSignal()

    def __init__(self, spec: KnobSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._value = spec.default
        self._grip = KnobDrag()
        self._learning = self._controlled = False
        self._waiting: float | None = None
        self._line: ValueEditor | None = None
        self.setRange(0, STEPS)
        self.setSingleStep(round(STEPS / (len(spec.steps) - 1)) if spec.steps else STEPS // 100)
        self.setPageStep(STEPS // 10)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(spec.full)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.actionTriggered.connect(self._step)
        self.tell(spec.default)
        self.set_controller(spec.cc)

    @property
    def amount(self) -> float:
        """The value, in the player's unit."""
        return self._value

    def tell(self, value: float) -> None:
        """Show a value without saying that it was turned."""
        self._value = self.spec.near(value)
        blocked = self.blockSignals(True)
        self.setValue(round(STEPS * self._place()))
        self.blockSignals(blocked)
        self.setAccessibleDescription(self.spec.text(self._value))
        self.update()

    def set_controller(self, cc: int | None, learning: bool = False) -> None:
        """Say which MIDI controller turns it, or that it waits for one."""
        self._learning, self._controlled = learning, cc is not None
        by = self.tr("turned by CC {0}").format(cc) if cc is not None else self.tr("no controller")
        if learning:
            by = self.tr("move a controller to learn it")
        self.setToolTip(f"<b>{self.spec.full.capitalize()}</b> · {by}<br>{self.spec.help}")
        self.update()

    def set_waiting(self, place: float | None) -> None:
        """Show where its controller stands, a share of the way, until it passes the value; None: it has."""
        if place != self._waiting:
            self._waiting = place
            self.update()

    def sizeHint(self) -> QSize:
        """Room for the arc, the name and the value."""
        return QSize(76, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """The same: a knob is not squeezed."""
        return QSize(66, HEIGHT)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """An arc from rest to the value, the name above, the value below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        painter.setPen(theme.colour(theme.TEXT if self.hasFocus() else theme.QUIET))
        painter.drawText(area.adjusted(0, 2, 0, 0), _TOP, self.spec.words)
        painter.setPen(theme.colour(theme.ACCENT if self._learning else theme.TEXT))
        painter.drawText(area.adjusted(0, 0, 0, -3), _BOTTOM, self._caption())
        side = min(area.width() - 20, area.height() - 42)
        arc = QRectF(area.center().x() - side / 2, area.center().y() - side / 2 + 1, side, side)
        if self._waiting is not None:
            paint_controller_mark(painter, arc, self._waiting)
        paint_knob(painter, arc, self._rest(), self._place(), self.hasFocus())

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take hold; on the value, type it."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.position().y() > self.height() - 22:
            self.edit()
            return
        self._grip.take(event.position(), self._place())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Turn."""
        place = self._grip.move(event) if event is not None else None
        if place is not None:
            self._turn(number_format.value_at(place, self.spec.low, self.spec.high))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go."""
        if self._grip.let_go():
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Back to the default."""
        self._grip.let_go()
        self._turn(self.spec.default)
        self.released.emit()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """A hundredth of the way for each notch."""
        if event is not None:
            self._move(wheel_share(event))
            event.accept()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Enter types a value, Delete brings the default back; the arrows, Home and End are the dial's own."""
        if event is None:
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.mouseDoubleClickEvent(None)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """What else can be done with it."""
        if event is not None:
            self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """MIDI learn, forget, default, type."""
        offers = [
            (self.tr("MIDI learn"), self.learn.emit, True),
            (self.tr("Forget the controller"), self.forget.emit, self._controlled),
            (self.tr("Type a value…"), self.edit, True),
            (self.tr("Default"), lambda: self.mouseDoubleClickEvent(None), True),
        ]
        return factory.menu(self, offers)

    def edit(self) -> None:
        """Type the value."""
        self._line = ValueEditor(self, self.spec, self._value)
        self._line.entered.connect(self._enter)

    def _enter(self, value: float) -> None:
        self._turn(value)
        self.released.emit()

    def _step(self, action: int) -> None:
        """Arrow keys and assistive programs move the dial's own value; ours follows."""
        self._turn(number_format.value_at(self.sliderPosition() / STEPS, self.spec.low, self.spec.high))
        self.released.emit()

    def _move(self, share: float) -> None:
        value = number_format.value_at(self._place() + share, self.spec.low, self.spec.high)
        self._turn(self._value + math.copysign(1, share) if self.spec.steps else value)
        self.released.emit()

    def _turn(self, value: float) -> None:
        before = self._value
        self.tell(value)
        if self._value != before:
            self.turned.emit(self._value)

    def _place(self) -> float:
        return number_format.position_of(self._value, self.spec.low, self.spec.high)

    def _rest(self) -> float:
        """Where the arc begins: at zero, where there is less than that, or else at the lower end."""
        return (
            number_format.position_of(min(0.0, self.spec.high), self.spec.low, self.spec.high) if self.spec.low < 0 else 0.0
        )

    def _caption(self) -> str:
        return self.tr("CC…?") if self._learning else self.spec.text(self._value)


_TOP = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
_BOTTOM = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
