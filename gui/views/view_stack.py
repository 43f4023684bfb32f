"""The central area of the window: a view of the instrument, the XY pad, the voice, or the progress of the start."""

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.engine_translation import translate_name
from gui.widgets import factory
from gui.widgets.pad.pad import XYPad

from .harmonics import HarmonicsView
from .modes import ModesView
from .sound_map import SoundMapView
from .voice import VoiceView

INSTRUMENT, PAD, VOICE, START = range(4)
LEARNED = ""  # name of an axis of the learned plane
MAX_AXIS_WIDTH = 260  # pixels, of a choice: parameters of plugins may have long names
NO_AXIS = " "  # name of an axis that sets nothing; no parameter has it


class ViewStack(QFrame):
    """Tabs that switch between the views; for the pad, a choice of its axes."""

    view_changed = pyqtSignal(int)
    axes_changed = pyqtSignal(str, str)  # names of parameters, or NO_AXIS; or LEARNED twice

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("views")
        self.modes, self.harmonics, self.pad, self.voice = ModesView(), HarmonicsView(), XYPad(), VoiceView()
        self.sound_map = SoundMapView()
        self._instrument_views = QStackedWidget()
        self._instrument_views.addWidget(self.modes)
        self._instrument_views.addWidget(self.harmonics)
        self._instrument_views.addWidget(self.sound_map)
        self._tabs = QButtonGroup(self)
        self.x_axis, self.y_axis = QComboBox(), QComboBox()
        self.x_axis.setAccessibleName(self.tr("Pad: from left to right"))
        self.y_axis.setAccessibleName(self.tr("Pad: upwards"))
        for box in (self.x_axis, self.y_axis):
            box.setMaximumWidth(MAX_AXIS_WIDTH)
        self.start_label = factory.label(self.tr("Starting"), theme.TITLE)
        self._start_bar = QProgressBar()
        self._start_bar.setTextVisible(False)
        self._start_bar.setAccessibleName(self.tr("Progress of the start"))
        self._views = QStackedWidget()
        for view in (self._instrument_views, self.pad, self.voice, self._make_start_page()):
            self._views.addWidget(view)
        self._view = INSTRUMENT
        _show_page(self._instrument_views, 0)
        _show_page(self._views, START)
        self._lay_out()
        self.x_axis.currentIndexChanged.connect(self._change_axes)
        self.y_axis.currentIndexChanged.connect(self._change_axes)

    @property
    def view(self) -> int:
        """The selected view: INSTRUMENT, PAD or VOICE."""
        return self._view

    def show_compiling(self, done: int, total: int, name: str) -> None:
        """Show the progress of compiling: parts done, parts in total, and the name of the next one."""
        self.start_label.setText(self.tr("Compiling for this processor, once: {0}").format(name))
        self._start_bar.setMaximum(total)
        self._start_bar.setValue(done)
        _show_page(self._views, START)

    def show_view(self, view: int) -> None:
        """Switch to INSTRUMENT, PAD or VOICE."""
        self._view = view = view if view in (INSTRUMENT, PAD, VOICE) else INSTRUMENT
        button = self._tabs.button(view)
        if button is not None:
            button.setChecked(True)
        _show_page(self._views, view)
        for box in (self.x_axis, self.y_axis):
            box.setVisible(view == PAD)
        self.view_changed.emit(view)

    def show_display(self, display: str) -> None:
        """Show the view of an instrument. display: of its `InstrumentKind`."""
        displays: dict[str, tuple[QWidget, str]] = {
            "harmonics": (self.harmonics, self.tr("Harmonics")),
            "sound_map": (self.sound_map, self.tr("Map")),
        }
        view, title = displays.get(display, (self.modes, self.tr("Modes")))
        _show_page(self._instrument_views, self._instrument_views.indexOf(view))
        button = self._tabs.button(INSTRUMENT)
        if button is not None:
            button.setText(title)

    def set_axes(self, names: Sequence[str], learned: bool, across: str, upwards: str) -> None:
        """Set what the axes of the pad can be, and what they are; NO_AXIS where there are too few parameters."""
        for needed, box in enumerate((self.x_axis, self.y_axis), 1):
            blocked = box.blockSignals(True)
            box.clear()
            if learned:
                box.addItem(self.tr("Learned plane"), LEARNED)
            for name in names:
                box.addItem(translate_name(name).capitalize(), name)
            if len(names) < needed:
                box.addItem("–", NO_AXIS)
            box.blockSignals(blocked)
        self.select_axes(across, upwards)

    def select_axes(self, across: str, upwards: str) -> None:
        """Select the axes of the pad."""
        for box, name in ((self.x_axis, across), (self.y_axis, upwards)):
            blocked = box.blockSignals(True)
            box.setCurrentIndex(max(box.findData(name), 0))
            box.blockSignals(blocked)
        self._change_axes()

    def _change_axes(self, _: int = 0) -> None:
        """Keep both axes on the learned plane, or none: the axis just changed decides."""
        boxes = (self.x_axis, self.y_axis)
        names = [box.currentData() or LEARNED for box in boxes]
        if LEARNED in names and names[0] != names[1] and boxes[0].count():
            changed = next((box for box in boxes if box is self.sender()), boxes[0])
            other = boxes[1] if changed is boxes[0] else boxes[0]
            blocked = other.blockSignals(True)
            other.setCurrentIndex(
                other.findData(LEARNED) if changed.currentData() == LEARNED else min(2, other.count() - 1)
            )
            other.blockSignals(blocked)
            names = [box.currentData() or LEARNED for box in boxes]
        if names[0] == LEARNED:
            self.pad.set_axes(self.tr("first component"), self.tr("second component"))
        else:
            self.pad.set_axes(*(translate_name(name).capitalize() for name in names))
        self.axes_changed.emit(names[0], names[1])

    def _make_start_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addStretch(1)
        self.start_label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.start_label)
        column.addSpacing(14)
        self._start_bar.setFixedWidth(320)
        column.addWidget(self._start_bar, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return page

    def _lay_out(self) -> None:
        tabs = QHBoxLayout()
        for view, words in ((INSTRUMENT, self.tr("Modes")), (PAD, self.tr("Pad")), (VOICE, self.tr("Voice"))):
            button = factory.push_button(words, style="flat", tip=self.tr("Ctrl+{0}").format(view + 1))
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, view=view: self.show_view(view))
            self._tabs.addButton(button, view)
            tabs.addWidget(button)
        tabs.addStretch(1)
        tabs.addWidget(self.x_axis)
        tabs.addWidget(self.y_axis)
        for box in (self.x_axis, self.y_axis):
            box.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(4)
        column.addLayout(tabs)
        column.addWidget(self._views, 1)


def _show_page(stack: QStackedWidget, shown: int) -> None:
    """Show a page; the others do not make the window higher."""
    for number in range(stack.count()):
        page = stack.widget(number)
        if page is not None:
            vertical = QSizePolicy.Policy.Preferred if number == shown else QSizePolicy.Policy.Ignored
            page.setSizePolicy(QSizePolicy.Policy.Preferred, vertical)
    stack.setCurrentIndex(shown)
