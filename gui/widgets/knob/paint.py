"""How a knob looks: the way it can go, the part from rest to the value, and a hand."""

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QPainter, QPen

from gui import theme

START, SWEEP = 225.0, 270.0  # degrees


def paint_knob(painter: QPainter, area: QRectF, rest: float, place: float, focused: bool) -> None:
    """Paint a knob into a square; rest and place are shares of its way, 0..1."""
    painter.setPen(_pen(theme.colour(theme.LINE), 4))
    painter.drawArc(area, round(16 * (START - SWEEP)), round(16 * SWEEP))
    painter.setPen(_pen(theme.colour(theme.ACCENT), 4))
    painter.drawArc(area, round(16 * (START - SWEEP * rest)), round(-16 * SWEEP * (place - rest)))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(theme.RAISED))
    inner = area.adjusted(6, 6, -6, -6)
    painter.drawEllipse(inner)
    if focused:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_pen(theme.colour(theme.ACCENT), 1.5))
        painter.drawEllipse(inner)
    painter.translate(area.center())
    painter.rotate(-(START - SWEEP * place))
    painter.setPen(_pen(theme.colour(theme.TEXT), 2.5))
    reach = inner.width() / 2
    painter.drawLine(QPointF(0.45 * reach, 0), QPointF(0.85 * reach, 0))


def paint_controller_mark(painter: QPainter, area: QRectF, place: float) -> None:
    """Paint a mark where a controller stands that has yet to take the knob over."""
    painter.setPen(_pen(theme.colour(theme.TEXT), 6))
    painter.drawArc(area, round(16 * (START - SWEEP * place)), 1)


def _pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
