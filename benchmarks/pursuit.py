"""Matching pursuit (Mallat and Zhang, 1993) over the sounds of an event model: what its encoder is held against."""

import torch
from torch import Tensor

from train.events.model import EventModel
from train.events.sizes import HOP

TOGETHER = 32  # sounds that are made at once


def atoms(model: EventModel, context: Tensor, gains: Tensor) -> Tensor:
    """All keys at full strength (K, N), in a context (1, M) and a room (1, 1 + rooms)."""
    keys = torch.arange(model.sizes.keys)
    some = []
    with torch.no_grad():
        for part in keys.split(TOGETHER):
            dry = model.decoder(part, torch.ones_like(part, dtype=torch.float), context.expand(len(part), -1))
            some.append(model.rooms.reverberate(dry, gains))
    return torch.cat(some)


def pursue(sounds: Tensor, target: Tensor, count: int) -> Tensor:
    """What so many of the sounds (K, N), begun on frames, come to when each takes most from what is left: (N,).

    They may have either sign, as a pursuit has them; what would reach past the end is cut.
    """
    size = len(target)
    frames = size // HOP
    energies = sounds.square().cumsum(1)[:, HOP - 1 :: HOP].flip(1)  # (K, frames): of what begins there
    left, found = target.clone(), torch.zeros_like(target)
    for _ in range(count):
        ahead = torch.nn.functional.pad(left, (0, size)).unfold(0, size, HOP)[:frames]
        products = sounds @ ahead.T
        taken = products.square() / (energies + 1e-9)
        key, frame = divmod(int(taken.argmax()), frames)
        first = frame * HOP
        part = products[key, frame] / (energies[key, frame] + 1e-9) * sounds[key, : size - first]
        found[first:] += part
        left[first:] -= part
    return found
