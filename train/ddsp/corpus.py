"""Recordings cut into clips: what is learned from, and the last seconds that are kept back."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from . import synthesis
from .features import Features, follow

SILENCE = -60.0  # dB, A-weighted, of a recording whose peak is 1: below it a fade or nothing, no playing


@dataclass(frozen=True)
class Passage:
    """One stretch of sound (F·hop,); pitch in Hz and loudness in dB (F + 1,), phase in turns (F, hop)."""

    sound: Tensor
    pitch: Tensor
    loudness: Tensor
    phase: Tensor

    @property
    def frames(self) -> int:
        """F."""
        return len(self.phase)

    def cut(self, start: int, frames: int) -> "Passage":
        """A part of it, in frames."""
        hop, end = self.phase.shape[1], start + frames
        return Passage(
            self.sound[start * hop : end * hop],
            self.pitch[start : end + 1],
            self.loudness[start : end + 1],
            self.phase[start:end],
        )


def passage(samples: np.ndarray, rate: int, hop: int, features: Features | None = None) -> Passage:
    """A passage of samples (N,), whole frames of it; silence at either end is left out."""
    samples = samples[: len(samples) // hop * hop]
    found = features or follow(samples, rate, hop)
    heard = np.flatnonzero(found.loudness > SILENCE)
    begin, end = (int(heard[0]), min(int(heard[-1]) + 1, len(samples) // hop)) if len(heard) else (0, 0)
    pitch = torch.from_numpy(found.pitch[begin : end + 1]).float()
    return Passage(
        torch.from_numpy(np.ascontiguousarray(samples[begin * hop : end * hop], np.float32)),
        pitch,
        torch.from_numpy(found.loudness[begin : end + 1]).float(),
        synthesis.turns(pitch, rate, hop),
    )


def stacked(passages: list[Passage]) -> Passage:
    """Passages of one length as one with a first dimension B."""
    return Passage(*(torch.stack(parts) for parts in zip(*(vars(p).values() for p in passages), strict=True)))


class Clips:
    """Draws clips of one length from passages, each place as likely as any other where nothing is silent."""

    def __init__(self, passages: list[Passage], frames: int) -> None:
        self.passages, self.frames = passages, frames
        self._places = [(i, start) for i, whole in enumerate(passages) for start in _starts(whole, frames)]
        if not self._places:
            raise ValueError("nowhere in the recordings is there sound without a break as long as a clip")

    def draw(self, count: int, generator: torch.Generator) -> Passage:
        """`count` clips."""
        chosen = torch.randint(len(self._places), (count,), generator=generator).tolist()
        places = [self._places[c] for c in chosen]
        return stacked([self.passages[i].cut(start, self.frames) for i, start in places])


def _starts(whole: Passage, frames: int) -> list[int]:
    """Where clips of so many frames may begin."""
    silent = torch.cumsum((whole.loudness < SILENCE).int(), 0)
    silent = torch.nn.functional.pad(silent, (1, 0))
    last = whole.frames - frames
    return [] if last < 0 else torch.nonzero(silent[frames : frames + last + 1] == silent[: last + 1])[:, 0].tolist()
