"""The computer's keyboard as a piano keyboard of two and a half octaves, by the position of its keys."""

import sys

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QFileDialog, QLineEdit, QTextEdit

VELOCITY = 0.75
MIN_BASE, MAX_BASE = 12, 96  # MIDI keys that the first C may have
LOWER_KEYS, UPPER_KEYS = "ZSXDCVGBHNJM", "Q2W3ER5T6Y7UI9O0P"  # from a C upwards, and from the C above it
STEPS = {
    letter: step for start, keys in ((0, LOWER_KEYS), (12, UPPER_KEYS)) for step, letter in enumerate(keys, start)
}

_KEY_ROWS = {2: "1234567890", 16: "QWERTYUIOP", 30: "ASDFGHJKL", 44: "ZXCVBNM"}  # by the scan code of the first key
_CODES = {first + i: letter for first, row in _KEY_ROWS.items() for i, letter in enumerate(row)}
_CODE_OFFSETS = {"linux": 8, "win32": 0}  # what a system adds to the scan codes of PC keyboards; others have none
_TEXT_WIDGETS = (QLineEdit, QTextEdit, QAbstractSpinBox, QComboBox)
_MODIFIERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_FILTERED = (
    QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride, QEvent.Type.ApplicationDeactivate,
)  # fmt: skip


class ComputerKeyboard(QObject):
    """Makes notes of key events, unless it is locked or they go to a text field."""

    pressed = pyqtSignal(int, float)  # key, velocity
    released = pyqtSignal(int)
    letters_changed = pyqtSignal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.locked = False
        self._base = 48
        self._held: dict[int, int] = {}  # by code: the MIDI key that it plays
        self._letters = {step: letter for letter, step in STEPS.items()}
        app.installEventFilter(self)

    @property
    def letters(self) -> dict[int, str]:
        """The letter that plays each MIDI key; none while it is locked."""
        if self.locked:
            return {}
        return {self._base + step: letter for step, letter in self._letters.items()}

    def lock(self, locked: bool) -> None:
        """Leave the keys to the window's shortcuts, or play again."""
        self.locked = locked
        self.release_all()
        self.letters_changed.emit()

    def shift(self, octaves: int) -> None:
        """Transpose by octaves."""
        self._base = min(max(self._base + 12 * octaves, MIN_BASE), MAX_BASE)
        self.release_all()
        self.letters_changed.emit()

    def release_all(self) -> None:
        """Release every key."""
        for key in list(self._held.values()):
            self.released.emit(key)
        self._held.clear()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Play the key events of the whole application."""
        if event is None or event.type() not in _FILTERED:
            return False
        if event.type() == QEvent.Type.ApplicationDeactivate:
            self.release_all()
            return False
        assert isinstance(event, QKeyEvent)
        if event.type() == QEvent.Type.KeyRelease:
            return not event.isAutoRepeat() and self._release(_code(event))
        is_text = isinstance(watched, _TEXT_WIDGETS) or isinstance(QApplication.focusWidget(), _TEXT_WIDGETS)
        is_text |= isinstance(QApplication.activeWindow(), QFileDialog)
        if self.locked or is_text or event.modifiers() & _MODIFIERS:
            return False
        return self._press(event)

    def _press(self, event: QKeyEvent) -> bool:
        step = _step_of(event)
        if step is None or self._base + step > 127:
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if not event.isAutoRepeat() and _code(event) not in self._held:
            self._held[_code(event)] = self._base + step
            if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._set_letter(step, _letter_of(event))
            self.pressed.emit(self._base + step, VELOCITY)
        return True

    def _set_letter(self, step: int, letter: str) -> None:
        """Show the letter printed on a key; the key that showed it before gets this one's former letter."""
        before = self._letters[step]
        if letter and letter != before:
            self._letters = {each: before if shown == letter else shown for each, shown in self._letters.items()}
            self._letters[step] = letter
            self.letters_changed.emit()

    def _release(self, code: int) -> bool:
        key = self._held.pop(code, None)
        if key is not None:
            self.released.emit(key)
        return key is not None


def _code(event: QKeyEvent) -> int:
    """A number that identifies a key, with any modifiers."""
    return event.nativeScanCode() or event.key()


def _step_of(event: QKeyEvent) -> int | None:
    """The semitones above the first C that a key plays; None if it plays none."""
    offset = _CODE_OFFSETS.get(sys.platform)
    if offset is not None and event.nativeScanCode() > offset:
        return STEPS.get(_CODES.get(event.nativeScanCode() - offset, ""))
    return STEPS.get(_letter_of(event))


def _letter_of(event: QKeyEvent) -> str:
    """The letter printed on a key; empty if it has none."""
    return chr(event.key()) if 32 < event.key() < 0x1000000 else ""
