"""What is played, whoever plays it: the notes that sound, and the controllers that were moved."""

import time
from typing import TYPE_CHECKING

import numpy as np

from engine.events import Kind

if TYPE_CHECKING:
    from engine.midi.interpreter import Interpreter

LATE = 0.1  # seconds by which voices are counted later than their notes are heard of, at most


class Sounding:
    """The notes between their beginnings and ends."""

    def __init__(self) -> None:
        self._notes: dict[int, tuple[int, float]] = {}  # by note id: key and velocity
        self._began = 0.0  # when the last of them was heard of

    @property
    def lit(self) -> dict[int, float]:
        """The velocity of each key that sounds."""
        return dict(self._notes.values())

    def hear(self, events: np.ndarray, voices: int) -> bool:
        """Follow events (N,) EVENT, with how many voices sound after them; whether other notes sound now."""
        before = dict(self._notes)
        for event in events:
            note = int(event["note"])
            if event["kind"] == Kind.NOTE_ON:
                self._notes[note] = (int(event["key"]), float(event["value"]))
                self._began = time.monotonic()
            elif event["kind"] == Kind.NOTE_OFF and event["value"] >= 1:
                self._notes.pop(note, None)
        if voices == 0 and time.monotonic() > self._began + LATE:
            self._notes.clear()
        return self._notes != before

    def clear(self) -> None:
        """Nothing sounds."""
        self._notes.clear()


class Movements:
    """What controllers have done since the last look."""

    def __init__(self) -> None:
        self._moves, self._presses = 0, np.zeros(128, np.int64)

    def look(self, interpreter: "Interpreter") -> tuple[int | None, list[int]]:
        """The controller that was moved last, if any was, and those that passed their middle upwards."""
        moves, moved = interpreter.moved
        if moves == self._moves:
            return None, []
        presses = interpreter.presses
        pressed = np.flatnonzero(presses > self._presses).tolist()
        self._moves, self._presses = moves, presses
        return moved, pressed
