"""A recorded note before learning: its file, what is said of it, and how a mapping plays it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soxr

from engine.pitch_and_frequency import ratio_of
from engine.sound_file.reader import Sound
from train import recording
from train.mapping.wav_chunks import SamplerChunks, read_sampler_chunks
from train.note_names.dynamics import velocity_label
from train.note_names.name_reader import NamedNote, read_names

from . import velocity_layers
from .note import Note

CHUNK_SOURCE = "its sampler chunk"
"""What says the key of a recording whose name does not."""


@dataclass(frozen=True)
class NoteRecording:
    """A note in a file. first, last: frames at the file's rate, None: to its end.

    cents, decibels: by which a mapping tunes and amplifies it. pan: by which it moves it, −1 left … 1 right.
    """

    path: str
    said: NamedNote
    first: int = 0
    last: int | None = None
    cents: float = 0.0
    decibels: float = 0.0
    pan: float = 0.0

    @property
    def name(self) -> str:
        """The name of the file."""
        return Path(self.path).name

    def read(self, rate: int) -> Sound:
        """The sound at a rate in Hz. RecordingError if there is none."""
        if not self.first and self.last is None:
            return recording.read(self.path, rate)
        whole = recording.read(self.path)
        cut = whole.samples[:, self.first : None if self.last is None else self.last + 1]
        if not cut.size:
            raise recording.RecordingError(f"nothing to hear in {self.path} from frame {self.first} on")
        resampled = cut.T if whole.rate == rate else soxr.resample(cut.T, whole.rate, rate, "VHQ")
        return Sound(np.ascontiguousarray(resampled.T, np.float32), rate, whole.notices)

    def correct(self, note: Note) -> Note:
        """A learned note as the mapping plays it."""
        if self.cents:
            (note,) = velocity_layers.retune([note], note.pitch * ratio_of(self.cents / 100))
        if self.pan:
            note = replace(note, place=np.clip(note.place + self.pan, -1, 1))
        return note.scaled(float(10 ** (self.decibels / 20))) if self.decibels else note


def read_note_recordings(
    paths: Sequence[str | Path], files: Sequence[str | Path] | None = None
) -> list[NoteRecording]:
    """Recorded notes by the names of their files, read together. files: where the sound is, if that is elsewhere."""
    files = files or paths
    named = read_names(paths)
    if not all(said.keys and said.dynamic for said in named):
        named = _with_chunks(named, [read_sampler_chunks(Path(file)) for file in files])
    return [NoteRecording(str(file), said) for file, said in zip(files, named, strict=True)]


def _with_chunks(named: Sequence[NamedNote], chunks: Sequence[SamplerChunks | None]) -> list[NamedNote]:
    """Names; those without key or dynamic with what the file's chunks say, unless these say the same of all files."""
    present = [chunk for chunk in chunks if chunk]
    has_keys = len({chunk.key for chunk in present}) > 1 or len(named) == 1
    has_dynamics = len({chunk.velocities for chunk in present}) > 1 and not any(said.dynamic for said in named)
    found = []
    for said, chunk in zip(named, chunks, strict=True):
        if chunk and has_keys and not said.keys:
            said = replace(said, keys=(chunk.key,), is_number=True, source=CHUNK_SOURCE)
        if chunk and has_dynamics:
            said = replace(said, dynamic=velocity_label(sum(chunk.velocities) / 2))
        found.append(said)
    return found
