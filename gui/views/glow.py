"""Lights of several sizes, painted once and then set down wherever something rings."""

from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainter, QPixmap, QRadialGradient

from gui import theme

SIZES = 12


def paint_glows(scale: float) -> list[QPixmap]:
    """Lights of SIZES sizes: a core and a halo."""
    accent = theme.colour(theme.ACCENT)
    core = QColor("#fff3dc") if theme.is_dark() else accent
    glows = []
    for size in range(SIZES):
        share = (size + 1) / SIZES
        radius = 5 + 19 * share**1.4
        glow = QPixmap(round(2 * radius * scale), round(2 * radius * scale))
        glow.setDevicePixelRatio(scale)
        glow.fill(Qt.GlobalColor.transparent)
        painter = QPainter(glow)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        light = QRadialGradient(radius, radius, radius)
        for at, colour, strength in (
            (0, core, 1),
            (0.16, core, 0.95),
            (0.3, accent, 0.6),
            (0.6, accent, 0.14),
            (1, accent, 0),
        ):
            tone = QColor(colour)
            tone.setAlphaF(strength * (0.25 + 0.75 * share))
            light.setColorAt(at, tone)
        painter.setBrush(light)
        painter.drawEllipse(QPointF(radius, radius), radius, radius)
        painter.end()
        glows.append(glow)
    return glows
