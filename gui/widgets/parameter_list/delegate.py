"""Painting and typing of a row of the parameter list: name, control, value."""

from dataclasses import dataclass

from PyQt6.QtCore import QAbstractItemModel, QModelIndex, QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui import theme
from gui.widgets.knob.spec import KnobSpec

from .model import ROW_ROLE, Heading, ParameterListModel

ROW_HEIGHT = 28  # pixels
NAME_SHARE, VALUE_SHARE = 0.36, 0.22  # of the width of a row
MAX_NAME_WIDTH, MAX_VALUE_WIDTH = 340, 130  # pixels
MAX_CONTROL_WIDTH = 640  # pixels
TRACK_HEIGHT, TRACK_MARGIN = 4, 6  # pixels; on either side of a track


@dataclass(frozen=True)
class RowAreas:
    """Where the parts of a row are."""

    name: QRect
    control: QRect
    value: QRect


def areas_of(row: QRect) -> RowAreas:
    """The parts of a row."""
    name = min(round(NAME_SHARE * row.width()), MAX_NAME_WIDTH)
    value = min(round(VALUE_SHARE * row.width()), MAX_VALUE_WIDTH)
    control = min(row.width() - name - value, MAX_CONTROL_WIDTH)
    inner = row.adjusted(0, 1, 0, -1)
    start = inner.left() + name
    return RowAreas(
        QRect(inner.left() + 14, inner.top(), name - 22, inner.height()),
        QRect(start, inner.top(), control, inner.height()),
        QRect(start + control + 8, inner.top(), value - 12, inner.height()),
    )


class ParameterDelegate(QStyledItemDelegate):
    """Emits `entered` where a value was typed: the index of the parameter, and the value."""

    entered = pyqtSignal(int, float)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        """Room for one line."""
        return QSize(320, ROW_HEIGHT)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint a heading or a parameter."""
        view, row, model = option.widget, index.data(ROW_ROLE), index.model()
        if painter is None or view is None or row is None or not isinstance(model, ParameterListModel):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_current = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(theme.RAISED))
            painter.drawRoundedRect(option.rect.adjusted(0, 1, -4, -1), 6, 6)
            painter.setBrush(theme.colour(theme.ACCENT if view.hasFocus() else theme.BORDER))
            painter.drawRoundedRect(QRect(option.rect.left(), option.rect.top() + 6, 3, ROW_HEIGHT - 12), 1.5, 1.5)
        if isinstance(row, Heading):
            _paint_heading(painter, view, option.rect, row)
        else:
            _paint_parameter(painter, view, areas_of(option.rect), model, row)
        painter.restore()

    def createEditor(self, parent: QWidget | None, option: QStyleOptionViewItem, index: QModelIndex) -> QWidget:
        """A field for typing a value."""
        field = QLineEdit(parent)
        field.setAccessibleName(str(index.data()))
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setStyleSheet("padding: 0 4px; border-radius: 3px;")
        return field

    def updateEditorGeometry(self, editor: QWidget | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Put the field over the value."""
        if editor is not None:
            editor.setGeometry(areas_of(option.rect).value.adjusted(0, 1, 6, -1))

    def setEditorData(self, editor: QWidget | None, index: QModelIndex) -> None:
        """Begin with the present value, once: it may change while another is typed."""
        row, model = index.data(ROW_ROLE), index.model()
        if (
            isinstance(editor, QLineEdit)
            and isinstance(model, ParameterListModel)
            and not (editor.isModified() or editor.text())
        ):
            editor.setText(model.specs[row].format(model.values[row]))
            editor.selectAll()

    def setModelData(self, editor: QWidget | None, model: QAbstractItemModel | None, index: QModelIndex) -> None:
        """Emit the value that was typed; a text that is none, or was not changed, does nothing."""
        row = index.data(ROW_ROLE)
        if isinstance(editor, QLineEdit) and isinstance(model, ParameterListModel) and editor.isModified():
            value = model.specs[row].parse(editor.text())
            if value is not None:
                self.entered.emit(row, value)


