"""Note recorder: writes played notes and controllers to a MIDI file."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.atomic_write import atomic_path
from engine.events import Kind

TICKS_PER_QUARTER = 480
TICKS_PER_SECOND = 2 * TICKS_PER_QUARTER  # at 120 quarters a minute
RELEASE_VELOCITY = 64  # of the note off that is added for a key still held at the end


@dataclass
class NoteRecorder:
    """[main thread] The MIDI messages of a performance, and their file."""

    path: Path
    rates: list[tuple[int, float]]  # of the recorder of the sound
    messages: list[tuple[int, int]] = field(default_factory=list)  # absolute frame, message
    end: int = 0  # the frame of the end; 0 until it is known
    _lock: threading.Lock = field(default_factory=threading.Lock)  # so that the last file is the most complete one

    def add(self, events: np.ndarray, channels: int = 0xFFFF) -> None:
        """Keep the channel messages among events (N,) EVENT; channels: a bit for each that is enabled."""
        for event in events[events["kind"] == Kind.MIDI]:
            message = int(event["key"])
            if 0x80 <= message & 0xFF < 0xF0 and channels >> (message & 0xF) & 1:
                self.messages.append((int(event["frame"]), message))

    def write(self) -> None:
        """[any thread] Write the file with what was played so far, whole or not at all. OSError."""
        with self._lock:
            self._write()

    def _write(self) -> None:
        import mido

        track, last = mido.MidiTrack(), 0
        for frame, message in self._complete():
            now = round(self._seconds(frame) * TICKS_PER_SECOND)
            track.append(mido.Message.from_bytes(_bytes(message), time=now - last))
            last = now
        file = mido.MidiFile(ticks_per_beat=TICKS_PER_QUARTER)
        file.tracks.append(track)
        with atomic_path(self.path) as draft:
            file.save(draft)

    def _complete(self) -> list[tuple[int, int]]:
        """All messages in order, and at the end a note off for every key that is still held."""
        messages, held = sorted(self.messages, key=lambda pair: pair[0]), dict[int, int]()
        for _, message in messages:
            status, key = message & 0xF0, message & 0x7F0F
            if status == 0x90 and message >> 16:
                held[key] = message & 0x7F0F | 0x80 | RELEASE_VELOCITY << 16
            elif status in (0x80, 0x90):
                held.pop(key, None)
        end = max([self.end, *(frame for frame, _ in messages[-1:])])
        return [*messages, *((end, message) for message in held.values())]

    def _seconds(self, frame: int) -> float:
        """The time of a frame; each section counts at its own rate."""
        ends = [first for first, _ in self.rates[1:]] + [frame]
        return sum(
            max(min(frame, end) - first, 0) / rate for (first, rate), end in zip(self.rates, ends, strict=True)
        )


def _bytes(message: int) -> list[int]:
    """The bytes of a message, as in MIDI 1.0."""
    length = 2 if 0xC0 <= message & 0xFF < 0xE0 else 3
    return [message >> 8 * place & 0xFF for place in range(length)]
