"""The computer's keys as a keyboard of two and a half octaves."""

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QFileDialog, QLineEdit, QTextEdit

from .computer_key_rows import STEPS, letter_of, step_of

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
        self._held: dict[int, int] = {}  # by what was typed: the key that it plays
        self._printed = {step: letter for letter, step in STEPS.items()}
        app.installEventFilter(self)

    @property
    def letters(self) -> dict[int, str]:
        """The letter that plays each key; none while it is locked."""
        if self.locked:
            return {}
        return {self._base + step: letter for step, letter in self._printed.items()}

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
            return not event.isAutoRepeat() and self._release(_code(event))
        written = isinstance(watched, _WRITTEN) or isinstance(QApplication.focusWidget(), _WRITTEN)
        written |= isinstance(QApplication.activeWindow(), QFileDialog)
        if self.locked or written or event.modifiers() & _HELD:
            return False
        return self._press(event)

    def _press(self, event: QKeyEvent) -> bool:
        step = step_of(event)
        if step is None or self._base + step > 127:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if not event.isAutoRepeat() and _code(event) not in self._held:
            self._held[_code(event)] = self._base + step
            if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._learn(step, letter_of(event))
            self.pressed.emit(self._base + step, VELOCITY)
        return True

    def _learn(self, step: int, letter: str) -> None:
        """Show what is printed on a key of this keyboard; where that was shown before, what this one showed."""
        before = self._printed[step]
        if letter and letter != before:
            self._printed = {each: before if shown == letter else shown for each, shown in self._printed.items()}
            self._printed[step] = letter
            self.moved.emit()

    def _release(self, typed: int) -> bool:
        key = self._held.pop(typed, None)
        if key is not None:
            self.released.emit(key)
        return key is not None


def _code(event: QKeyEvent) -> int:
    """A number that a key keeps, whatever is held beside it."""
    return event.nativeScanCode() or event.key()


_TAKEN = (
    QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride, QEvent.Type.ApplicationDeactivate,
)  # fmt: skip
