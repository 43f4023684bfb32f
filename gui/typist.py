"""The computer's keys as a keyboard of two and a half octaves."""

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QFileDialog, QLineEdit, QTextEdit

LOWER, UPPER = "ZSXDCVGBHNJM", "Q2W3ER5T6Y7UI9O0P"  # from a C upwards, and from the C above it
VELOCITY = 0.75
LOWEST, HIGHEST = 12, 96  # where the first C may be put
_WRITTEN = (QLineEdit, QTextEdit, QAbstractSpinBox, QComboBox)
_HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class Typist(QObject):
    """Turns what is typed into notes, unless it is locked, or typed where words belong."""

    pressed = pyqtSignal(int, float)
    released = pyqtSignal(int)
    moved = pyqtSignal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.locked = False
        self._base = 48
        self._held: dict[int, int] = {}
        app.installEventFilter(self)

    @property
    def letters(self) -> dict[int, str]:
        """The letter that plays each key; none while it is locked."""
        if self.locked:
            return {}
        lower = {self._base + i: letter for i, letter in enumerate(LOWER)}
        return lower | {self._base + 12 + i: letter for i, letter in enumerate(UPPER)}

    def lock(self, locked: bool) -> None:
        """Leave the keys to the window's shortcuts, or take them again."""
        self.locked = locked
        self.release_all()
        self.moved.emit()

    def shift(self, octaves: int) -> None:
        """Move by octaves."""
        self._base = min(max(self._base + 12 * octaves, LOWEST), HIGHEST)
        self.release_all()
        self.moved.emit()

    def release_all(self) -> None:
        """Let go of every key."""
        for key in list(self._held.values()):
            self.released.emit(key)
        self._held.clear()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Take the keys that play, whoever has the focus."""
        if event is None or event.type() not in _TAKEN:
            return False
        if event.type() == QEvent.Type.ApplicationDeactivate:
            self.release_all()
            return False
        assert isinstance(event, QKeyEvent)
        if event.type() == QEvent.Type.KeyRelease:
            return not event.isAutoRepeat() and self._release(event.key())
        written = isinstance(watched, _WRITTEN) or isinstance(QApplication.focusWidget(), _WRITTEN)
        written |= isinstance(QApplication.activeWindow(), QFileDialog)
        if self.locked or written or event.modifiers() & _HELD:
            return False
        return self._press(event)

    def _press(self, event: QKeyEvent) -> bool:
        key = next((key for key, letter in self.letters.items() if ord(letter) == event.key()), None)
        if key is None or key > 127:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if not event.isAutoRepeat() and event.key() not in self._held:
            self._held[event.key()] = key
            self.pressed.emit(key, VELOCITY)
        return True

    def _release(self, typed: int) -> bool:
        key = self._held.pop(typed, None)
        if key is not None:
            self.released.emit(key)
        return key is not None


_TAKEN = (
    QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride, QEvent.Type.ApplicationDeactivate,
)  # fmt: skip
