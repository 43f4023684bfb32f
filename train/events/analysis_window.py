"""A window of a recording that is taken apart: how events would sound in it, and how near sounds come to it."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from .loss import WINDOWS, distances, magnitudes
from .model import EventModel, Found, laid

TOGETHER = 16  # sounds that are compared at once
PARTS = ("keys", "frames", "strengths")
FAINT = 0.003  # an event that is weaker is made at this strength


@dataclass(frozen=True)
class Window:
    """target (N,): what is heard in it; known (N,): what of it already sounds; in a context (1, M) and a room.

    room: (1, 1 + rooms), as gains. level: what the window is scaled by where distances are measured.
    """

    model: EventModel
    target: Tensor
    known: Tensor
    context: Tensor
    room: Tensor
    level: float = 1.0

    def sounds(self, found: Found) -> Tensor:
        """How each of some events (1, n) sounds in its place and room, as if its strength were 1: (n, N)."""
        strengths = found.strengths[0].clamp(min=FAINT)
        with torch.no_grad():
            dry = self.model.decoder(found.keys[0], strengths, self.context.expand(len(strengths), -1))
            placed = laid(dry / strengths[:, None], found.frames.T, self.model.sizes)
            return self.model.rooms.reverberate(placed, self.room)

    def distances(self, sounds: Tensor) -> Tensor:
        """How far each of sounds (B, N) is from what is heard: (B,)."""
        return torch.cat([distances(self.level * some, self._meant) for some in sounds.split(TOGETHER)])

    @cached_property
    def _meant(self) -> list[Tensor]:
        return [magnitudes(self.level * self.target[None], size) for size in WINDOWS]


def chosen(found: Found, which: Tensor) -> Found:
    """Some of events (1, n), by a mask or by numbers."""
    return Found(*(getattr(found, name)[:, which] for name in PARTS))


def joined(one: Found, other: Found) -> Found:
    """Events (1, n) and others (1, m)."""
    return Found(*(torch.cat([getattr(one, name), getattr(other, name)], 1) for name in PARTS))
