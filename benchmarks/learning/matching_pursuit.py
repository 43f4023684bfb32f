"""Matching pursuit (Mallat and Zhang, 1993) over the sounds of an event model: what its encoder is held against.

As textbooks have it, the strength of an atom is its projection. `weighed` gives those that were found the strengths
that the distance itself asks for, by the same search, of twice as many steps, by which events get theirs; least
squares over all atoms, as in orthogonal pursuit, made the distance larger.
"""

import torch
from torch import Tensor

from train.events.analysis_window import AnalysisWindow
from train.events.config import HOP
from train.events.model import EventModel
from train.events.solve_gains import STRENGTH_STEPS, solve_strengths

TOGETHER = 32  # sounds that are made at once


def render_atoms(model: EventModel, context: Tensor, gains: Tensor) -> Tensor:
    """All keys at full strength (K, N), in a context (1, M) and a room (1, 1 + rooms)."""
    keys = torch.arange(model.sizes.keys)
    some = []
    with torch.no_grad():
        for part in keys.split(TOGETHER):
            dry = model.decoder(part, torch.ones_like(part, dtype=torch.float), context.expand(len(part), -1))
            some.append(model.rooms.reverberate(dry, gains))
    return torch.cat(some)


def pursue(sounds: Tensor, target: Tensor, count: int) -> Tensor:
    """So many of the sounds (K, N), begun on frames, when each takes most from what is left: (count, N).

    They may have either sign, as a pursuit has them; what would reach past the end is cut. Their sum is what they
    come to.
    """
    size = len(target)
    frames = size // HOP
    energies = sounds.square().cumsum(1)[:, HOP - 1 :: HOP].flip(1)  # (K, frames): of what begins there
    left, parts = target.clone(), torch.zeros(count, size)
    for part in parts:
        ahead = torch.nn.functional.pad(left, (0, size)).unfold(0, size, HOP)[:frames]
        products = sounds @ ahead.T
        taken = products.square() / (energies + 1e-9)
        key, frame = divmod(int(taken.argmax()), frames)
        first = frame * HOP
        part[first:] = products[key, frame] / (energies[key, frame] + 1e-9) * sounds[key, : size - first]
        left -= part
    return parts


def fit_strengths(model: EventModel, parts: Tensor, target: Tensor) -> Tensor:
    """What parts (n, N) of a target (N,) come to, each as strong as the distance asks for: (N,)."""
    window = AnalysisWindow(model, target, torch.zeros_like(target), model.typical[None], model.typical_gains[None])
    strengths, _ = solve_strengths(window, parts, torch.ones(len(parts)), 2 * STRENGTH_STEPS)
    return strengths @ parts
