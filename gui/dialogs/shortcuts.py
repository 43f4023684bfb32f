"""The dialog that lists the keyboard shortcuts."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from gui import theme
from gui.widgets import factory


class ShortcutsDialog(QDialog):
    """Two columns: keys, and what they do."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys and shortcuts"))
        self.finished.connect(self.deleteLater)
        rows = [
            ("Z … M,  Q … P", self.tr("play notes; black keys lie in the row above")),
            (self.tr("Page up, Page down"), self.tr("an octave higher, lower")),
            ("Ctrl+K", self.tr("lock the computer's keys, or play on them")),
            ("Esc", self.tr("panic: silence everything now")),
            (self.tr("Alt+Up, Alt+Down"), self.tr("previous, next instrument")),
            ("Ctrl+F", self.tr("search instruments")),
            ("Ctrl+D", self.tr("favourite")),
            ("Ctrl+Z, Ctrl+Shift+Z", self.tr("undo, redo")),
            ("Ctrl+S", self.tr("save where the knobs stand as a patch")),
            ("Ctrl+L", self.tr("learn an instrument from a recording")),
            ("Ctrl+R", self.tr("record sound and notes, or end it")),
            ("Ctrl+B", self.tr("compare settings A and B")),
            ("Ctrl+,", self.tr("audio and MIDI devices")),
            ("Ctrl+1, Ctrl+2, Ctrl+3", self.tr("the picture, the pad, the voice")),
            ("Ctrl+T", self.tr("light or dark")),
            (self.tr("On a knob"), self.tr("arrows turn, Enter types, Delete is the default, Shift-drag is fine")),
            (self.tr("On keys, picture, pad"), self.tr("arrows choose, Space plays")),
            (self.tr("On a link of the chain"), self.tr("Alt+arrows move it, Delete takes it out")),
            ("Ctrl+Q", self.tr("quit")),
        ]
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.addWidget(factory.label(self.tr("Keys and shortcuts"), theme.TITLE))
        column.addSpacing(8)
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        for i, (keys, what) in enumerate(rows):
            grid.addWidget(factory.label(keys, bold=True), i, 0)
            grid.addWidget(factory.label(what), i, 1)
        column.addLayout(grid)
        close = factory.push_button(self.tr("Close"), style="main")
        close.clicked.connect(self.accept)
        column.addSpacing(10)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
