"""The knobs of a row, side by side; more of them than there is room for are scrolled."""

from collections.abc import Collection, Mapping, Sequence

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from .knob import HEIGHT, Knob
from .spec import KnobSpec
from .switch import Switch


class KnobPanel(QScrollArea):
    """Says which knob was turned, by its place in the table; a movement ends with `settled`."""

    turned = pyqtSignal(int, float)
    settled = pyqtSignal()
    learn = pyqtSignal(int)
    forget = pyqtSignal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("KnobPanel"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(HEIGHT + 14)  # with room for the bar
        self.knobs: dict[int, Knob | Switch] = {}

    def set_knobs(self, specs: Sequence[KnobSpec], words: Mapping[str, tuple[str, str]], hidden: Sequence[str]) -> None:
        """Show a knob for each spec, a switch for those in `words`, none for those hidden."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(4, 2, 4, 2)
        row.setSpacing(2)
        self.knobs = {}
        for place, spec in enumerate(specs):
            if spec.name not in hidden:
                self.knobs[place] = knob = self._make(place, spec, words.get(spec.name))
                knob.installEventFilter(self)
                row.addWidget(knob)
        row.addStretch(1)
        self.setWidget(holder)

    def set_shown(self, places: Collection[int]) -> None:
        """Show these of them, and hide the others."""
        for place, knob in self.knobs.items():
            knob.setVisible(place in places)
        bar = self.horizontalScrollBar()
        if bar is not None:
            bar.setValue(0)

    def tell(self, place: int, value: float) -> None:
        """Show a value."""
        if place in self.knobs:
            self.knobs[place].tell(value)

    def set_controllers(self, controllers: Mapping[int, int | None], learning: int | None) -> None:
        """Show which controllers turn the knobs, and which one waits for its own."""
        for place, knob in self.knobs.items():
            if isinstance(knob, Knob):
                knob.set_controller(controllers.get(place), place == learning)

    def set_waiting(self, waiting: Mapping[int, float]) -> None:
        """Show where controllers stand that have yet to take their knobs over, as shares of the way."""
        for place, knob in self.knobs.items():
            if isinstance(knob, Knob):
                knob.set_waiting(waiting.get(place))

    def sizeHint(self) -> QSize:
        """One row."""
        return QSize(900, 104)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Bring the knob that gets the focus into sight."""
        if event is not None and event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
            self.ensureWidgetVisible(watched)
        return False

    def _make(self, place: int, spec: KnobSpec, words: tuple[str, str] | None) -> Knob | Switch:
        if words is not None:
            switch = Switch(spec, words)
            switch.turned.connect(lambda value: self.turned.emit(place, value))
            switch.settled.connect(self.settled)
            return switch
        knob = Knob(spec)
        knob.turned.connect(lambda value: self.turned.emit(place, value))
        knob.released.connect(self.settled)
        knob.learn.connect(lambda: self.learn.emit(place))
        knob.forget.connect(lambda: self.forget.emit(place))
        return knob
