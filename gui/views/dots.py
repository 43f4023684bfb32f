"""Dots for modes and sounds: their sizes, and pre-rendered glow sprites for those that sound."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor, QPainter, QPixmap, QRadialGradient

from gui import theme

if TYPE_CHECKING:
    from engine.snapshots.modes import Modes

MAX_LIT_MODES = 500
GLOW_SIZES = 12


def scaled(modes: "Modes", gain: float = 1.0) -> "Modes":
    """Modes with their levels scaled and limited to 1."""
    return replace(modes, level=np.minimum(gain * modes.level, 1.0))


def loudest(modes: "Modes") -> "Modes":
    """At most MAX_LIT_MODES modes, the loudest last so that they are painted on top."""
    order = np.argsort(modes.level)[-MAX_LIT_MODES:]
    return replace(
        modes,
        frequency=modes.frequency[order],
        decay=modes.decay[order],
        level=modes.level[order],
        resonance=modes.resonance[order],
    )


def level_shares(level: np.ndarray) -> np.ndarray:
    """Linear levels up to 1 as 0..1 over 60 dB."""
    return np.clip(1 + np.log10(np.maximum(level, 1e-9)) / 3, 0, 1)


def radii(level: np.ndarray) -> np.ndarray:
    """Radius in pixels for each linear level."""
    return 1.2 + 5.5 * level_shares(level) ** 1.5


def paint_glows(scale: float) -> list[QPixmap]:
    """Glow sprites in GLOW_SIZES sizes, each a core and a halo; scale: device pixel ratio."""
    accent = theme.colour(theme.ACCENT)
    core = QColor("#fff3dc") if theme.is_dark() else accent
    glows = []
    for size in range(GLOW_SIZES):
        share = (size + 1) / GLOW_SIZES
        radius = 5 + 19 * share**1.4
        glow = QPixmap(round(2 * radius * scale), round(2 * radius * scale))
        glow.setDevicePixelRatio(scale)
        glow.fill(Qt.GlobalColor.transparent)
        painter = QPainter(glow)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        gradient = QRadialGradient(radius, radius, radius)
        for at, colour, strength in (
            (0, core, 1),
            (0.16, core, 0.95),
            (0.3, accent, 0.6),
            (0.6, accent, 0.14),
            (1, accent, 0),
        ):
            tone = QColor(colour)
            tone.setAlphaF(strength * (0.25 + 0.75 * share))
            gradient.setColorAt(at, tone)
        painter.setBrush(gradient)
        painter.drawEllipse(QPointF(radius, radius), radius, radius)
        painter.end()
        glows.append(glow)
    return glows
