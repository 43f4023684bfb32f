"""The area of an XY pad: conversion between positions (0..1 from the lower left) and pixels, and the grid."""

from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import QFont, QPainter, QPen

from gui import theme

MARGIN_PIXELS, BOTTOM_MARGIN_PIXELS = 20, 8  # around the area, and more below


class PadGeometry:
    """The area inside the rectangle of a widget."""

    def __init__(self, rect: QRectF) -> None:
        self._area = rect.adjusted(
            MARGIN_PIXELS, MARGIN_PIXELS, -MARGIN_PIXELS, -MARGIN_PIXELS - BOTTOM_MARGIN_PIXELS
        )

    def position(self, point: QPointF) -> tuple[float, float]:
        """The position of a point, clamped to the area."""
        x, y = (point.x() - self._area.left()) / self._area.width(), (self._area.bottom() - point.y())
        return min(max(x, 0.0), 1.0), min(max(y / self._area.height(), 0.0), 1.0)

    def point(self, x: float, y: float) -> QPointF:
        """The point of a position."""
        return QPointF(self._area.left() + x * self._area.width(), self._area.bottom() - y * self._area.height())

    def paint(self, painter: QPainter, axes: tuple[str, str], font: QFont) -> None:
        """Paint grid lines at every eighth, and the names of the axes that have one."""
        area = self._area
        for i in range(9):
            painter.setPen(QPen(theme.colour(theme.BORDER, 0.7 if i % 4 == 0 else 0.25), 1))
            x, y = area.left() + area.width() * i / 8, area.top() + area.height() * i / 8
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setFont(font)
        painter.setPen(theme.colour(theme.SECONDARY_TEXT))
        if axes[0]:
            painter.drawText(area.adjusted(8, 0, -8, 20), _LOWER_RIGHT, f"{axes[0]} →")
        if axes[1]:
            painter.drawText(area.adjusted(8, 6, 0, 0), Qt.AlignmentFlag.AlignLeft, f"↑ {axes[1]}")


_LOWER_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
