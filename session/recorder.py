"""A performance taken down: the sound to a WAV file, and the notes to a MIDI file beside it."""

import contextlib
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from platformdirs import user_music_path

from engine.events import Kind

if TYPE_CHECKING:
    import engine.effects.capture
    from engine.rig import Rig

TICKS = 480  # of a quarter note at 120 beats a minute
SECOND = 2 * TICKS
RELEASE = 64  # the velocity with which a key is let go that is held at the end


def name_for(instrument: str) -> Path:
    """Where the next file goes: named by its instrument and the time, in the user's own music."""
    when = time.strftime("%Y-%m-%d %H-%M-%S")
    return user_music_path() / "Luthier" / f"{instrument} – {when}.wav"


@dataclass
class Notes:
    """[the window's thread] The notes of a performance, as MIDI, and their file."""

    path: Path
    rates: list[tuple[int, float]]  # of a tape
    told: list[tuple[int, int]] = field(default_factory=list)  # frame, message
    ended: int = 0  # the frame that ends them

    def hear(self, events: np.ndarray, channels: int = 0xFFFF) -> None:
        """Write down the messages of the channels that are heard, a bit each: keys, pedals, wheels and all."""
        for event in events[events["kind"] == Kind.MIDI]:
            message = int(event["key"])
            if 0x80 <= message & 0xFF < 0xF0 and channels >> (message & 0xF) & 1:
                self.told.append((int(event["frame"]), message))

    def write(self) -> None:
        """[any thread] Write the file, whole or not at all. OSError."""
        import mido

        track, last = mido.MidiTrack(), 0
        for frame, message in self._whole():
            now = round(self._seconds(frame) * SECOND)
            track.append(mido.Message.from_bytes(_bytes(message), time=now - last))
            last = now
        file = mido.MidiFile(ticks_per_beat=TICKS)
        file.tracks.append(track)
        draft = self.path.with_name(f".{self.path.name}.{threading.get_ident()}.part")
        file.save(draft)
        draft.replace(self.path)

    def _whole(self) -> list[tuple[int, int]]:
        """All messages in order, and at the end those that let go of the keys that are still held."""
        told, held = sorted(self.told, key=lambda pair: pair[0]), dict[int, int]()
        for _, message in told:
            status, key = message & 0xF0, message & 0x7F0F
            if status == 0x90 and message >> 16:
                held[key] = message & 0x7F0F | 0x80 | RELEASE << 16
            elif status in (0x80, 0x90):
                held.pop(key, None)
        end = max([self.ended, *(frame for frame, _ in told[-1:])])
        return [*told, *((end, message) for message in held.values())]

    def _seconds(self, frame: int) -> float:
        """When a frame was played; as long as a rate lasted it counts by that."""
        ends = [first for first, _ in self.rates[1:]] + [frame]
        return sum(
            max(min(frame, end) - first, 0) / rate for (first, rate), end in zip(self.rates, ends, strict=True)
        )


def _bytes(message: int) -> list[int]:
    """A message as it goes over the wire."""
    length = 2 if 0xC0 <= message & 0xFF < 0xE0 else 3
    return [message >> 8 * place & 0xFF for place in range(length)]


class Tape:
    """[deck's thread] The sound of a performance, from its beginning to `stop`, or what a microphone hears.

    Where the rate of the device changes meanwhile, another file begins. Any thread may stop it, whatever the deck's
    is busy with.
    """

    def __init__(self, rig: "Rig", path: Path, source: "engine.effects.capture.Capture | None" = None) -> None:
        """source: where the sound is kept until it is written, the rig's own tape without it. OSError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path, self.paths = path, list[Path]()
        self.rates: list[tuple[int, float]] = []  # from which absolute frame on, how many frames a second
        self.source = source or rig.tape
        self._rig, self._ends = rig, contextlib.ExitStack()
        self._lock, self._over = threading.Lock(), False
        self._begin()
        self.source.take()
        self.source.run()

    def spool(self) -> None:
        """Write what has been played meanwhile; often enough, or the tape is full. OSError or RuntimeError."""
        with self._lock:
            if self._over:
                return
            self._write(self.source.take())
            if self._rig.rate != self.rates[-1][1]:
                self._begin()

    def stop(self) -> None:
        """[any thread] End it: the files are whole, with what could be written. OSError or RuntimeError."""
        with self._lock:
            if self._over:
                return
            self._over = True
            self.source.run(False)
            try:
                self._write(self.source.take())
            finally:
                self._ends.close()

    def _begin(self) -> None:
        from engine.sound_file import writing

        rate, number = self._rig.rate, len(self.paths) + 1
        path = self.path.with_stem(f"{self.path.stem}-{number}") if self.paths else self.path
        self._write = self._ends.enter_context(writing(path, rate))
        self.paths.append(path)
        self.rates.append((self._rig.frame, rate))
