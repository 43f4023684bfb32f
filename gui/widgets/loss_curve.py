"""The loss of a run of learning as a curve."""

from PyQt6.QtCore import QPointF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PyQt6.QtWidgets import QWidget

from gui import theme


class LossCurve(QWidget):
    """Plots the losses added; hidden until there are two."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._losses: list[float] = []
        self.setAccessibleName(self.tr("Loss"))
        self.setMinimumHeight(48)
        self.hide()

    def clear(self) -> None:
        """Remove all losses and hide."""
        self._losses.clear()
        self.hide()

    def add(self, loss: float) -> None:
        """Append a loss."""
        self._losses.append(loss)
        self.setVisible(len(self._losses) > 1)
        self.setAccessibleDescription(f"{loss:.3g}")
        self.update()

    def sizeHint(self) -> QSize:
        """A low strip."""
        return QSize(480, 80)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint a line from the first loss to the last, scaled to the full height."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high = min(self._losses), max(self._losses)
        points = [
            QPointF(
                i * self.width() / max(len(self._losses) - 1, 1),
                4 + (self.height() - 8) * (1 - (loss - low) / max(high - low, 1e-9)),
            )
            for i, loss in enumerate(self._losses)
        ]
        painter.setPen(QPen(theme.colour(theme.ACCENT), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline(QPolygonF(points))
