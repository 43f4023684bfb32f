"""Matching pursuit (Mallat and Zhang, 1993) with the sounds of an event model: the baseline for its encoder.

As in textbooks, the strength of an atom is its projection. `fit_strengths` optimizes the strengths of the found atoms
for the spectral loss itself, by the search that the model uses for its events, with twice as many steps; least
squares over all atoms, as in orthogonal pursuit, made the loss larger.
"""

import torch
from torch import Tensor

from train.events.decomposition_window import DecompositionWindow
from train.events.fit_strengths import STRENGTH_STEPS, solve_strengths
from train.events.model import EventModel

BATCH_SIZE = 32  # sounds that are rendered at once


def render_atoms(model: EventModel, context: Tensor, gains: Tensor) -> Tensor:
    """All keys at full strength (K, N), in a context (1, M) and a room (1, 1 + rooms)."""
    keys = torch.arange(model.sizes.keys)
    batches = []
    with torch.no_grad():
        for part in keys.split(BATCH_SIZE):
            dry = model.decoder(part, torch.ones_like(part, dtype=torch.float), context.expand(len(part), -1))
            batches.append(model.rooms.reverberate(dry, gains))
    return torch.cat(batches)


def pursue(sounds: Tensor, target: Tensor, count: int, hop: int) -> Tensor:
    """Choose `count` of the sounds (K, N) at frames of `hop` samples, each reducing the residual most: (count, N).

    They may have either sign; samples past the end are cut off. Their sum is the approximation.
    """
    samples = len(target)
    frames = samples // hop
    energies = sounds.square().cumsum(1)[:, hop - 1 :: hop].flip(1)  # (K, frames): of what begins there
    residual, parts = target.clone(), torch.zeros(count, samples)
    for part in parts:
        windows = torch.nn.functional.pad(residual, (0, samples)).unfold(0, samples, hop)[:frames]
        products = sounds @ windows.T
        reduction = products.square() / (energies + 1e-9)
        key, frame = divmod(int(reduction.argmax()), frames)
        first = frame * hop
        part[first:] = products[key, frame] / (energies[key, frame] + 1e-9) * sounds[key, : samples - first]
        residual -= part
    return parts


def fit_strengths(model: EventModel, parts: Tensor, target: Tensor) -> Tensor:
    """Sum of parts (n, N) of a target (N,), with strengths fitted to the spectral loss: (N,)."""
    window = DecompositionWindow(
        model, target, torch.zeros_like(target), model.typical[None], model.typical_gains[None]
    )
    strengths, _ = solve_strengths(window, parts, torch.ones(len(parts)), 2 * STRENGTH_STEPS)
    return strengths @ parts
