"""Recorders: live sound to a sound file, and its notes to a MIDI file."""

import contextlib
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from platformdirs import user_music_path

from engine.atomic_write import atomic_path
from engine.events import Kind

if TYPE_CHECKING:
    from engine.effects.capture import Capture
    from engine.standard_chain import Rig

TICKS_PER_QUARTER = 480  # at 120 beats a minute
TICKS_PER_SECOND = 2 * TICKS_PER_QUARTER
RELEASE_VELOCITY = 64  # of the note off that is added for a key still held at the end


def recording_path(instrument: str) -> Path:
    """The path of the next recording: instrument and time, in the user's music folder."""
    when = time.strftime("%Y-%m-%d %H-%M-%S")
    return user_music_path() / "Luthier" / f"{instrument} – {when}.wav"


class Recorder:
    """The sound that is played, or that of a microphone, from the constructor to `stop`.

    Where the rate of the device changes meanwhile, another file is begun.
    """

    def __init__(self, rig: "Rig", path: Path, capture: "Capture | None" = None, float32: bool = False) -> None:
        """capture: what records the sound, the rig's own unless given. OSError."""
        self.path, self.paths = path, list[Path]()
        self.rates: list[tuple[int, float]] = []  # absolute frame and the rate in Hz from there on
        self.capture = capture or rig.capture
        self._rig, self._float32, self._files = rig, float32, contextlib.ExitStack()
        self._lock, self._stopped = threading.Lock(), False
        self._open_file()
        self.capture.drain()
        self.capture.start()

    def write(self) -> None:
        """Write what was played since the last call; to be called every second or so. OSError or RuntimeError."""
        with self._lock:
            if self._stopped:
                return
            self._write(self.capture.drain())
            if self._rig.rate != self.rates[-1][1]:
                self._open_file()

    def stop(self) -> None:
        """[any thread] Close the files, with what could be written. OSError or RuntimeError."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
            self.capture.stop()
            try:
                self._write(self.capture.drain())
            finally:
                self._files.close()

    def _open_file(self) -> None:
        from engine.sound_file_writer import sound_writer

        rate, number = self._rig.rate, len(self.paths) + 1
        path = self.path.with_stem(f"{self.path.stem}-{number}") if self.paths else self.path
        self._write = self._files.enter_context(sound_writer(path, rate, self._float32))
        self.paths.append(path)
        self.rates.append((self._rig.frame, rate))


@dataclass
class NoteRecorder:
    """[main thread] The MIDI messages of a performance, and their file."""

    path: Path
    rates: list[tuple[int, float]]  # of the recorder of the sound
    messages: list[tuple[int, int]] = field(default_factory=list)  # absolute frame, message
    end: int = 0  # the frame of the end; 0 until it is known

    def add(self, events: np.ndarray, channels: int = 0xFFFF) -> None:
        """Keep the channel messages among events (N,) EVENT; channels: a bit for each that is enabled."""
        for event in events[events["kind"] == Kind.MIDI]:
            message = int(event["key"])
            if 0x80 <= message & 0xFF < 0xF0 and channels >> (message & 0xF) & 1:
                self.messages.append((int(event["frame"]), message))

    def write(self) -> None:
        """[any thread] Write the file, whole or not at all. OSError."""
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
        """The time of a frame; each stretch counts by the rate it had."""
        ends = [first for first, _ in self.rates[1:]] + [frame]
        return sum(
            max(min(frame, end) - first, 0) / rate for (first, rate), end in zip(self.rates, ends, strict=True)
        )


def _bytes(message: int) -> list[int]:
    """A message as it goes over the wire."""
    length = 2 if 0xC0 <= message & 0xFF < 0xE0 else 3
    return [message >> 8 * place & 0xFF for place in range(length)]
