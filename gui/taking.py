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
    import engine.effects.tape
    from engine.rig import Rig

TICKS = 480  # of a quarter note at 120 beats a minute
SECOND = 2 * TICKS


def name_for(instrument: str) -> Path:
    """Where the next file goes: named by its instrument and the time, in the user's own music."""
    when = time.strftime("%Y-%m-%d %H-%M-%S")
    return user_music_path() / "Luthier" / f"{instrument} – {when}.wav"


@dataclass
class Notes:
    """[the window's thread] The notes of a performance, as the audio thread tells of them, and their file."""

    path: Path
    rates: list[tuple[int, float]]  # of a tape
    told: list[tuple[int, int, int, int]] = field(default_factory=list)  # frame, status, key, velocity

    def hear(self, events: np.ndarray) -> None:
        """Write down those that are notes."""
        for event in events:
            status = {int(Kind.NOTE_ON): 0x90, int(Kind.NOTE_OFF): 0x80}.get(int(event["kind"]))
            if status is not None and (status == 0x90 or event["value"] >= 1):
                velocity = min(max(round(127 * float(event["value"])), 1), 127) if status == 0x90 else 64
                self.told.append((int(event["frame"]), status, int(event["key"]), velocity))

    def write(self) -> None:
        """[any thread] Write the file, whole or not at all. OSError."""
        import mido

        track, last = mido.MidiTrack(), 0
        for frame, status, key, velocity in sorted(self.told):
            now = round(self._seconds(frame) * SECOND)
            track.append(mido.Message.from_bytes([status, key, velocity], time=now - last))
            last = now
        file = mido.MidiFile(ticks_per_beat=TICKS)
        file.tracks.append(track)
        draft = self.path.with_name(f".{self.path.name}.{threading.get_ident()}.part")
        file.save(draft)
        draft.replace(self.path)

    def _seconds(self, frame: int) -> float:
        """When a frame was played; as long as a rate lasted it counts by that."""
        ends = [first for first, _ in self.rates[1:]] + [frame]
        return sum(
            max(min(frame, end) - first, 0) / rate for (first, rate), end in zip(self.rates, ends, strict=True)
        )


class Tape:
    """[deck's thread] The sound of a performance, from its beginning to `stop`, or what a microphone hears.

    Where the rate of the device changes meanwhile, another file begins. Any thread may stop it, whatever the deck's
    is busy with.
    """

    def __init__(self, rig: "Rig", path: Path, source: "engine.effects.tape.Tape | None" = None) -> None:
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
        from engine.wav import writing

        rate, number = self._rig.rate, len(self.paths) + 1
        path = self.path.with_stem(f"{self.path.stem}-{number}") if self.paths else self.path
        self._write = self._ends.enter_context(writing(path, rate))
        self.paths.append(path)
        self.rates.append((self._rig.frame, rate))
