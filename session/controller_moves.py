"""Changes of MIDI controllers since the last poll: the last one moved, and button presses."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from engine.midi.interpreter import Interpreter


class ControllerMoves:
    """Detects which MIDI controllers were moved or pressed since the last poll."""

    def __init__(self) -> None:
        self._moves, self._presses = 0, np.zeros(128, np.int64)

    def poll(self, interpreter: "Interpreter") -> tuple[int | None, list[int]]:
        """The controller that was moved last, if any was, and those that rose past the middle (presses)."""
        moves, moved = interpreter.last_controller
        if moves == self._moves:
            return None, []
        presses = interpreter.press_counts
        pressed = np.flatnonzero(presses > self._presses).tolist()
        self._moves, self._presses = moves, presses
        return moved, pressed
