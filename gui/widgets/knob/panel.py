"""The knobs of a chain slot, side by side; they scroll when there are more than fit."""

from collections.abc import Collection, Mapping, Sequence

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from .appearance import HEIGHT
from .knob import Knob
from .spec import KnobSpec
from .switch import Switch


class KnobPanel(QScrollArea):
    """Emits the index of a knob and its value; `editing_finished` ends a gesture."""

    value_edited = pyqtSignal(int, float)
    editing_finished = pyqtSignal()
    learn_requested = pyqtSignal(int)
    forget_requested = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Knobs"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(HEIGHT + 14)  # with room for the scroll bar
        self.knobs: dict[int, Knob | Switch] = {}

    def set_knobs(
        self, specs: Sequence[KnobSpec], switches: Mapping[str, tuple[str, str]], hidden: Collection[str]
    ) -> None:
        """Make a knob for each spec; a switch with two texts for the names in `switches`, none for those hidden."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(4, 2, 4, 2)
        row.setSpacing(2)
        self.knobs = {}
        for index, spec in enumerate(specs):
            if spec.name not in hidden:
                self.knobs[index] = knob = self._make(index, spec, switches.get(spec.name))
                knob.installEventFilter(self)
                row.addWidget(knob)
        row.addStretch(1)
        self.setWidget(holder)

    def set_shown(self, indices: Collection[int]) -> None:
        """Show the knobs of these indices, and hide the others."""
        for index, knob in self.knobs.items():
            knob.setVisible(index in indices)
        bar = self.horizontalScrollBar()
        if bar is not None:
            bar.setValue(0)

    def set_value(self, index: int, value: float) -> None:
        """Show a value; emits nothing."""
        if index in self.knobs:
            self.knobs[index].set_value(value)

    def set_controllers(self, controllers: Mapping[int, int | None], learning: int | None) -> None:
        """Show the MIDI controllers of the knobs, and the knob that waits for one."""
        for index, knob in self.knobs.items():
            if isinstance(knob, Knob):
                knob.set_controller(controllers.get(index), index == learning)

    def set_controller_positions(self, positions: Mapping[int, float]) -> None:
        """Mark the controllers that have not picked up their values yet, as shares of the range."""
        for index, knob in self.knobs.items():
            if isinstance(knob, Knob):
                knob.set_controller_position(positions.get(index))

    def sizeHint(self) -> QSize:
        """One row of knobs."""
        return QSize(900, 104)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Scroll to the knob that gets the focus."""
        if event is not None and event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self.ensureWidgetVisible(watched)
        return False

    def _make(self, index: int, spec: KnobSpec, texts: tuple[str, str] | None) -> Knob | Switch:
        widget: Knob | Switch = Knob(spec) if texts is None else Switch(spec, texts)
        widget.value_edited.connect(lambda value: self.value_edited.emit(index, value))
        widget.editing_finished.connect(self.editing_finished)
        if isinstance(widget, Knob):
            widget.learn_requested.connect(lambda: self.learn_requested.emit(index))
            widget.forget_requested.connect(lambda: self.forget_requested.emit(index))
        return widget
