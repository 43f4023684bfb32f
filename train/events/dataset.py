"""The dataset of an event model: recordings to learn from, and parts of them for validation.

A short recording with a single onset is one event: a note.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from train import recording, recording_faults
from train.notes import note_span

VALIDATION_SHARE = 0.1  # of a recording, at its end
MIN_SPLIT_SECONDS = 10.0  # of a recording; a shorter one is not split
MAX_VALIDATION_SEGMENTS = 16
VALIDATION_NOTE_INTERVAL = 12  # every twelfth note is for validation
MIN_SEGMENT_PEAK = 0.02  # a segment with a lower peak is skipped as silent


@dataclass(frozen=True)
class Dataset:
    """Recordings whose peaks are 1, for training and for validation, (N,) each.

    notes: recordings for training that are a single event, from its onset on. warnings: one sentence each.
    validation_files: files that are for validation as a whole. validation_sources: the file of each of `validation`.
    """

    training: list[Tensor]
    validation: list[Tensor]
    rate: int
    warnings: list[str]
    notes: list[Tensor] = field(default_factory=list)
    validation_files: list[str] = field(default_factory=list)
    validation_sources: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Of all recordings for training."""
        return sum(len(sound) for sound in self.training) / self.rate

    def draw(self, count: int, samples: int, generator: torch.Generator) -> Tensor:
        """Random segments (count, samples) for training, shorter recordings padded with zeros."""
        lengths = torch.tensor([max(len(sound), samples // 2) for sound in self.training], dtype=torch.float)
        rows: list[Tensor] = []
        for _ in range(100 * count):
            sound = self.training[int(torch.multinomial(lengths, 1, generator=generator))]
            first = int(torch.randint(max(len(sound) - samples, 0) + 1, (1,), generator=generator))
            rows += [row] if (row := _cut_segment(sound, first, samples)).abs().max() > MIN_SEGMENT_PEAK else []
            if len(rows) == count:
                return torch.stack(rows)
        raise ValueError("there is hardly anything but silence in the recordings")

    def validation_segments(self, samples: int, count: int = MAX_VALIDATION_SEGMENTS) -> Tensor:
        """Segments (up to a count, samples) for validation, or of the training recordings where there are none."""
        rows = [row for sound in self.validation or self.training for row in cut_segments(sound, samples)]
        chosen = np.linspace(0, len(rows) - 1, min(count, len(rows))).astype(int)
        return torch.stack([rows[i] for i in chosen])


def load_dataset(parts: Sequence[tuple[str, float, float | None]], rate: int) -> Dataset:
    """Load recordings; parts: file, start and length in seconds (None: all) of each.

    Those that cannot be read, or are silent, are left out with a warning; RecordingError when none is left.
    """
    sounds, warnings = recording.load_all(parts, rate)
    dataset, note_count = Dataset([], [], rate, warnings), 0
    for path, samples in sounds:
        dataset.warnings.extend(f"{path}: {fault}" for fault in recording_faults.check(samples[None], rate))
        mono = torch.from_numpy(samples / np.abs(samples).max())
        held_out = int(VALIDATION_SHARE * len(mono)) if len(mono) > MIN_SPLIT_SECONDS * rate else 0
        if not held_out and note_span.count_onsets(mono.numpy(), rate) == 1:
            note_count += 1
            if note_count % VALIDATION_NOTE_INTERVAL == 0:
                dataset.validation.append(mono)
                dataset.validation_sources.append(path)
                dataset.validation_files.append(path)
                continue
            dataset.notes.append(mono[note_span.find_onset(mono.numpy(), rate) :])
        dataset.training.append(mono[: len(mono) - held_out])
        dataset.validation.extend([mono[len(mono) - held_out :]] if held_out else [])
        dataset.validation_sources.extend([path] if held_out else [])
    return dataset


def cut_segments(sound: Tensor, samples: int) -> list[Tensor]:
    """Consecutive segments (samples,) of a sound (N,), silent ones left out."""
    firsts = range(0, max(len(sound) - samples // 2, 1), samples)
    return [row for first in firsts if (row := _cut_segment(sound, first, samples)).abs().max() > MIN_SEGMENT_PEAK]


def _cut_segment(sound: Tensor, first: int, samples: int) -> Tensor:
    segment = sound[first : first + samples]
    return torch.nn.functional.pad(segment, (0, samples - len(segment)))
