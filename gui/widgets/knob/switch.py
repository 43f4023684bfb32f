"""A knob that is either off or on."""

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QAbstractButton, QWidget

from gui import theme

from .knob import HEIGHT
from .spec import KnobSpec


class Switch(QAbstractButton):
    """Looks and is connected like a knob; its values are 0 and 1."""

    turned = pyqtSignal(float)
    settled = pyqtSignal()

    def __init__(self, spec: KnobSpec, words: tuple[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._words = words
        self.setCheckable(True)
        self.setAccessibleName(spec.full)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(f"<b>{spec.full.capitalize()}</b><br>{spec.help}")
        self.clicked.connect(self._click)
        self.tell(spec.default)

    @property
    def amount(self) -> float:
        """0 or 1."""
        return float(self.isChecked())

    def tell(self, value: float) -> None:
        """Show a value without saying that it was turned."""
        self.setChecked(value > 0.5)
        self.setAccessibleDescription(self._words[self.isChecked()])
        self.update()

    def sizeHint(self) -> QSize:
        """As a knob's."""
        return QSize(76, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """As a knob's."""
        return QSize(66, HEIGHT)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """A slide with a thumb on the side that is on."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        painter.setFont(theme.sized(self.font(), theme.CAPTION))
        painter.setPen(theme.colour(theme.TEXT if self.hasFocus() else theme.QUIET))
        painter.drawText(area.adjusted(0, 2, 0, 0), _TOP, self.spec.words)
        painter.setPen(theme.colour(theme.TEXT))
        painter.drawText(area.adjusted(0, 0, 0, -3), _BOTTOM, self._words[self.isChecked()])
        slide = QRectF(area.center().x() - 20, area.center().y() - 10, 40, 22)
        painter.setPen(theme.colour(theme.ACCENT if self.hasFocus() else theme.LINE))
        painter.setBrush(theme.colour(theme.ACCENT if self.isChecked() else theme.LINE))
        painter.drawRoundedRect(slide, 11, 11)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(theme.ON_ACCENT if self.isChecked() else theme.TEXT))
        x = slide.right() - 11 if self.isChecked() else slide.left() + 11
        painter.drawEllipse(QPointF(x, slide.center().y()), 7, 7)

    def _click(self) -> None:
        self.tell(self.amount)
        self.turned.emit(self.amount)
        self.settled.emit()


_TOP = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
_BOTTOM = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
