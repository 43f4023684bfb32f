"""The rows of a computer's keyboard as piano keys: by where a key lies, whatever letter is printed on it."""

import sys

from PyQt6.QtGui import QKeyEvent

LOWER, UPPER = "ZSXDCVGBHNJM", "Q2W3ER5T6Y7UI9O0P"  # from a C upwards, and from the C above it
_ROWS = {2: "1234567890", 16: "QWERTYUIOP", 30: "ASDFGHJKL", 44: "ZXCVBNM"}  # by the code of the first key
_BEFORE = {"linux": 8, "win32": 0}  # what a system adds to the codes that PC keyboards send; others tell none

STEPS = {letter: step for start, row in ((0, LOWER), (12, UPPER)) for step, letter in enumerate(row, start)}
_CODES = {first + i: letter for first, row in _ROWS.items() for i, letter in enumerate(row)}


def step_of(event: QKeyEvent) -> int | None:
    """The semitones above the first C that a key plays; None if it plays none."""
    before = _BEFORE.get(sys.platform)
    if before is not None and event.nativeScanCode() > before:
        return STEPS.get(_CODES.get(event.nativeScanCode() - before, ""))
    return STEPS.get(letter_of(event))


def letter_of(event: QKeyEvent) -> str:
    """What is printed on a key; nothing where that is no letter."""
    return chr(event.key()) if 32 < event.key() < 0x1000000 else ""
