"""The middle of the window: the instrument as a picture, or the control pad, or how far the start has got."""

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.terms import named
from gui.widgets import factory
from gui.widgets.pad.pad import XYPad

from .harmonics import HarmonicsView
from .modes import ModesView
from .sound_map import SoundMapView
from .voice import VoiceView

PICTURE, PAD, VOICE, START = range(4)
LEARNED = ""  # what an axis is called that follows the learned plane


class ViewStack(QFrame):
    """Tabs above, and for the pad what its axes mean."""

    viewed = pyqtSignal(int)
    axes = pyqtSignal(str, str)  # names of knobs, or LEARNED twice

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("stage")
        self.modes, self.harmonics, self.pad, self.voice = ModesView(), HarmonicsView(), XYPad(), VoiceView()
        self.chart = SoundMapView()
        self._pictures = QStackedWidget()
        self._pictures.addWidget(self.modes)
        self._pictures.addWidget(self.harmonics)
        self._pictures.addWidget(self.chart)
        self._tabs = QButtonGroup(self)
        self._across, self._upwards = QComboBox(), QComboBox()
        self._across.setAccessibleName(self.tr("Pad: from left to right"))
        self._upwards.setAccessibleName(self.tr("Pad: upwards"))
        self._words = factory.label(self.tr("Starting"), theme.TITLE)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress of the start"))
        self._views = QStackedWidget()
        for view in (self._pictures, self.pad, self.voice, self._start()):
            self._views.addWidget(view)
        self._chosen = PICTURE
        self._views.setCurrentIndex(START)
        self._lay_out()
        self._across.currentIndexChanged.connect(self._choose_axes)
        self._upwards.currentIndexChanged.connect(self._choose_axes)

    @property
    def view(self) -> int:
        """PICTURE, PAD or VOICE: which one was chosen."""
        return self._chosen

    def show_compiling(self, done: int, total: int, what: str) -> None:
        """Say how far the start has got."""
        self._words.setText(self.tr("Compiling for this processor, once: {0}").format(what))
        self._bar.setMaximum(total)
        self._bar.setValue(done)
        self._views.setCurrentIndex(START)

    def show_view(self, view: int) -> None:
        """Show the picture, the pad or the voice."""
        self._chosen = view = view if view in (PICTURE, PAD, VOICE) else PICTURE
        button = self._tabs.button(view)
        if button is not None:
            button.setChecked(True)
        self._views.setCurrentIndex(view)
        for box in (self._across, self._upwards):
            box.setVisible(view == PAD)
        self.viewed.emit(view)

    def show_kind(self, kind: str) -> None:
        """Show the picture of a kind of instrument."""
        pictures: dict[str, tuple[QWidget, str]] = {
            "ddsp": (self.harmonics, self.tr("Harmonics")),
            "ssm": (self.chart, self.tr("Map")),
            "events": (self.chart, self.tr("Map")),
        }
        picture, words = pictures.get(kind, (self.modes, self.tr("Modes")))
        self._pictures.setCurrentWidget(picture)
        button = self._tabs.button(PICTURE)
        if button is not None:
            button.setText(words)

    def set_axes(self, names: Sequence[str], learned: bool, across: str, upwards: str) -> None:
        """What the axes of the pad may be, and what they are."""
        for box in (self._across, self._upwards):
            blocked = box.blockSignals(True)
            box.clear()
            if learned:
                box.addItem(self.tr("Learned plane"), LEARNED)
            for each in names:
                box.addItem(named(each).capitalize(), each)
            box.blockSignals(blocked)
        self.choose_axes(across, upwards)

    def choose_axes(self, across: str, upwards: str) -> None:
        """Let the pad have two of the axes that it may have."""
        for box, name in ((self._across, across), (self._upwards, upwards)):
            blocked = box.blockSignals(True)
            box.setCurrentIndex(max(box.findData(name), 0))
            box.blockSignals(blocked)
        self._choose_axes()

    def _choose_axes(self, _: int = 0) -> None:
        """One axis on the learned plane takes the other one along, and away."""
        boxes = (self._across, self._upwards)
        names = [box.currentData() or LEARNED for box in boxes]
        if LEARNED in names and names[0] != names[1] and boxes[0].count():
            moved = next((box for box in boxes if box is self.sender()), boxes[0])
            other = boxes[1] if moved is boxes[0] else boxes[0]
            blocked = other.blockSignals(True)
            other.setCurrentIndex(
                other.findData(LEARNED) if moved.currentData() == LEARNED else min(2, other.count() - 1)
            )
            other.blockSignals(blocked)
            names = [box.currentData() or LEARNED for box in boxes]
        if names[0] == LEARNED:
            self.pad.set_axes(self.tr("first component"), self.tr("second component"))
        else:
            self.pad.set_axes(*(named(name).capitalize() for name in names))
        self.axes.emit(names[0], names[1])

    def _start(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addStretch(1)
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._words)
        column.addSpacing(14)
        self._bar.setFixedWidth(320)
        column.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        return page

    def _lay_out(self) -> None:
        tabs = QHBoxLayout()
        for view, words in ((PICTURE, self.tr("Modes")), (PAD, self.tr("XYPad")), (VOICE, self.tr("Voice"))):
            button = factory.push_button(words, style="flat", tip=self.tr("Ctrl+{0}").format(view + 1))
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, view=view: self.show_view(view))
            self._tabs.addButton(button, view)
            tabs.addWidget(button)
        tabs.addStretch(1)
        tabs.addWidget(self._across)
        tabs.addWidget(self._upwards)
        for box in (self._across, self._upwards):
            box.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(4)
        column.addLayout(tabs)
        column.addWidget(self._views, 1)
