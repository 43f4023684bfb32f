"""The window of a recording that is being decomposed: the sound of events in it, and their loss."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from .loss import ReconstructionTarget
from .model import EventModel, Events, place_events

BATCH_SIZE = 16  # sounds that are compared at once
PARTS = ("keys", "frames", "strengths")
MIN_STRENGTH = 0.003  # of the timbre of an event


@dataclass(frozen=True)
class DecompositionWindow:
    """target: (N,), the recording. known: (N,), the sound of events of earlier windows. context: (1, M).

    room: (1, 1 + rooms), gains. level: scale at which losses are measured.
    """

    model: EventModel
    target: Tensor
    known: Tensor
    context: Tensor
    room: Tensor
    level: float = 1.0

    def render_each(self, events: Events) -> Tensor:
        """Render each of some events (1, n) at its frame and in the room, scaled to a strength of 1: (n, N)."""
        strengths = events.strengths[0].clamp(min=MIN_STRENGTH)
        with torch.no_grad():
            dry = self.model.decoder(events.keys[0], strengths, self.context.expand(len(strengths), -1))
            placed = place_events(dry / strengths[:, None], events.frames.T, self.model.sizes)
            return self.model.rooms.reverberate(placed, self.room)

    def losses(self, sounds: Tensor) -> Tensor:
        """The loss of each of sounds (B, N) against the target: (B,)."""
        return torch.cat([self._compared.losses(self.level * batch) for batch in sounds.split(BATCH_SIZE)])

    @cached_property
    def _compared(self) -> ReconstructionTarget:
        return ReconstructionTarget(self.level * self.target)


def select(events: Events, which: Tensor) -> Events:
    """Some of events (1, n), by a mask or by indices."""
    return Events(*(getattr(events, name)[:, which] for name in PARTS))


def concatenate(first: Events, second: Events) -> Events:
    """Events (1, n) and others (1, m) as one."""
    return Events(*(torch.cat([getattr(first, name), getattr(second, name)], 1) for name in PARTS))
