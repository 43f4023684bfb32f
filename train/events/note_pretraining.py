"""Recordings of a single event teach the decoder first: what each key sounds like, before anyone looks for it."""

import torch
from torch import Tensor

from .loss import distance
from .model import EventModel, spectrum

COARSE = 8  # frames of a spectrum that count as one, where sounds are compared
TOGETHER = 16  # sounds that are made, or compared, at once


class Atoms:
    """Notes, each with a key of its own: the one that sounded most like it before anything was learned."""

    def __init__(self, model: EventModel, notes: list[Tensor], generator: torch.Generator) -> None:
        samples, device = model.sizes.samples, model.typical.device
        rows = [torch.nn.functional.pad(note[:samples], (0, max(samples - len(note), 0))) for note in notes]
        sounds = torch.stack(rows).to(device)
        self.sounds = sounds / sounds.abs().amax(1, keepdim=True).clamp(min=1e-6)
        self.keys = assigned(likeness(model, self.sounds))
        self.generator = generator

    def loss(self, model: EventModel, count: int) -> Tensor:
        """How far some of the notes are from their keys at full strength."""
        chosen = torch.randint(len(self.keys), (count,), generator=self.generator).to(self.keys.device)
        keys = self.keys[chosen]
        heard = model.decoder(keys, torch.ones_like(keys, dtype=torch.float), model.typical.expand(count, -1))
        return distance(heard, self.sounds[chosen])


def likeness(model: EventModel, sounds: Tensor) -> Tensor:
    """(n, K): the cosine between the spectra of sounds (n, N) and those of all keys."""
    keys = torch.arange(model.sizes.keys, device=sounds.device)
    with torch.no_grad():
        made = [
            _looks(model.decoder(some, torch.ones_like(some, dtype=torch.float), model.typical.expand(len(some), -1)))
            for some in keys.split(TOGETHER)
        ]
        return torch.cat([_looks(some) for some in sounds.split(TOGETHER)]) @ torch.cat(made).T


def assigned(likeness: Tensor) -> Tensor:
    """A key (n,) for each row of a likeness (n, K), the most alike first; no key twice while there are others."""
    keys = torch.full((len(likeness),), -1, device=likeness.device)
    for number in range(len(likeness)):
        if number % likeness.shape[1] == 0:
            left = likeness.masked_fill(keys[:, None] >= 0, -torch.inf)
        row, key = divmod(int(left.argmax()), left.shape[1])
        keys[row] = key
        left[row], left[:, key] = -torch.inf, -torch.inf
    return keys


def _looks(sounds: Tensor) -> Tensor:
    """(n, bins · frames) of norm 1: coarse spectra, in square roots."""
    heights = spectrum(sounds)
    coarse = heights.unflatten(-1, (-1, min(COARSE, heights.shape[-1]))).mean(-1).sqrt().flatten(1)
    return coarse / (torch.linalg.vector_norm(coarse, dim=1, keepdim=True) + 1e-9)
