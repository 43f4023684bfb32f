"""Pretraining of the decoder on recorded notes, each a single event with a key of its own."""

import torch
from torch import Tensor

from .config import Sizes
from .loss import reconstruction_loss
from .model import EventModel, magnitude_spectrum

FRAMES_PER_BIN = 8  # of a spectrum, averaged where sounds are compared
BATCH_SIZE = 16  # sounds that are rendered or compared at once


class NotePretraining:
    """Notes, each with a key of its own: the one whose sound was most similar with the initial weights."""

    def __init__(self, model: EventModel, notes: list[Tensor], generator: torch.Generator) -> None:
        samples, device = model.sizes.samples, model.typical.device
        rows = [torch.nn.functional.pad(note[:samples], (0, max(samples - len(note), 0))) for note in notes]
        sounds = torch.stack(rows).to(device)
        self.sounds = sounds / sounds.abs().amax(1, keepdim=True).clamp(min=1e-6)
        self.keys = assign_keys(key_similarity(model, self.sounds))
        self.generator = generator

    def loss(self, model: EventModel, count: int) -> Tensor:
        """The loss of so many random notes against their keys at full strength."""
        chosen = torch.randint(len(self.keys), (count,), generator=self.generator).to(self.keys.device)
        keys = self.keys[chosen]
        rendered = model.decoder(keys, torch.ones_like(keys, dtype=torch.float), model.typical.expand(count, -1))
        return reconstruction_loss(rendered, self.sounds[chosen])


def key_similarity(model: EventModel, sounds: Tensor) -> Tensor:
    """(n, K): cosine similarity of the spectra of sounds (n, N) and those of all keys."""
    keys = torch.arange(model.sizes.keys, device=sounds.device)
    with torch.no_grad():
        rendered = [
            model.decoder(batch, torch.ones_like(batch, dtype=torch.float), model.typical.expand(len(batch), -1))
            for batch in keys.split(BATCH_SIZE)
        ]
        ours, theirs = (
            torch.cat([_coarse_spectra(batch, model.sizes) for batch in batches])
            for batches in (sounds.split(BATCH_SIZE), rendered)
        )
        return ours @ theirs.T


def assign_keys(similarity: Tensor) -> Tensor:
    """A key (n,) for each row of a similarity (n, K), the most similar pairs first; unused keys before used ones."""
    keys = torch.full((len(similarity),), -1, device=similarity.device)
    for number in range(len(similarity)):
        if number % similarity.shape[1] == 0:
            remaining = similarity.masked_fill(keys[:, None] >= 0, -torch.inf)
        row, key = divmod(int(remaining.argmax()), remaining.shape[1])
        keys[row] = key
        remaining[row], remaining[:, key] = -torch.inf, -torch.inf
    return keys


def _coarse_spectra(sounds: Tensor, sizes: Sizes) -> Tensor:
    """(n, bins · frames) of norm 1: square roots of coarse spectra."""
    spectra = magnitude_spectrum(sounds, sizes)
    coarse = spectra.unflatten(-1, (-1, min(FRAMES_PER_BIN, spectra.shape[-1]))).mean(-1).sqrt().flatten(1)
    return coarse / (torch.linalg.vector_norm(coarse, dim=1, keepdim=True) + 1e-9)
