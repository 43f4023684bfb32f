"""A switch: a parameter with the values 0 and 1."""

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QAbstractButton, QWidget

from gui import theme

from .appearance import MIN_SIZE, SIZE, paint_labels, set_up, size_of
from .spec import KnobSpec


class Switch(QAbstractButton):
    """Has the size, the value and the signals of a knob."""

    value_edited = pyqtSignal(float)
    editing_finished = pyqtSignal()

    def __init__(self, spec: KnobSpec, texts: tuple[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._texts = texts  # off, on
        self.setCheckable(True)
        set_up(self, spec)
        self.setToolTip(f"<b>{spec.heading}</b><br>{spec.help}")
        self.clicked.connect(self._click)
        self.set_value(spec.default)

    @property
    def amount(self) -> float:
        """The value, 0 or 1."""
        return float(self.isChecked())

    def set_value(self, value: float) -> None:
        """Show a value; emits nothing."""
        self.setChecked(value > 0.5)
        self.setAccessibleDescription(self._texts[self.isChecked()])
        self.update()

    def sizeHint(self) -> QSize:
        """The size of a knob."""
        return size_of(self, self.spec, SIZE)

    def minimumSizeHint(self) -> QSize:
        """The smallest size of a knob."""
        return size_of(self, self.spec, MIN_SIZE)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the labels, the track and the thumb."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_labels(painter, self, self.spec.label, self._texts[self.isChecked()], theme.TEXT)
        center = QRectF(self.rect()).center()
        track = QRectF(center.x() - 20, center.y() - 10, 40, 22)
        painter.setPen(theme.colour(theme.ACCENT if self.hasFocus() else theme.BORDER))
        painter.setBrush(theme.colour(theme.ACCENT if self.isChecked() else theme.BORDER))
        painter.drawRoundedRect(track, 11, 11)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(theme.ON_ACCENT if self.isChecked() else theme.TEXT))
        x = track.right() - 11 if self.isChecked() else track.left() + 11
        painter.drawEllipse(QPointF(x, track.center().y()), 7, 7)

    def _click(self) -> None:
        self.set_value(self.amount)
        self.value_edited.emit(self.amount)
        self.editing_finished.emit()
