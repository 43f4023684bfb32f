"""A performance taken down: the sound to a WAV file, and the notes to a MIDI file beside it."""

import contextlib
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
    """[the window's thread] The notes of a performance, as the audio thread tells of them."""

    start: int  # the absolute frame at which it begins
    rate: float
    told: list[tuple[int, int, int, int]] = field(default_factory=list)  # frame, status, key, velocity

    def hear(self, events: np.ndarray) -> None:
        """Write down those that are notes."""
        for event in events:
            status = {int(Kind.NOTE_ON): 0x90, int(Kind.NOTE_OFF): 0x80}.get(int(event["kind"]))
            if status is not None and (status == 0x90 or event["value"] >= 1):
                velocity = min(max(round(127 * float(event["value"])), 1), 127) if status == 0x90 else 64
                self.told.append((int(event["frame"]), status, int(event["key"]), velocity))

    def write(self, path: Path) -> None:
        """Write a MIDI file."""
        import mido

        track, last = mido.MidiTrack(), 0
        for frame, status, key, velocity in sorted(self.told):
            now = max(round((frame - self.start) / self.rate * SECOND), 0)
            track.append(mido.Message.from_bytes([status, key, velocity], time=now - last))
            last = now
        file = mido.MidiFile(ticks_per_beat=TICKS)
        file.tracks.append(track)
        file.save(path)


class Tape:
    """[deck's thread] The sound of a performance, from its beginning to `stop`, or what a microphone hears."""

    def __init__(self, rig: "Rig", path: Path, source: "engine.effects.tape.Tape | None" = None) -> None:
        """source: where the sound is kept until it is written, the rig's own tape without it. OSError."""
        from engine.wav import writing

        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._ends = contextlib.ExitStack()
        self._write = self._ends.enter_context(writing(path, rig.rate))
        self.source = source or rig.tape
        self.source.take()
        self.source.run()
        self.start = rig.frame

    def spool(self) -> None:
        """Write what has been played meanwhile; often enough, or the tape is full."""
        self._write(self.source.take())

    def stop(self) -> None:
        """End it: the file is whole."""
        self.source.run(False)
        self.spool()
        self._ends.close()
