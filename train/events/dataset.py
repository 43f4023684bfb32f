"""What an event model learns from: recordings in one, and seconds of them that it never learns from.

A short recording that is struck once is one event, known by itself: a note.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from train import recording
from train.notes import onset
from train.recording import RecordingError

KEPT = 0.1  # of a recording, from its end on, that is kept back
ENOUGH = 10.0  # seconds that a recording must have for that
TESTS = 16  # segments that are kept back, at most
NOTES_KEPT = 12  # every so many-th note is kept back
FAINT = 0.02  # peak of a segment that is not worth learning from


@dataclass(frozen=True)
class Corpus:
    """Recordings whose peaks are 1, to learn from and kept back, (N,) each; words: what is wrong with them.

    notes: those to learn from that are a single event, from where it begins. unheard: the files that were kept back
    whole. sources: the files that `kept` is of.
    """

    learned: list[Tensor]
    kept: list[Tensor]
    rate: int
    words: list[str]
    notes: list[Tensor] = field(default_factory=list)
    unheard: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """How much there is to learn from."""
        return sum(len(sound) for sound in self.learned) / self.rate

    def draw(self, count: int, samples: int, generator: torch.Generator) -> Tensor:
        """Segments (count, samples) from any moment, silence behind what is shorter."""
        lengths = torch.tensor([max(len(sound), samples // 2) for sound in self.learned], dtype=torch.float)
        rows: list[Tensor] = []
        for _ in range(100 * count):
            sound = self.learned[int(torch.multinomial(lengths, 1, generator=generator))]
            first = int(torch.randint(max(len(sound) - samples, 0) + 1, (1,), generator=generator))
            rows += [row] if (row := _cut(sound, first, samples)).abs().max() > FAINT else []
            if len(rows) == count:
                return torch.stack(rows)
        raise ValueError("there is hardly anything but silence in the recordings")

    def tests(self, samples: int, count: int = TESTS) -> Tensor:
        """Segments (up to a count, samples) of what is kept back, or where nothing is, of what is learned from."""
        rows = [row for sound in self.kept or self.learned for row in stretches(sound, samples)]
        chosen = np.linspace(0, len(rows) - 1, min(count, len(rows))).astype(int)
        return torch.stack([rows[i] for i in chosen])


def gather(paths: Sequence[tuple[str, float, float | None]], rate: int) -> Corpus:
    """Load recordings, each a file, where to begin and how many seconds to take (None: all).

    RecordingError when one cannot be read or is silent.
    """
    corpus, struck = Corpus([], [], rate, []), 0
    for path, start, seconds in paths:
        samples, _ = recording.load(path, rate, start, seconds)
        faults = recording.check(samples, rate)
        mono = torch.from_numpy(samples.mean(axis=0))
        if float(mono.abs().max()) < 10 ** (recording.SILENCE_PEAK_DBFS / 20):
            raise RecordingError(f"{path}: {' '.join(faults)}")
        corpus.words.extend(f"{path}: {fault}" for fault in faults)
        mono = mono / mono.abs().max()
        held = int(KEPT * len(mono)) if len(mono) > ENOUGH * rate else 0
        if not held and onset.count_onsets(mono.numpy(), rate) == 1:
            struck += 1
            if struck % NOTES_KEPT == 0:
                corpus.kept.append(mono)
                corpus.sources.append(path)
                corpus.unheard.append(path)
                continue
            corpus.notes.append(mono[onset.find_onset(mono.numpy(), rate) :])
        corpus.learned.append(mono[: len(mono) - held])
        corpus.kept.extend([mono[len(mono) - held :]] if held else [])
        corpus.sources.extend([path] if held else [])
    return corpus


def stretches(sound: Tensor, samples: int) -> list[Tensor]:
    """Segments (samples,) of a sound (N,), one after the other; none that is hardly anything but silence."""
    firsts = range(0, max(len(sound) - samples // 2, 1), samples)
    return [row for first in firsts if (row := _cut(sound, first, samples)).abs().max() > FAINT]


def _cut(sound: Tensor, first: int, samples: int) -> Tensor:
    part = sound[first : first + samples]
    return torch.nn.functional.pad(part, (0, samples - len(part)))
