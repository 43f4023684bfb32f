"""Segments of a model's own making: their events are known, so the encoder can be told which it should have found.

A decoder that sounds well teaches its encoder in this way what no recording can tell (wake and sleep, after Hinton et
al., 1995); that of a recording reaches only the events that were found.
"""

import torch
from torch import Tensor

from .config import HOP
from .model import EventModel, spectrum
from .note_pretraining import Atoms

POOL = 512  # sounds of events that segments are mixed from
RENEWED = 4  # of them at every step
FEWEST, MOST = 1, 24  # events of a segment
WEAKEST, STRONGEST = 0.03, 1.0  # of them
RECORDED = 0.5  # part of them that are recorded notes, where there are any
ROOMY = 0.5  # part of the segments that are in a room
NOISE = 0.003  # at most
ABSENT = 0.05  # what a site counts that should be empty, against one where an event is
SOFT = 0.1  # strength around which errors begin to count as a share of it


class Dreams:
    """A pool of events, and segments made of them."""

    def __init__(self, model: EventModel, generator: torch.Generator, notes: Atoms | None = None) -> None:
        sizes = model.sizes
        self.generator, self.notes = generator, notes
        device = model.typical.device
        self.keys = torch.zeros(POOL, dtype=torch.long, device=device)
        self.sounds = torch.zeros(POOL, sizes.samples, device=device)
        self.turn = 0
        self.refresh(model)

    def refresh(self, model: EventModel) -> None:
        """Let other events take the place of all."""
        for _ in range(0, POOL, RENEWED):
            self.renew(model)

    def renew(self, model: EventModel) -> None:
        """Let other events take the place of the oldest."""
        keys = torch.randint(model.sizes.keys, (RENEWED,), generator=self.generator).to(self.keys.device)
        with torch.no_grad():
            sounds = model.decoder(keys, torch.ones_like(keys, dtype=torch.float), model.typical.expand(RENEWED, -1))
        place = slice(self.turn, self.turn + RENEWED)
        self.keys[place], self.sounds[place] = keys, sounds
        self.turn = (self.turn + RENEWED) % POOL

    def segments(self, model: EventModel, count: int) -> tuple[Tensor, Tensor]:
        """Spectra (count, bins, T) of segments, and the planes (count, K, T) that should be found in them."""
        sizes = model.sizes
        recorded = RECORDED if self.notes else 0.0
        sounds = torch.zeros(count, sizes.samples, device=self.sounds.device)
        planes = torch.zeros(count, sizes.keys, sizes.frames, device=self.sounds.device)
        for sound, plane in zip(sounds, planes, strict=True):
            number = int(torch.randint(FEWEST, MOST + 1, (1,), generator=self.generator))
            chosen = torch.randint(1 << 30, (number,), generator=self.generator).tolist()
            kinds = torch.rand(number, generator=self.generator) < recorded
            late = torch.randint(-HOP // 2, HOP // 2, (number,), generator=self.generator).tolist()
            frames = torch.randint(sizes.frames - 4, (number,), generator=self.generator).tolist()
            span = torch.rand(number, generator=self.generator)
            strengths = (WEAKEST * (STRONGEST / WEAKEST) ** span).tolist()
            for one, kind, frame, offset, strength in zip(chosen, kinds, frames, late, strengths, strict=True):
                pool = self.notes if kind and self.notes else self
                one, first = one % len(pool.keys), max(frame * HOP + offset, 0)
                sound[first:] += strength * pool.sounds[one, : sizes.samples - first]
                plane[pool.keys[one], frame] = strength
        roomy = torch.rand(count, 1, generator=self.generator) < ROOMY
        gains = torch.rand(count, 1 + sizes.rooms, generator=self.generator)
        gains[:, 1:] *= (gains[:, 1:] == gains[:, 1:].amax(1, keepdim=True)) * roomy * 0.5
        sounds = model.rooms.reverberate(sounds, torch.cat([torch.ones(count, 1), gains[:, 1:]], 1).to(sounds.device))
        peak = sounds.abs().amax(1).clamp(min=1.0)
        hiss = torch.randn(sounds.shape, generator=self.generator) * torch.rand(count, 1, generator=self.generator)
        sounds = sounds / peak[:, None] + NOISE * hiss.to(sounds.device)
        return spectrum(sounds), planes / peak[:, None, None]


def plane_distance(plane: Tensor, wanted: Tensor) -> Tensor:
    """How far planes (B, K, T) are from those wanted; what should be empty and is below 0 is right."""
    present = wanted > 0
    missed = ((plane - wanted) ** 2 / (wanted + SOFT) * present).sum()
    false = (plane.relu() ** 2 / SOFT * ~present).sum()
    return (missed + ABSENT * false) / present.sum().clamp(min=1)
