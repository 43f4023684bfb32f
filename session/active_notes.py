"""Registry of the notes that sound, whether from a MIDI keyboard, the window or a score."""

import time

import numpy as np

from engine.events import Kind

VOICE_COUNT_DELAY_SECONDS = 0.1  # maximum, from a note on event to the voice count that includes it


class ActiveNotes:
    """The notes from note on to their end, by note id."""

    def __init__(self) -> None:
        self._notes: dict[int, tuple[int, float]] = {}  # by note id: key and velocity
        self._last_start = 0.0  # when the last note on was received

    @property
    def velocities(self) -> dict[int, float]:
        """The velocity of each key that sounds."""
        return dict(self._notes.values())

    def update(self, events: np.ndarray, voices: int) -> bool:
        """Update by events (N,) EVENT and the voice count after them; whether the notes changed."""
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
        """Remove all notes."""
        self._notes.clear()
