"""Passages of sound with their curves, and the clips that are drawn from them."""

from dataclasses import dataclass

import torch
from torch import Tensor

from . import synthesis

SILENCE = -60.0
"""dB, A-weighted, of recordings whose peak is 1: below it is a fade or nothing, and no playing."""

CLIP = 240
"""Frames of a clip, unless a run says otherwise."""


@dataclass(frozen=True)
class Passage:
    """One stretch of sound (F·hop,); pitch in Hz and loudness in dB (F + 1,), phase in turns (F, hop).

    Several of one length stand in one passage with a first dimension B.
    """

    sound: Tensor
    pitch: Tensor
    loudness: Tensor
    phase: Tensor

    @property
    def frames(self) -> int:
        """F."""
        return self.phase.shape[-2]

    def cut(self, start: int, frames: int) -> "Passage":
        """A part of it, in frames."""
        hop, end = self.phase.shape[1], start + frames
        return Passage(
            self.sound[start * hop : end * hop],
            self.pitch[start : end + 1],
            self.loudness[start : end + 1],
            self.phase[start:end],
        )

    def to(self, device: torch.device) -> "Passage":
        """The same on a device."""
        return Passage(*(part.to(device) for part in vars(self).values()))


def stacked(passages: list[Passage]) -> Passage:
    """Passages of one length as one."""
    return Passage(*(torch.stack(parts) for parts in zip(*(vars(p).values() for p in passages), strict=True)))


def joined(passages: list[Passage], rate: int) -> Passage:
    """Passages one after the other as one; the first curve value of each replaces the last of the one before."""
    ends = [len(passages) - 1 == i for i in range(len(passages))]
    pitch, loudness = (
        torch.cat([curve if last else curve[:-1] for curve, last in zip(curves, ends, strict=True)])
        for curves in ([p.pitch for p in passages], [p.loudness for p in passages])
    )
    hop = passages[0].phase.shape[1]
    return Passage(torch.cat([p.sound for p in passages]), pitch, loudness, synthesis.turns(pitch, rate, hop))


class Clips:
    """Draws clips of one length from passages, each place as likely as any other where nothing is silent."""

    def __init__(self, passages: list[Passage], frames: int) -> None:
        self.passages, self.frames = passages, frames
        self._places = [(i, start) for i, whole in enumerate(passages) for start in starts(whole, frames)]
        if not self._places:
            raise ValueError("nowhere in the recordings is there sound without a break as long as a clip")

    def draw(self, count: int, generator: torch.Generator) -> Passage:
        """`count` clips."""
        chosen = torch.randint(len(self._places), (count,), generator=generator).tolist()
        places = [self._places[c] for c in chosen]
        return stacked([self.passages[i].cut(start, self.frames) for i, start in places])


def starts(whole: Passage, frames: int) -> list[int]:
    """Where clips of so many frames may begin: nothing in them is silent."""
    silent = torch.nn.functional.pad(torch.cumsum((whole.loudness < SILENCE).int(), 0), (1, 0))
    last = whole.frames - frames
    return [] if last < 0 else torch.nonzero(silent[frames : frames + last + 1] == silent[: last + 1])[:, 0].tolist()