def _paint_heading(painter: QPainter, view: QWidget, area: QRect, heading: Heading) -> None:
    painter.setFont(theme.sized(view.font(), theme.BODY, bold=True))
    painter.setPen(theme.colour(theme.TEXT))
    mark = "▾" if heading.is_open else "▸"
    text = painter.fontMetrics().elidedText(
        f"{mark}  {heading.title}", Qt.TextElideMode.ElideRight, area.width() - 80
    )
    painter.drawText(area.adjusted(10, 0, 0, 0), _LEFT, text)
    width = painter.fontMetrics().horizontalAdvance(text)
    painter.setFont(theme.sized(view.font(), theme.CAPTION))
    painter.setPen(theme.colour(theme.SECONDARY_TEXT))
    painter.drawText(area.adjusted(20 + width, 0, 0, 0), _LEFT, str(heading.count))


def _paint_parameter(
    painter: QPainter, view: QWidget, areas: RowAreas, model: ParameterListModel, index: int
) -> None:
    spec, value, cc = model.specs[index], model.values[index], model.controllers.get(index)
    name = areas.name
    if cc is not None:
        painter.setFont(theme.sized(view.font(), theme.CAPTION))
        painter.setPen(theme.colour(theme.ACCENT))
        text = f"CC {cc}"
        painter.drawText(name, _RIGHT, text)
        name = name.adjusted(0, 0, -painter.fontMetrics().horizontalAdvance(text) - 6, 0)
    painter.setFont(theme.sized(view.font(), theme.BODY))
    painter.setPen(theme.colour(theme.TEXT))
    painter.drawText(name, _LEFT, _elided(painter, spec.label, name.width()))
    is_learning = index == model.learning
    painter.setPen(theme.colour(theme.ACCENT if is_learning else theme.TEXT))
    if not spec.steps or spec.is_switch or is_learning:
        painter.drawText(areas.value, _RIGHT, _elided(painter, model.text(index), areas.value.width()))
    if spec.is_switch:
        _paint_switch(painter, areas.control, value > 0.5)
    elif spec.steps:
        _paint_choice(painter, areas.control, spec.format(value))
    else:
        _paint_slider(painter, areas.control, spec, value, model.positions.get(index))


def _paint_switch(painter: QPainter, area: QRect, is_on: bool) -> None:
    track = QRectF(area.left(), area.center().y() - 7, 30, 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(theme.ACCENT if is_on else theme.BORDER))
    painter.drawRoundedRect(track, 8, 8)
    painter.setBrush(theme.colour(theme.ON_ACCENT if is_on else theme.TEXT))
    painter.drawEllipse(QPointF(track.right() - 8 if is_on else track.left() + 8, track.center().y()), 5, 5)


def _paint_choice(painter: QPainter, area: QRect, word: str) -> None:
    box = QRectF(area.adjusted(0, 2, 0, -2))
    painter.setPen(theme.colour(theme.BORDER))
    painter.setBrush(theme.colour(theme.WINDOW_BACKGROUND))
    painter.drawRoundedRect(box, 5, 5)
    painter.setPen(theme.colour(theme.TEXT))
    inner = area.adjusted(10, 0, -10, 0)
    painter.drawText(inner, _LEFT, _elided(painter, word, inner.width() - 20))
    painter.setPen(theme.colour(theme.SECONDARY_TEXT))
    painter.drawText(inner, _RIGHT, "▾")


def _paint_slider(painter: QPainter, area: QRect, spec: KnobSpec, value: float, controller: float | None) -> None:
    """A track, filled from zero, or the lower end, to the value; a mark where a controller waits to pick it up."""
    left, width, y = area.left() + float(TRACK_MARGIN), area.width() - 2.0 * TRACK_MARGIN, area.center().y() + 0.5
    origin = spec.position_of(min(0.0, spec.high)) if spec.low < 0 else 0.0
    position = spec.position_of(value)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(theme.BORDER))
    painter.drawRoundedRect(QRectF(left, y - TRACK_HEIGHT / 2, width, TRACK_HEIGHT), 2, 2)
    painter.setBrush(theme.colour(theme.ACCENT))
    start, end = sorted((left + origin * width, left + position * width))
    painter.drawRoundedRect(QRectF(start, y - TRACK_HEIGHT / 2, end - start, TRACK_HEIGHT), 2, 2)
    if controller is not None:
        painter.setBrush(theme.colour(theme.TEXT))
        painter.drawRect(QRectF(left + controller * width - 1, y - 8, 2, 16))
    painter.drawEllipse(QPointF(left + position * width, y), 6, 6)


def _elided(painter: QPainter, text: str, width: int) -> str:
    return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, width)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
