"""The notes that sound, whatever plays them."""

import time

import numpy as np

from engine.events import Kind

VOICE_COUNT_DELAY_SECONDS = 0.1  # at most, from the event of a note on to the voice count that includes it


class ActiveNotes:
    """The notes between note on and their end."""

    def __init__(self) -> None:
        self._notes: dict[int, tuple[int, float]] = {}  # by note id: key and velocity
        self._last_start = 0.0  # when the last note on was received

    @property
    def velocities(self) -> dict[int, float]:
        """The velocity of each key that sounds."""
        return dict(self._notes.values())

    def update(self, events: np.ndarray, voices: int) -> bool:
        """Follow events (N,) EVENT, with the voice count after them; whether the notes changed."""
        before = dict(self._notes)
        for event in events:
            note = int(event["note"])
            if event["kind"] == Kind.NOTE_ON:
                self._notes[note] = (int(event["key"]), float(event["value"]))
                self._last_start = time.monotonic()
            elif event["kind"] == Kind.NOTE_OFF and event["value"] >= 1:
                self._notes.pop(note, None)
        if voices == 0 and time.monotonic() > self._last_start + VOICE_COUNT_DELAY_SECONDS:
            self._notes.clear()
        return self._notes != before

    def clear(self) -> None:
        """Forget all notes."""
        self._notes.clear()
