"""The split bar: keys and MIDI channels of two layered instruments."""

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from engine.pitch_and_frequency import note_name
from session.patch import NO_SPLIT

ALL_KEYS, BELOW, ABOVE = range(3)
CHARACTERS, MIN_WIDTH = (16, 11, 14, 15), 80  # of each box; pixels where there is no room for them
MIN_SPLIT_KEY, MAX_SPLIT_KEY = 24, 96  # range of split keys


class SplitBar(QWidget):
    """The second instrument on all keys, or below or above a split; and the MIDI channel of each."""

    changed = pyqtSignal(int, bool, int, int)  # split or NO_SPLIT, above, channels of the first and the second

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key_range, self.split, self.first, self.second = (QComboBox() for _ in range(4))
        self.key_range.addItems([self.tr("Second on all keys"), self.tr("Second below"), self.tr("Second above")])
        for key in range(MIN_SPLIT_KEY, MAX_SPLIT_KEY + 1):
            self.split.addItem(self.tr("Split at {0}").format(note_name(key)), key)
        for box, text in ((self.first, self.tr("First: {0}")), (self.second, self.tr("Second: {0}"))):
            box.addItem(text.format(self.tr("all MIDI")), 0)
            for channel in range(1, 17):
                box.addItem(text.format(self.tr("MIDI {0}").format(channel)), channel)
        names = (
            self.tr("Where the second instrument plays"), self.tr("Split"), self.tr("MIDI channel of the first"),
            self.tr("MIDI channel of the second"),
        )  # fmt: skip
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 2, 0)
        boxes = (self.key_range, self.split, self.first, self.second)
        for box, name, characters in zip(boxes, names, CHARACTERS, strict=True):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(characters)
            box.setMinimumWidth(MIN_WIDTH)
            box.setAccessibleName(name)
            box.setToolTip(name)
            box.activated.connect(self._change)
            row.addWidget(box)
        row.addStretch(1)

    def show_split(self, split: int, above: bool, channels: tuple[int, int]) -> None:
        """Show a split, and the channels of both instruments."""
        self.key_range.setCurrentIndex(ALL_KEYS if split == NO_SPLIT else ABOVE if above else BELOW)
        self.split.setEnabled(split != NO_SPLIT)
        self.split.setCurrentIndex(self.split.findData(60 if split == NO_SPLIT else split))
        for box, channel in zip((self.first, self.second), channels, strict=True):
            box.setCurrentIndex(channel)

    def _change(self, _: int) -> None:
        key_range = self.key_range.currentIndex()
        split = NO_SPLIT if key_range == ALL_KEYS else self.split.currentData()
        self.changed.emit(split, key_range == ABOVE, self.first.currentIndex(), self.second.currentIndex())
