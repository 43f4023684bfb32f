"""Size, set-up and painting shared by knobs and switches."""

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QPainter, QPalette, QPen
from PyQt6.QtWidgets import QWidget

from gui import theme

from .spec import KnobSpec

START_ANGLE, SWEEP_ANGLE = 225.0, 270.0  # degrees
HEIGHT = 94  # pixels
MAX_WIDTH = 150  # pixels, of one whose words are long
TEXT_MARGIN = 4  # pixels on either side of them
SIZE, MIN_SIZE = QSize(76, HEIGHT), QSize(66, HEIGHT)


def set_up(widget: QWidget, spec: KnobSpec) -> None:
    """Apply what a knob and a switch share: height, focus, cursor and accessible name."""
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.setFixedHeight(HEIGHT)
    widget.setAccessibleName(spec.full_name)
    widget.setCursor(Qt.CursorShape.PointingHandCursor)


def size_of(widget: QWidget, spec: KnobSpec, size: QSize) -> QSize:
    """A size, wider where the words of a foreign plugin need it."""
    if not spec.is_foreign:
        return size
    metrics = QFontMetrics(theme.sized(widget.font(), theme.CAPTION))
    texts = [
        spec.label,
        *spec.steps,
        *(word for _, word in spec.words),
        spec.format(spec.low),
        spec.format(spec.high),
    ]
    widest = max(map(metrics.horizontalAdvance, texts)) + 2 * TEXT_MARGIN
    return QSize(min(max(size.width(), widest), MAX_WIDTH), size.height())


def paint_labels(painter: QPainter, widget: QWidget, name: str, value: str, value_role: QPalette.ColorRole) -> None:
    """Paint the name above and the value below."""
    area = QRectF(widget.rect())
    painter.setFont(theme.sized(widget.font(), theme.CAPTION))
    painter.setPen(theme.colour(theme.TEXT if widget.hasFocus() else theme.SECONDARY_TEXT))
    painter.drawText(area.adjusted(0, 2, 0, 0), _TOP, _elided(painter, name, area.width()))
    painter.setPen(theme.colour(value_role))
    painter.drawText(area.adjusted(0, 0, 0, -3), _BOTTOM, _elided(painter, value, area.width()))


def paint_knob(painter: QPainter, area: QRectF, origin: float, position: float, focused: bool) -> None:
    """Paint track, arc from origin to position, and pointer into a square; both are shares of the range, 0..1."""
    painter.setPen(_pen(theme.colour(theme.BORDER), 4))
    painter.drawArc(area, round(16 * (START_ANGLE - SWEEP_ANGLE)), round(16 * SWEEP_ANGLE))
    painter.setPen(_pen(theme.colour(theme.ACCENT), 4))
    start, sweep = START_ANGLE - SWEEP_ANGLE * origin, SWEEP_ANGLE * (position - origin)
    painter.drawArc(area, round(16 * start), round(-16 * sweep))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(theme.RAISED))
    inner = area.adjusted(6, 6, -6, -6)
    painter.drawEllipse(inner)
    if focused:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_pen(theme.colour(theme.ACCENT), 1.5))
        painter.drawEllipse(inner)
    painter.translate(area.center())
    painter.rotate(-(START_ANGLE - SWEEP_ANGLE * position))
    painter.setPen(_pen(theme.colour(theme.TEXT), 2.5))
    radius = inner.width() / 2
    painter.drawLine(QPointF(0.45 * radius, 0), QPointF(0.85 * radius, 0))


def paint_controller_mark(painter: QPainter, area: QRectF, position: float) -> None:
    """Mark the position of a MIDI controller that has not picked up the value yet."""
    painter.setPen(_pen(theme.colour(theme.TEXT), 6))
    painter.drawArc(area, round(16 * (START_ANGLE - SWEEP_ANGLE * position)), 1)


def _elided(painter: QPainter, text: str, width: float) -> str:
    """A text of which the middle is left out where it is wider than a knob may be."""
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, round(width))


def _pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)


_TOP = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
_BOTTOM = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
