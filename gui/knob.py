"""A knob: one value in the player's unit, turned, typed or told."""

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PyQt6.QtWidgets import QDial, QLineEdit, QMenu, QWidget

from . import quantity, theme

STEPS = 1000  # of the way that assistive programs and arrow keys go
WAY = 200  # pixels of a drag from one end to the other
FINE = 10  # times as many with Shift or Ctrl
START, SWEEP = 225.0, 270.0  # degrees
HEIGHT = 94  # pixels


@dataclass(frozen=True)
class Spec:
    """What a knob is for."""

    name: str
    unit: str
    low: float
    high: float
    default: float
    help: str = ""
    cc: int | None = None
    title: str = ""  # what stands on it, where that is shorter than its name

    @property
    def words(self) -> str:
        """What stands on it."""
        return (self.title or self.name).capitalize()


class Knob(QDial):
    """Drag upwards, turn the wheel, use the arrow keys, type after Enter; a double click brings the default back.

    `turned` comes with every movement of the player's, never when a value is told; `released` ends a movement.
    """

    turned = pyqtSignal(float)
    released = pyqtSignal()
    learn = pyqtSignal()
    forget = pyqtSignal()

    def __init__(self, spec: Spec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._value = spec.default
        self._drag: tuple[QPointF, float] | None = None
        self._learning = False
        self._line: QLineEdit | None = None
        self.setRange(0, STEPS)
        self.setSingleStep(STEPS // 100)
        self.setPageStep(STEPS // 10)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(spec.name)
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
        self._value = min(max(value, self.spec.low), self.spec.high)
        blocked = self.blockSignals(True)
        self.setValue(round(STEPS * self._place()))
        self.blockSignals(blocked)
        self.setAccessibleDescription(quantity.text(self._value, self.spec.unit))
        self.update()

    def set_controller(self, cc: int | None, learning: bool = False) -> None:
        """Say which MIDI controller turns it, or that it waits for one."""
        self._learning = learning
        by = self.tr("turned by CC {0}").format(cc) if cc is not None else self.tr("no controller")
        if learning:
            by = self.tr("move a controller to learn it")
        self.setToolTip(f"<b>{self.spec.name.capitalize()}</b> · {by}<br>{self.spec.help}")
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
        self._paint_arc(painter, QRectF(area.center().x() - side / 2, area.center().y() - side / 2 + 1, side, side))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Take hold; on the value, type it."""
        if event is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.position().y() > self.height() - 22:
            self.edit()
            return
        self._drag = (event.position(), self._place())

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Turn: upwards and to the right is more; with Shift or Ctrl finely."""
        if event is None or self._drag is None:
            return
        last, place = self._drag
        moved = (last.y() - event.position().y()) + (event.position().x() - last.x())
        place = min(max(place + moved / (WAY * (FINE if _is_fine(event) else 1)), 0.0), 1.0)
        self._drag = (event.position(), place)
        self._turn(quantity.value(place, self.spec.low, self.spec.high))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Let go."""
        if self._drag is not None:
            self._drag = None
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Back to the default."""
        self._drag = None
        self._turn(self.spec.default)
        self.released.emit()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """A hundredth of the way for each notch."""
        if event is None:
            return
        notches = event.angleDelta().y() / 120
        self._move(notches / (100 * (FINE if _is_fine(event) else 1)))
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
        menu = QMenu(self)
        for words, work in self._offers():
            action = menu.addAction(words)
            if action is not None:
                action.triggered.connect(work)
        return menu

    def edit(self) -> None:
        """Type the value."""
        self._line = line = QLineEdit(quantity.text(self._value, self.spec.unit), self)
        line.setAccessibleName(self.spec.name)
        line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        line.setStyleSheet("padding: 0 2px; border-radius: 3px;")
        line.setGeometry(2, self.height() - 24, self.width() - 4, 22)
        line.editingFinished.connect(self._typed)
        line.selectAll()
        line.show()
        line.setFocus()

    def _offers(self) -> list[tuple[str, Callable[[], object]]]:
        return [
            (self.tr("MIDI learn"), self.learn.emit),
            (self.tr("Forget the controller"), self.forget.emit),
            (self.tr("Type a value…"), self.edit),
            (self.tr("Default"), lambda: self.mouseDoubleClickEvent(None)),
        ]

    def _typed(self) -> None:
        line, self._line = self._line, None
        if line is None:
            return
        value = quantity.parse(line.text(), self.spec.unit)
        line.deleteLater()
        self.setFocus()
        if value is not None:
            self._turn(value)
            self.released.emit()

    def _step(self, action: int) -> None:
        """Arrow keys and assistive programs move the dial's own value; ours follows."""
        self._turn(quantity.value(self.sliderPosition() / STEPS, self.spec.low, self.spec.high))
        self.released.emit()

    def _move(self, share: float) -> None:
        self._turn(quantity.value(self._place() + share, self.spec.low, self.spec.high))
        self.released.emit()

    def _turn(self, value: float) -> None:
        before = self._value
        self.tell(value)
        if self._value != before:
            self.turned.emit(self._value)

    def _place(self) -> float:
        return quantity.place(self._value, self.spec.low, self.spec.high)

    def _caption(self) -> str:
        return self.tr("CC…?") if self._learning else quantity.text(self._value, self.spec.unit)

    def _paint_arc(self, painter: QPainter, area: QRectF) -> None:
        """The way it can go, the part from rest to the value, and a hand."""
        rest = quantity.place(max(self.spec.low, min(0.0, self.spec.high)), self.spec.low, self.spec.high)
        rest = rest if self.spec.low < 0 else 0.0
        place = self._place()
        painter.setPen(_pen(theme.colour(theme.LINE), 4))
        painter.drawArc(area, round(16 * (START - SWEEP)), round(16 * SWEEP))
        painter.setPen(_pen(theme.colour(theme.ACCENT), 4))
        painter.drawArc(area, round(16 * (START - SWEEP * rest)), round(-16 * SWEEP * (place - rest)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(theme.RAISED))
        inner = area.adjusted(6, 6, -6, -6)
        painter.drawEllipse(inner)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(_pen(theme.colour(theme.ACCENT), 1.5))
            painter.drawEllipse(inner)
        painter.translate(area.center())
        painter.rotate(-(START - SWEEP * place))
        painter.setPen(_pen(theme.colour(theme.TEXT), 2.5))
        reach = inner.width() / 2
        painter.drawLine(QPointF(0.45 * reach, 0), QPointF(0.85 * reach, 0))


_TOP = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
_BOTTOM = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom


def _pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)


def _is_fine(event: QMouseEvent | QWheelEvent) -> bool:
    return bool(event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))
