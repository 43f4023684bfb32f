"""Synthetic segments: mixtures of events of the decoder, whose activations are the targets of the encoder.

This is the sleep phase of the wake–sleep algorithm (Hinton et al., 1995). It is needed because the gradient of a
recording reaches only the events that were found.
"""

import torch
from torch import Tensor

from .model import EventModel, magnitude_spectrum
from .note_pretraining import NotePretraining

POOL_SIZE = 512  # sounds of events that segments are mixed from
REPLACED_PER_STEP = 4  # of the pool
RENDERED_AT_ONCE = 16  # of a new pool
MIN_EVENTS, MAX_EVENTS = 1, 24  # of a segment
MIN_STRENGTH, MAX_STRENGTH = 0.03, 1.0
RECORDED_SHARE = 0.5  # of events that are recorded notes, where there are any
ROOM_SHARE = 0.5  # of segments that are in a room
MAX_NOISE = 0.003  # amplitude
EMPTY_SITE_WEIGHT = 0.05  # in the loss, relative to a site with an event
SOFT_STRENGTH = 0.1  # around which errors begin to count relative to the strength


class SyntheticSegments:
    """A pool of rendered events, silent until they are first replaced, and segments mixed from them."""

    def __init__(self, model: EventModel, generator: torch.Generator, notes: NotePretraining | None = None) -> None:
        sizes = model.sizes
        self.generator, self.notes = generator, notes
        device = model.typical.device
        self.keys = torch.zeros(POOL_SIZE, dtype=torch.long, device=device)
        self.sounds = torch.zeros(POOL_SIZE, sizes.samples, device=device)
        self.position = 0

    def replace_all(self, model: EventModel) -> None:
        """Render a new pool."""
        self.position = 0
        for _ in range(0, POOL_SIZE, RENDERED_AT_ONCE):
            self.replace_oldest(model, RENDERED_AT_ONCE)

    def replace_oldest(self, model: EventModel, count: int = REPLACED_PER_STEP) -> None:
        """Replace the oldest events of the pool; count: of them, a divisor of their number."""
        keys = torch.randint(model.sizes.keys, (count,), generator=self.generator).to(self.keys.device)
        with torch.no_grad():
            sounds = model.decoder(keys, torch.ones_like(keys, dtype=torch.float), model.typical.expand(count, -1))
        oldest = slice(self.position, self.position + count)
        self.keys[oldest], self.sounds[oldest] = keys, sounds
        self.position = (self.position + count) % POOL_SIZE

    def draw(self, model: EventModel, count: int) -> tuple[Tensor, Tensor]:
        """Spectra (count, bins, T) of random segments, and the activations (count, K, T) of their events."""
        sizes = model.sizes
        recorded = RECORDED_SHARE if self.notes else 0.0
        sounds = torch.zeros(count, sizes.samples, device=self.sounds.device)
        activations = torch.zeros(count, sizes.keys, sizes.frames, device=self.sounds.device)
        for sound, segment_activations in zip(sounds, activations, strict=True):
            event_count = int(torch.randint(MIN_EVENTS, MAX_EVENTS + 1, (1,), generator=self.generator))
            indices = torch.randint(1 << 30, (event_count,), generator=self.generator).tolist()
            is_note = torch.rand(event_count, generator=self.generator) < recorded
            offsets = torch.randint(
                -sizes.hop // 2, sizes.hop // 2, (event_count,), generator=self.generator
            ).tolist()
            frames = torch.randint(sizes.frames - 4, (event_count,), generator=self.generator).tolist()
            log_position = torch.rand(event_count, generator=self.generator)
            strengths = (MIN_STRENGTH * (MAX_STRENGTH / MIN_STRENGTH) ** log_position).tolist()
            for index, recorded_note, frame, offset, strength in zip(
                indices, is_note, frames, offsets, strengths, strict=True
            ):
                pool = self.notes if recorded_note and self.notes else self
                index, first = index % len(pool.keys), max(frame * sizes.hop + offset, 0)
                sound[first:] += strength * pool.sounds[index, : sizes.samples - first]
                segment_activations[pool.keys[index], frame] = strength
        has_room = torch.rand(count, 1, generator=self.generator) < ROOM_SHARE
        gains = torch.rand(count, 1 + sizes.rooms, generator=self.generator)
        gains[:, 1:] *= (gains[:, 1:] == gains[:, 1:].amax(1, keepdim=True)) * has_room * 0.5
        sounds = model.rooms.reverberate(sounds, torch.cat([torch.ones(count, 1), gains[:, 1:]], 1).to(sounds.device))
        peak = sounds.abs().amax(1).clamp(min=1.0)
        noise = torch.randn(sounds.shape, generator=self.generator) * torch.rand(count, 1, generator=self.generator)
        sounds = sounds / peak[:, None] + MAX_NOISE * noise.to(sounds.device)
        return magnitude_spectrum(sounds, sizes), activations / peak[:, None, None]


def activation_loss(activations: Tensor, target: Tensor) -> Tensor:
    """The loss of activations (B, K, T) against a target; without an event, values below 0 cost nothing."""
    present = target > 0
    missed = ((activations - target) ** 2 / (target + SOFT_STRENGTH) * present).sum()
    false = (activations.relu() ** 2 / SOFT_STRENGTH * ~present).sum()
    return (missed + EMPTY_SITE_WEIGHT * false) / present.sum().clamp(min=1)
