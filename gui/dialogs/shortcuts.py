"""The dialog that lists the keyboard shortcuts."""

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from gui.widgets import factory

from .content_dialog import ContentDialog


class ShortcutsDialog(ContentDialog):
    """Two columns: keys, and what they do."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(QCoreApplication.translate("ShortcutsDialog", "Keys and shortcuts"), parent)
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
            ("F2", self.tr("after learning: the recording, or the instrument")),
            ("Ctrl+R", self.tr("record sound and notes, or end it")),
            ("Ctrl+B", self.tr("compare settings A and B")),
            ("Ctrl+,", self.tr("audio and MIDI devices")),
            ("Ctrl+1, Ctrl+2, Ctrl+3", self.tr("the picture, the pad, the voice")),
            ("Ctrl+T", self.tr("light or dark")),
            (self.tr("On a knob"), self.tr("arrows turn, Enter types, Delete is the default, Shift-drag is fine")),
            (self.tr("In a list of knobs"), self.tr("arrows choose and turn, Space switches, Ctrl+F searches")),
            (self.tr("On keys, picture, pad"), self.tr("arrows choose, Space plays")),
            (self.tr("On a link of the chain"), self.tr("Alt+arrows move it, Delete takes it out")),
            ("Ctrl+Q", self.tr("quit")),
        ]
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setColumnStretch(1, 1)
        for i, (keys, what) in enumerate(rows):
            text = factory.label(what)
            text.setWordWrap(True)
            grid.addWidget(factory.label(keys, bold=True), i, 0)
            grid.addWidget(text, i, 1)
        close = factory.push_button(self.tr("Close"), style="main")
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(close)
        self.set_content(grid, buttons)
