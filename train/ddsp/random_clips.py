"""Segments of sound with their curves of pitch and loudness, and random clips of them."""

from dataclasses import dataclass

import torch
from torch import Tensor

from . import synthesis

SILENCE_DB = -60.0
"""A-weighted level, of recordings whose peak is 1: what is softer counts as silence."""


@dataclass(frozen=True)
class Segment:
    """A sound (F·hop,); pitch in Hz and loudness in dB (F + 1,), phase in cycles (F, hop).

    A batch of segments of one length has a first dimension B.
    """

    sound: Tensor
    pitch: Tensor
    loudness: Tensor
    phase: Tensor

    @property
    def frames(self) -> int:
        """The number of frames F."""
        return self.phase.shape[-2]

    def cut(self, start: int, frames: int) -> "Segment":
        """Cut out a part; start and length in frames."""
        hop, end = self.phase.shape[1], start + frames
        return Segment(
            self.sound[start * hop : end * hop],
            self.pitch[start : end + 1],
            self.loudness[start : end + 1],
            self.phase[start:end],
        )

    def to(self, device: torch.device) -> "Segment":
        """Copy to a device."""
        return Segment(*(part.to(device) for part in vars(self).values()))


def stack_segments(segments: list[Segment]) -> Segment:
    """A batch of segments of one length."""
    return Segment(*(torch.stack(parts) for parts in zip(*(vars(p).values() for p in segments), strict=True)))


def concatenate(segments: list[Segment], rate: int) -> Segment:
    """Segments one after the other as one; the first curve value of each replaces the last of the one before."""
    ends = [len(segments) - 1 == i for i in range(len(segments))]
    pitch, loudness = (
        torch.cat([curve if last else curve[:-1] for curve, last in zip(curves, ends, strict=True)])
        for curves in ([p.pitch for p in segments], [p.loudness for p in segments])
    )
    hop = segments[0].phase.shape[1]
    return Segment(
        torch.cat([p.sound for p in segments]), pitch, loudness, synthesis.phase_in_cycles(pitch, rate, hop)
    )


class ClipSampler:
    """Draws clips of one length from segments, uniformly over all starts of clips without silence."""

    def __init__(self, segments: list[Segment], frames: int) -> None:
        self.segments, self.frames = segments, frames
        self._clip_starts = [(i, start) for i, whole in enumerate(segments) for start in clip_starts(whole, frames)]
        if not self._clip_starts:
            raise ValueError("nowhere in the recordings is there sound without a break as long as a clip")

    def draw(self, count: int, generator: torch.Generator) -> Segment:
        """A batch of `count` clips."""
        chosen = torch.randint(len(self._clip_starts), (count,), generator=generator).tolist()
        starts = [self._clip_starts[c] for c in chosen]
        return stack_segments([self.segments[i].cut(start, self.frames) for i, start in starts])


def clip_starts(segment: Segment, frames: int) -> list[int]:
    """First frames of all clips of so many frames without silence."""
    silent = torch.nn.functional.pad(torch.cumsum((segment.loudness < SILENCE_DB).int(), 0), (1, 0))
    last = segment.frames - frames
    return [] if last < 0 else torch.nonzero(silent[frames : frames + last + 1] == silent[: last + 1])[:, 0].tolist()
